// A user's own service as what a run drives: every client's op is a request to one of its instances.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "application/requests/answer.hpp"
#include "cli/run/application_survey.hpp"
#include "drive/session.hpp"
#include "gated/run/run_stage.hpp"

namespace stalemate {

/// Thread rule: as SessionFactory; `ended` any thread.
class ApplicationSessions final : public SessionFactory {
 public:
  /// `stage` outlives it and its sessions.
  explicit ApplicationSessions(RunStage& stage) : stage_(stage) {}

  /// Of ours there is none: what the application does with its own is seen at the gates.
  [[nodiscard]] bool has_cache() const override { return false; }
  std::unique_ptr<Session> make_session(boost::asio::io_context& context, ClientId client) override;
  std::unique_ptr<SurveySession> make_survey(boost::asio::io_context& context) override;

  [[nodiscard]] RunStage& stage() { return stage_; }
  /// Instances take turns, request by request.
  [[nodiscard]] std::size_t next_instance() { return turns_.fetch_add(1) % stage_.instances(); }
  /// To be told of every answer that is not ok.
  void note_trouble(OpKind kind, const Error& error);
  /// A sentence for each kind of op and error, with the words of the first.
  [[nodiscard]] std::vector<std::string> troubles() const;
  [[nodiscard]] const EntriesSeen& entries_seen() const { return entries_seen_; }

 private:
  struct Trouble {
    std::uint64_t count = 0;
    std::string first = {};
  };
  RunStage& stage_;
  EntriesSeen entries_seen_ = {};
  std::atomic<std::uint64_t> turns_ = 0;
  mutable std::mutex mutex_;
  std::map<std::pair<OpKind, ErrorCode>, Trouble> troubles_ = {};
};

/// What an answer says of the op. A value that no row of ours can hold is an error of kind `protocol`.
[[nodiscard]] Result<Value> value_of(const Answer& answer, const PlannedOp& op);

}  // namespace stalemate
