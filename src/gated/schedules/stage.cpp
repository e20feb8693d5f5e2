// Starts instances and warms them up.
#include "gated/schedules/stage.hpp"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "gated/schedules/run_texts.hpp"

namespace stalemate {
namespace {

Error about_instance(std::size_t player, const Error& error) {
  return {error.code, error.outcome, fmt::format("instance {}: {}", player + 1, error.detail)};
}

}  // namespace

Result<std::unique_ptr<Stage>> Stage::open(const Application& application, const GatedWorldOptions& options) {
  std::unique_ptr<Stage> stage(new Stage(application));
  stage->requester_ = Requester::make(application);
  stage->first_key_ = stage->first_unused_key();
  Result<std::unique_ptr<Backstage>> backstage = Backstage::open(application, options, stage->held_, instances_max);
  if (!backstage) {
    return std::unexpected(backstage.error());
  }
  stage->backstage_ = std::move(*backstage);
  if (stage->backstage_->database()) {
    stage->database_.emplace(*stage->backstage_->database());
  }
  if (stage->backstage_->cache()) {
    stage->cache_.emplace(*stage->backstage_->cache());
  }
  Result<void> done = stage->have_instances(1);
  if (done) {
    done = stage->backstage_->expect_calls({.of_database = stage->held_.was_called(false),
                                            .of_cache = stage->held_.was_called(true),
                                            .trouble = stage->held_.trouble()});
  }
  if (!done) {
    return std::unexpected(done.error());
  }
  return stage;
}

Stage::~Stage() {
  // Answers that still come must find the box they are put into.
  requester_.reset();
  players_.clear();
  if (backstage_) {
    backstage_->close_gates();
  }
}

Result<void> Stage::start_instance() {
  Result<std::unique_ptr<Instance>> instance = backstage_->start_instance(players_.size());
  if (!instance) {
    const bool is_second = !players_.empty() && application_.urls.empty();
    return failed(instance.error().code,
                  (is_second ? "each process of a scope needs an instance of its own, so a service that can run only "
                               "once cannot be explored ('stalemate run' needs one): "
                             : "") +
                      instance.error().detail + words_of_trouble(held_.trouble()));
  }
  players_.push_back(Player{.instance = std::move(*instance)});
  return {};
}

void Stage::note_ended() {
  for (Player& player : players_) {
    if (!player.dead && player.instance->is_ours()) {
      const Result<InstanceState> state = player.instance->state();
      if (state && !state->running) {
        // What it had started may still run.
        [[maybe_unused]] const Result<void> killed = player.instance->kill_now();
        requester_->forget(*player.instance);
        player.dead = true;
      }
    }
  }
}

Result<void> Stage::have_instances(std::size_t count) {
  for (std::size_t player = 0; player < players_.size(); ++player) {
    if (players_[player].dead) {
      const Result<void> started = players_[player].instance->start_again();
      if (!started) {
        return std::unexpected(started.error());
      }
      players_[player].dead = false;
      if (const Result<void> warm = warm_up(player); !warm) {
        return warm;
      }
    }
  }
  while (players_.size() < count) {
    Result<void> done = start_instance();
    if (done) {
      done = warm_up(players_.size() - 1);
    }
    if (!done) {
      return done;
    }
  }
  return {};
}

Result<void> Stage::warm_up() {
  for (std::size_t player = 0; player < players_.size(); ++player) {
    if (const Result<void> warm = warm_up(player); !warm) {
      return warm;
    }
  }
  return {};
}

Result<void> Stage::warm_up(std::size_t player) {
  if (const Result<void> known = requester_->log_in(*players_[player].instance); !known) {
    return std::unexpected(about_instance(player, known.error()));
  }
  const Result<std::string> key = next_key();
  if (!key) {
    return std::unexpected(key.error());
  }
  // The second read finds what the first one left behind, and the third what the write did.
  using enum ApplicationRequest;
  for (const ApplicationRequest kind : {create, read, read, write, read}) {
    const Result<Answer> answer = ask(player, kind, *key, first_written);
    if (!answer) {
      return std::unexpected(answer.error());
    }
    if (answer->outcome != Outcome::ok || (kind == read && answer->value != first_written)) {
      return failed(
          ErrorCode::refused_by_server,
          fmt::format("instance {} did not answer a first '{}' of key {} as it should: {}{}", player + 1, name_of(kind),
                      *key,
                      answer->detail.empty() ? fmt::format("it should have read {}", first_written) : answer->detail,
                      afterthought(player)));
    }
  }
  return {};
}

Result<std::vector<std::uint64_t>> Stage::settled() {
  return settle({.gates = &backstage_->gates(),
                 .held = &held_,
                 .answers = &answers_,
                 .requester = requester_.get(),
                 .database = database(),
                 .cache = cache(),
                 .own_database = backstage_->servers() != nullptr && backstage_->servers()->database() != nullptr,
                 .players = &players_});
}

Result<Answer> Stage::ask(std::size_t player, ApplicationRequest kind, const std::string& key, std::int64_t value) {
  Answer answer = requester_->ask(*players_[player].instance, kind, key, value);
  const Result<std::vector<std::uint64_t>> rest = settled();
  if (!rest) {
    return std::unexpected(rest.error());
  }
  return answer;
}

/// In a database that stays, keys of earlier explorations are there already: each second has a hundred of its own, in
/// what a column of four bytes holds.
std::uint32_t Stage::first_unused_key() const {
  constexpr std::uint32_t seconds_told_apart = 20'000'000;
  constexpr std::uint32_t keys_a_second = 100;
  if (!application_.stores.database || application_.keys.kind == KeyKind::listed) {
    return first_key;
  }
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now).count();
  return first_key + static_cast<std::uint32_t>(seconds % seconds_told_apart) * keys_a_second;
}

Result<std::string> Stage::next_key() {
  return application_.keys.text_of(first_key_ + keys_used_++);
}

GatedFacts Stage::facts() const {
  return {.stores = backstage_->stores(), .instances = players_.size()};
}

}  // namespace stalemate
