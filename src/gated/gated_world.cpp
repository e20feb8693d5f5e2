#include "gated/gated_world.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "gated/schedules/run_texts.hpp"
#include "gated/schedules/stage.hpp"

namespace stalemate {
namespace {

class World final : public GatedWorld {
 public:
  explicit World(std::unique_ptr<Stage> stage) : stage_(std::move(stage)) {}

  [[nodiscard]] GatedFacts facts() const override { return stage_->facts(); }
  [[nodiscard]] Result<Situation> next_schedule(const Scope& scope) override;
  [[nodiscard]] Result<Situation> begin(std::uint8_t process, OpKind kind, Value value) override;
  [[nodiscard]] Result<Situation> let_go(std::uint64_t call, const CallTrouble& trouble) override;
  [[nodiscard]] Result<Situation> arrive(std::uint64_t call) override;
  [[nodiscard]] Result<Situation> crash(std::uint8_t process) override;
  [[nodiscard]] Result<Situation> strike(StoreStrike what) override;
  [[nodiscard]] Result<RestReads> rest() override;

 private:
  [[nodiscard]] Result<void> leave_schedule();
  [[nodiscard]] Result<void> make_row();
  [[nodiscard]] Result<void> strike_cache(StoreStrike what);
  [[nodiscard]] Result<void> restart_cache();
  [[nodiscard]] Result<std::optional<Value>> read_through(std::size_t player);
  [[nodiscard]] Result<std::optional<Value>> row();
  [[nodiscard]] Result<std::optional<Value>> entry();
  [[nodiscard]] Result<Situation> after(std::uint64_t call);
  [[nodiscard]] HeldCall told(const GateCall& call) const;
  [[nodiscard]] std::string detail_of(std::size_t player, const Answer& answer) const;
  [[nodiscard]] std::set<std::string> entry_names() const;

  std::unique_ptr<Stage> stage_;
  RunTexts texts_ = {};
  std::optional<TableTies> ties_ = {};
  std::vector<Value> committed_ = {};  // in this schedule
  std::size_t processes_ = 0;          // of this schedule
  bool troubled_ = false;              // connections may have to be opened again
  bool doubtful_ = false;              // a request was not answered: its instance may have ended
};

Result<Situation> World::next_schedule(const Scope& scope) {
  processes_ = scope.processes.size();
  Result<void> done = leave_schedule();
  if (std::exchange(doubtful_, false) || troubled_) {
    stage_->note_ended();
  }
  if (done) {
    done = stage_->have_instances(processes_);
  }
  if (done && std::exchange(troubled_, false)) {
    done = stage_->warm_up();
  }
  if (done) {
    done = make_row();
  }
  if (done && !ties_ && stage_->database() != nullptr) {
    // By now the application has made what tables it makes.
    Result<TableTies> ties = stage_->database()->ties();
    if (ties) {
      ties_ = std::move(*ties);
    } else {
      done = std::unexpected(ties.error());
    }
  }
  if (!done) {
    return std::unexpected(done.error());
  }
  committed_.clear();
  stage_->held().begin_schedule(processes_);
  stage_->held().hold(true);
  return after(0);
}

/// Lets everything that waits go and sees it through.
Result<void> World::leave_schedule() {
  HeldCalls& held = stage_->held();
  held.hold(false);
  for (const GateCall& call : held.waiting()) {
    held.left(call.id, true);
    // The connection may have been closed meanwhile.
    [[maybe_unused]] const Result<void> gone = stage_->gates().let_go(call.id, {});
  }
  const Result<std::vector<std::uint64_t>> rest = stage_->settled();
  if (!rest) {
    return std::unexpected(rest.error());
  }
  for (std::size_t player = 0; player < stage_->players().size(); ++player) {
    [[maybe_unused]] const std::optional<Answer> late = stage_->answers().take(player);
    stage_->players()[player].request.reset();
  }
  return {};
}

Result<void> World::make_row() {
  const Result<std::string> key = stage_->next_key();
  if (!key) {
    return std::unexpected(key.error());
  }
  texts_ = RunTexts(*key);
  const Result<Answer> made = stage_->ask(0, ApplicationRequest::create, *key, first_written);
  if (!made) {
    return std::unexpected(made.error());
  }
  if (made->outcome != Outcome::ok) {
    return failed(ErrorCode::refused_by_server, fmt::format("the application did not create key {}: {}{}", *key,
                                                            made->detail, stage_->afterthought(0)));
  }
  return {};
}

Result<Situation> World::begin(std::uint8_t process, OpKind kind, Value value) {
  Player& player = stage_->players()[process];
  const auto request = kind == OpKind::read ? ApplicationRequest::read : ApplicationRequest::write;
  player.request = stage_->requester().send(
      *player.instance, request, texts_.key(), first_written + std::max<Value>(value, 0),
      [box = &stage_->answers(), process](const Answer& answer) { box->put(process, answer); });
  return after(0);
}

Result<Situation> World::let_go(std::uint64_t call, const CallTrouble& trouble) {
  troubled_ = troubled_ || trouble != CallTrouble{};
  // A call whose store answers nobody is not waited for.
  stage_->held().left(call, trouble.takes_effect);
  const Result<void> gone = stage_->gates().let_go(call, trouble);
  return gone ? after(call) : std::unexpected(gone.error());
}

Result<Situation> World::arrive(std::uint64_t call) {
  stage_->held().copy_leaves();
  const Result<void> sent = stage_->gates().send_copy(call);
  return sent ? after(call) : std::unexpected(sent.error());
}

Result<Situation> World::crash(std::uint8_t process) {
  troubled_ = true;
  Player& player = stage_->players()[process];
  const Result<void> killed = player.instance->kill_now();
  if (!killed) {
    return std::unexpected(killed.error());
  }
  player.dead = true;
  stage_->requester().forget(*player.instance);
  [[maybe_unused]] const std::optional<Answer> never_told = stage_->answers().take(process);
  const bool was_asked = player.request.has_value();
  player.request.reset();
  Result<Situation> situation = after(0);
  if (situation && was_asked) {
    situation->answered.push_back({.process = process, .outcome = Outcome::info});
  }
  return situation;
}

std::set<std::string> World::entry_names() const {
  std::set<std::string> names;
  for (const std::string& name : stage_->held().cache_keys()) {
    if (texts_.told(name).find("{key}") != std::string::npos) {
      names.insert(name);
    }
  }
  if (stage_->application().entry) {
    names.insert(stage_->application().entry->name.filled({.key = texts_.key()}));
  }
  return names;
}

Result<Situation> World::strike(StoreStrike what) {
  const Result<void> struck = strike_cache(what);
  return struck ? after(0) : std::unexpected(struck.error());
}

Result<void> World::strike_cache(StoreStrike what) {
  if (stage_->own_cache() == nullptr) {
    return failed(ErrorCode::unsupported,
                  "evict, restart and rollback are done to private caches only; leave 'cache' out of [stores]");
  }
  EntryHand& hand = *stage_->cache();
  switch (what) {
    case StoreStrike::evict: return hand.drop(entry_names());
    case StoreStrike::remember: return hand.remember(entry_names());
    case StoreStrike::restart: return restart_cache();
    case StoreStrike::rollback: {
      const Result<void> restarted = restart_cache();
      return restarted ? hand.put_back(entry_names()) : restarted;
    }
  }
  return {};
}

Result<void> World::restart_cache() {
  troubled_ = true;
  Server& cache = *stage_->own_cache();
  Result<void> done = cache.kill_now();
  if (done) {
    done = cache.start_again();
  }
  stage_->cache()->forget_connection();
  return done;
}

HeldCall World::told(const GateCall& call) const {
  HeldCall held = {.id = call.id,
                   .process = static_cast<std::uint8_t>(instance_of(call.link)),
                   .store = is_cache_link(call.link) ? Store::cache : Store::database,
                   .name = call.request.name,
                   .text = texts_.told(call.request.text),
                   .keys = {},
                   .touches_anything = call.request.touches_anything,
                   .writes = call.request.writes};
  for (const std::string& key : call.request.keys) {
    const bool is_table = held.store == Store::database && ties_.has_value();
    held.keys.push_back(texts_.told(is_table ? ties_->knot_of(key) : key));
    held.touches_anything = held.touches_anything || (is_table && held.writes && ties_->sets_off_anything(key));
  }
  return held;
}

/// What it answered instead; of no answer at all also whether its instance has ended.
std::string World::detail_of(std::size_t player, const Answer& answer) const {
  const bool tells_all = answer.outcome != Outcome::info;
  return answer.detail + (tells_all ? "" : words_of_ending(*stage_->players()[player].instance));
}

Result<Situation> World::after(std::uint64_t call) {
  Result<std::vector<std::uint64_t>> blocked = stage_->settled();
  if (!blocked) {
    return std::unexpected(blocked.error());
  }
  Situation situation = {.blocked = std::move(*blocked)};
  std::ranges::transform(stage_->held().waiting(), std::back_inserter(situation.held),
                         [this](const GateCall& waiting) { return told(waiting); });
  std::ranges::stable_sort(situation.held, {}, &HeldCall::process);
  for (std::size_t player = 0; player < stage_->players().size(); ++player) {
    if (const std::optional<Answer> answer = stage_->answers().take(player)) {
      stage_->players()[player].request.reset();
      doubtful_ = doubtful_ || answer->outcome == Outcome::info;
      situation.answered.push_back({.process = static_cast<std::uint8_t>(player),
                                    .outcome = answer->outcome,
                                    .value = answer->value ? RunTexts::value_of(*answer->value) : absent,
                                    .detail = detail_of(player, *answer)});
    }
  }
  GateNews news = stage_->held().take_news();
  committed_.insert(committed_.end(), news.committed.begin(), news.committed.end());
  situation.committed = std::move(news.committed);
  for (const std::size_t instance : news.told_unasked) {
    if (instance < processes_) {
      situation.told_unasked.push_back(static_cast<std::uint8_t>(instance));
    }
  }
  situation.touches_everything = news.touches_everything;
  const auto reply = std::ranges::find(news.replies, call, &std::pair<std::uint64_t, StoreReply>::first);
  if (reply != news.replies.end()) {
    situation.reply = texts_.told(reply->second.text);
  }
  return situation;
}

Result<std::optional<Value>> World::read_through(std::size_t player) {
  if (stage_->players()[player].dead) {
    return std::nullopt;
  }
  const Result<Answer> answer = stage_->ask(player, ApplicationRequest::read, texts_.key(), 0);
  if (!answer) {
    return std::unexpected(answer.error());
  }
  if (answer->outcome != Outcome::ok) {
    return std::nullopt;
  }
  return answer->value ? RunTexts::value_of(*answer->value) : absent;
}

Result<std::optional<Value>> World::row() {
  const std::string& query = stage_->application().row_query;
  if (!query.empty() && stage_->database() != nullptr) {
    const Result<std::optional<std::int64_t>> found = stage_->database()->row(query, texts_.key());
    if (!found) {
      return std::unexpected(found.error());
    }
    return *found ? RunTexts::value_of(**found) : absent;
  }
  if (!committed_.empty()) {
    return committed_.back();
  }
  // Nothing that was written was seen on its way: what the application reads once the cache is empty is the row.
  const auto alive = std::ranges::find(stage_->players(), false, &Player::dead);
  if (stage_->own_cache() == nullptr || alive == stage_->players().end()) {
    return std::nullopt;
  }
  const Result<void> emptied = stage_->cache()->drop(entry_names());
  return emptied ? read_through(static_cast<std::size_t>(alive - stage_->players().begin()))
                 : std::unexpected(emptied.error());
}

Result<std::optional<Value>> World::entry() {
  const std::optional<EntryForm>& form = stage_->application().entry;
  if (!form || stage_->cache() == nullptr) {
    return std::nullopt;
  }
  const Result<std::optional<std::string>> text =
      stage_->cache()->entry(form->name.filled({.key = texts_.key()}), form->field);
  if (!text) {
    return std::unexpected(text.error());
  }
  if (!*text) {
    return std::nullopt;
  }
  const Result<std::optional<std::int64_t>> value = form->value.number_in({.body = **text});
  // An entry in another form is the application's affair.
  return value && *value ? std::optional(RunTexts::value_of(**value)) : std::nullopt;
}

Result<RestReads> World::rest() {
  RestReads reads;
  reads.uncommitted = stage_->held().has_uncommitted();
  // Looked at first: the reads below may fill it.
  Result<std::optional<Value>> found = entry();
  if (!found) {
    return std::unexpected(found.error());
  }
  reads.entry = *found;
  stage_->held().hold(false);
  // A new instance reads what a dead one left behind.
  if (const Result<void> alive = stage_->have_instances(processes_); !alive) {
    return std::unexpected(alive.error());
  }
  for (std::size_t player = 0; player < processes_; ++player) {
    found = read_through(player);
    if (!found) {
      return std::unexpected(found.error());
    }
    reads.by_instance.push_back(*found);
  }
  found = row();
  if (!found) {
    return std::unexpected(found.error());
  }
  reads.row = *found;
  return reads;
}

}  // namespace

Result<std::unique_ptr<GatedWorld>> open_gated_world(const Application& application, const GatedWorldOptions& options) {
  Result<std::unique_ptr<Stage>> stage = Stage::open(application, options);
  if (!stage) {
    return std::unexpected(stage.error());
  }
  return std::make_unique<World>(std::move(*stage));
}

}  // namespace stalemate
