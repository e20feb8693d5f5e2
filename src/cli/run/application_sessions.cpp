#include "cli/run/application_sessions.hpp"

#include <fmt/core.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <coroutine>
#include <limits>
#include <optional>
#include <utility>

#include "application/channels/instance_channel.hpp"
#include "core/assert.hpp"

namespace stalemate {
namespace {

/// The ports of a client whose ops a service carries out.
class NoRows final : public Database {
 public:
  Task<Result<std::optional<Row>>> read(Key) override { co_return refused(); }
  Task<Result<Written>> write(Key, Value) override { co_return refused(); }

 private:
  static std::unexpected<Error> refused() {
    return failed(ErrorCode::unsupported, "the application alone reads and writes its rows");
  }
};

class ApplicationSession final : public Session, public OpService {
 public:
  ApplicationSession(boost::asio::io_context& context, ApplicationSessions& sessions)
      : context_(context), sessions_(sessions), stage_(sessions.stage()) {}
  ~ApplicationSession() override {
    if (request_) {
      stage_.requester().cancel(*request_);
    }
    for (const std::unique_ptr<InstanceChannel>& channel : channels_) {
      static_cast<void>(channel->cancel_all());
    }
  }
  ApplicationSession(const ApplicationSession&) = delete;
  ApplicationSession& operator=(const ApplicationSession&) = delete;

  Task<Result<void>> connect() override {
    for (std::size_t number = 0; number < stage_.instances(); ++number) {
      if (auto channel = stage_.requester().twin_of(stage_.instance(number), context_)) {
        channels_.push_back(std::move(channel));
      }
    }
    co_return Result<void>();
  }
  Database& database() override { return no_rows_; }
  Cache& cache() override { STALEMATE_ASSERT(false, "the run has no cache of ours"); }
  OpService* service() override { return this; }

  Task<Result<Value>> perform(const PlannedOp& op) override {
    CallingOp calling;
    calling.index = op.index;
    calling.kind = op.kind;
    calling.key = op.key;
    calling.value = op.value;
    calling.fault_draw = op.fault_draw;
    calling.instance = sessions_.next_instance();
    stage_.calls().begin(calling);
    Asking asking(*this, calling);
    const Answer answer = co_await asking;
    stage_.calls().end(calling, answer.outcome);
    Result<Value> value = value_of(answer, op);
    if (!value) {
      sessions_.note_trouble(op.kind, value.error());
    }
    co_return value;
  }

 private:
  /// Awaiting it sends the request and gives the answer, on the session's thread. What comes is put into the session,
  /// which outlives the coroutine.
  class Asking {
   public:
    Asking(ApplicationSession& session, const CallingOp& op) : session_(session), op_(op) {}
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiting) { session_.send(op_, waiting); }
    [[nodiscard]] Answer await_resume() { return std::move(session_.answer_); }

   private:
    ApplicationSession& session_;
    const CallingOp& op_;
  };

  void send(const CallingOp& op, std::coroutine_handle<> waiting) {
    waiting_ = waiting;
    const bool reads = op.kind == OpKind::read;
    const ApplicationRequest kind = reads ? ApplicationRequest::read : ApplicationRequest::write;
    const std::string& key = stage_.keys()[op.key.index];
    const Value value = reads ? 0 : op.value;
    if (channels_.empty()) {
      // The answer comes in the requester's thread.
      const auto on_answer = [this](const Answer& answer) {
        answer_ = answer;
        boost::asio::post(context_, [this] {
          request_.reset();
          waiting_.resume();
        });
      };
      request_ = stage_.requester().send(stage_.instance(op.instance), kind, key, value, on_answer);
      return;
    }
    const auto on_answer = [this](const Answer& answer) {
      answer_ = answer;
      waiting_.resume();
    };
    channels_[op.instance]->send({.id = op.index, .kind = kind, .key = key, .value = value, .on_answer = on_answer});
  }

  boost::asio::io_context& context_;
  ApplicationSessions& sessions_;
  RunStage& stage_;
  NoRows no_rows_ = {};
  std::vector<std::unique_ptr<InstanceChannel>> channels_ = {};  // by instance; none where all clients share one
  std::optional<RequestId> request_ = {};                        // that the requester was given
  std::coroutine_handle<> waiting_ = {};
  Answer answer_ = {};
};

}  // namespace

std::unique_ptr<Session> ApplicationSessions::make_session(boost::asio::io_context& context, ClientId /*client*/) {
  return std::make_unique<ApplicationSession>(context, *this);
}

std::unique_ptr<SurveySession> ApplicationSessions::make_survey(boost::asio::io_context& context) {
  return why_no_survey(stage_.application()).empty() ? make_application_survey(context, stage_, entries_seen_)
                                                     : nullptr;
}

void ApplicationSessions::note_trouble(OpKind kind, const Error& error) {
  const std::scoped_lock lock(mutex_);
  Trouble& trouble = troubles_[{kind, error.code}];
  if (++trouble.count == 1) {
    trouble.first = error.detail;
  }
}

std::vector<std::string> ApplicationSessions::troubles() const {
  const std::scoped_lock lock(mutex_);
  std::vector<std::string> sentences;
  for (const auto& [about, trouble] : troubles_) {
    sentences.push_back(fmt::format(
        "the application {} {} {} ({}); the first: {}",
        about.second == ErrorCode::refused_by_server ? "refused or failed" : "did not answer", trouble.count,
        about.first == OpKind::read ? (trouble.count == 1 ? "read" : "reads")
                                    : (trouble.count == 1 ? "write" : "writes"),
        name_of(about.second), trouble.first));
  }
  return sentences;
}

Result<Value> value_of(const Answer& answer, const PlannedOp& op) {
  if (answer.outcome != Outcome::ok) {
    const ErrorCode code = answer.error != ErrorCode::none ? answer.error
                           : answer.nonsense               ? ErrorCode::protocol
                                                           : ErrorCode::refused_by_server;
    return std::unexpected(Error{code, answer.outcome, answer.detail});
  }
  if (op.kind != OpKind::read) {
    return op.value;
  }
  if (!answer.value) {
    return absent;
  }
  if (*answer.value <= absent || *answer.value > std::numeric_limits<Value>::max()) {
    return failed(ErrorCode::protocol, fmt::format("it read {}, which nobody wrote", *answer.value));
  }
  return static_cast<Value>(*answer.value);
}

}  // namespace stalemate
