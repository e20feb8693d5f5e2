#include "gated/run/run_stage.hpp"

#include <fmt/format.h>

#include <condition_variable>
#include <iterator>
#include <mutex>
#include <utility>

namespace stalemate {
namespace {

// Requests under way at once while the rows are made.
constexpr std::size_t makers_max = 16;

/// Has the application make rows, several at once, and remembers the first trouble.
class RowMaker {
 public:
  RowMaker(Requester& requester, Value initial) : requester_(requester), initial_(initial) {}

  void make(const Instance& instance, const std::string& key) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return under_way_ < makers_max; });
    ++under_way_;
    lock.unlock();
    requester_.send(instance, ApplicationRequest::create, key, initial_, [this, &instance, &key](const Answer& made) {
      if (made.outcome == Outcome::ok) {
        note_done({});
        return;
      }
      requester_.send(instance, ApplicationRequest::write, key, initial_,
                      [this, &key, detail = made.detail](const Answer& written) {
                        note_done(written.outcome == Outcome::ok
                                      ? std::string()
                                      : fmt::format("key {}: {}; a write: {}", key, detail, written.detail));
                      });
    });
  }

  [[nodiscard]] Result<void> finish() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return under_way_ == 0; });
    return trouble_.empty() ? Result<void>()
                            : failed(ErrorCode::refused_by_server,
                                     "the application made no row that a run can begin with: " + trouble_);
  }

  [[nodiscard]] bool failed_already() {
    const std::scoped_lock lock(mutex_);
    return !trouble_.empty();
  }

 private:
  void note_done(const std::string& trouble) {
    const std::scoped_lock lock(mutex_);
    if (trouble_.empty()) {
      trouble_ = trouble;
    }
    --under_way_;
    changed_.notify_all();
  }

  Requester& requester_;
  Value initial_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t under_way_ = 0;
  std::string trouble_ = {};
};

std::string with_key(std::string text, const std::string& key) {
  constexpr std::string_view placeholder = "{key}";
  for (std::size_t place = 0; (place = text.find(placeholder, place)) != std::string::npos; place += key.size()) {
    text.replace(place, placeholder.size(), key);
  }
  return text;
}

}  // namespace

Result<std::unique_ptr<RunStage>> RunStage::open(const Application& application, const GatedWorldOptions& options,
                                                 const RunStageOrder& order) {
  std::unique_ptr<RunStage> stage(new RunStage(application));
  if (const Result<void> named = stage->name_keys(order.keys); !named) {
    return std::unexpected(named.error());
  }
  stage->calls_ = std::make_unique<OpCalls>(stage->keys_, order.initial);
  Result<std::unique_ptr<Backstage>> backstage = Backstage::open(application, options, *stage->calls_, order.instances);
  if (!backstage) {
    return std::unexpected(backstage.error());
  }
  stage->backstage_ = std::move(*backstage);
  stage->requester_ = Requester::make(application);
  // Before anybody begins a transaction, since a log begins where none is open.
  Result<void> done = order.database_restarts ? Result<void>() : stage->open_log();
  if (done) {
    done = stage->start_instances(order.instances);
  }
  if (done) {
    stage->backstage_->say(fmt::format("Making {} rows", order.keys));
    done = stage->make_rows(order.initial);
  }
  if (done) {
    done = stage->read_one(order.initial);
  }
  if (done) {
    done = stage->backstage_->expect_calls({.of_database = stage->calls_->was_called(false),
                                            .of_cache = stage->calls_->was_called(true),
                                            .trouble = stage->calls_->trouble()});
  }
  if (done && stage->log_) {
    // How the rows were made is no part of the run.
    done = stage->calls_->read_log(*stage->log_);
  }
  if (!done) {
    return std::unexpected(done.error());
  }
  return stage;
}

RunStage::~RunStage() {
  requester_.reset();
  instances_.clear();
  if (backstage_) {
    backstage_->close_gates();
  }
}

Result<void> RunStage::name_keys(std::uint32_t count) {
  for (std::uint32_t number = 0; number < count; ++number) {
    Result<std::string> text = application_.keys.text_of(first_key + number);
    if (!text) {
      return std::unexpected(text.error());
    }
    keys_.push_back(*std::move(text));
  }
  return {};
}

Result<void> RunStage::start_instances(std::size_t count) {
  for (std::size_t number = 0; number < count; ++number) {
    Result<std::unique_ptr<Instance>> instance = backstage_->start_instance(number);
    if (!instance) {
      return failed(instance.error().code, instance.error().detail + words_of_trouble(calls_->trouble()));
    }
    instances_.push_back(std::move(*instance));
    if (const Result<void> known = requester_->log_in(*instances_.back()); !known) {
      return failed(known.error().code, fmt::format("instance {}: {}", number + 1, known.error().detail));
    }
  }
  return {};
}

Result<void> RunStage::make_rows(Value initial) {
  RowMaker maker(*requester_, initial);
  for (std::size_t number = 0; number < keys_.size() && !maker.failed_already(); ++number) {
    maker.make(*instances_[number % instances_.size()], keys_[number]);
  }
  const Result<void> made = maker.finish();
  return made
             ? made
             : failed(made.error().code, made.error().detail + afterthought_on(*instances_.front(), calls_->trouble()));
}

Result<void> RunStage::read_one(Value initial) {
  for (const std::unique_ptr<Instance>& instance : instances_) {
    // The second read finds what the first one left behind.
    for (int time = 0; time < 2; ++time) {
      const Answer answer = requester_->ask(*instance, ApplicationRequest::read, keys_.front(), 0);
      if (answer.outcome != Outcome::ok || answer.value != initial) {
        return failed(
            ErrorCode::refused_by_server,
            fmt::format("instance {} did not answer a first read of key {} as it should: {}{}", instance->number(),
                        keys_.front(),
                        answer.detail.empty() ? fmt::format("it should have read {}", initial) : answer.detail,
                        afterthought_on(*instance, calls_->trouble())));
      }
    }
  }
  return {};
}

Result<void> RunStage::open_log() {
  const bool is_ours = backstage_->servers() != nullptr && backstage_->servers()->database() != nullptr;
  if (!is_ours) {
    return {};
  }
  Result<CommitLog> log = CommitLog::begin(backstage_->database()->postgres_url());
  if (!log) {
    return std::unexpected(log.error());
  }
  log_.emplace(std::move(*log));
  calls_->await_order();
  return {};
}

Result<void> RunStage::set_reach(bool of_cache, LinkReach reach) {
  for (std::size_t number = 0; number < instances_.size(); ++number) {
    const std::size_t link = of_cache ? cache_link(number) : database_link(number);
    if (Result<void> done = backstage_->gates().set_reach(link, reach); !done) {
      return done;
    }
  }
  return {};
}

Result<void> RunStage::restart_store(const ServerEvent& event) {
  PrivateServers* const servers = backstage_->servers();
  if (servers == nullptr) {
    return failed(ErrorCode::unsupported, "there is no private server");
  }
  if (event.kind == ServerEventKind::kill) {
    calls_->expect_outage(true);
  }
  Result<void> done = servers->apply(event.target, event.kind);
  if (event.kind == ServerEventKind::start) {
    calls_->expect_outage(false);
  }
  return done;
}

Result<bool> RunStage::drop_entry(Key key, std::uint64_t draw) {
  const std::set<std::string> names = calls_->entry_names();
  if (names.empty() || !backstage_->cache()) {
    return false;
  }
  if (!evicting_) {
    evicting_.emplace(*backstage_->cache());
  }
  const std::string& name = *std::next(names.begin(), static_cast<std::ptrdiff_t>(draw % names.size()));
  // A field stands behind the name of its hash, in which no key stands.
  const std::size_t blank = name.find(' ');
  const bool is_field = blank != std::string::npos && !name.substr(0, blank).contains("{key}");
  const std::string& text = keys_[key.index];
  return evicting_->drop_one(with_key(name.substr(0, is_field ? blank : name.size()), text),
                             is_field ? with_key(name.substr(blank + 1), text) : "");
}

Result<void> RunStage::finish_calls() {
  const Result<void> read = log_ ? calls_->read_log(*log_) : Result<void>();
  calls_->finish();
  return read;
}

std::vector<std::string> RunStage::endings() const {
  std::vector<std::string> sentences;
  for (const std::unique_ptr<Instance>& instance : instances_) {
    const Result<InstanceState> state = instance->state();
    if (instance->is_ours() && state && !state->running) {
      sentences.push_back(fmt::format("instance {} of the application ended during the run: {}; its last lines: {}",
                                      instance->number(), state->ending,
                                      state->last_lines.empty() ? "none" : state->last_lines));
    }
  }
  return sentences;
}

}  // namespace stalemate
