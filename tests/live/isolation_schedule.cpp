#include "live/isolation_schedule.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <optional>
#include <set>
#include <utility>

namespace stalemate {
namespace {

constexpr std::chrono::seconds longest_wait(60);

std::string as_pairs(const StatementAnswer& answer) {
  std::string text;
  for (const std::vector<std::string>& row : answer.rows) {
    text += (text.empty() ? "" : " ") + row.front() + "=" + row.back();
  }
  return text;
}

class IsolationScheduleRun {
 public:
  IsolationScheduleRun(std::span<const std::unique_ptr<IsolationSession>> sessions, LockWatch& watch,
                       const OpeningStatements& opening)
      : watch_(watch), opening_(opening) {
    for (const auto& session : sessions) {
      transactions_.push_back(
          {.number = transactions_.size() + 1, .session = session.get(), .server_number = watch.number_of(*session)});
    }
  }

  IsolationOutcome run(const IsolationCase& isolation_case) {
    make_table();
    for (const IsolationStep& step : isolation_case.steps) {
      submit(transactions_.at(step.transaction - 1), step);
      settle();
    }
    for (const Transaction& each : transactions_) {
      EXPECT_TRUE(each.is_idle()) << isolation_case.name << ": transaction " << each.number << " still waits\n"
                                  << outcome_.told;
    }
    outcome_.left = as_pairs(watch_.ask("SELECT id, value FROM pair ORDER BY id"));
    outcome_.told += "  left: " + outcome_.left + "\n";
    return std::move(outcome_);
  }

 private:
  struct Transaction {
    std::size_t number = 0;
    IsolationSession* session = nullptr;
    std::string server_number = {};
    std::deque<IsolationStep> queue = {};
    std::optional<IsolationStep> under_way = {};
    bool begun = false;
    bool refused = false;
    bool told_waiting = false;  // of what is under way

    [[nodiscard]] bool is_idle() const { return !under_way && queue.empty(); }
  };

  void make_table() {
    for (const char* const statement :
         {"DROP TABLE IF EXISTS pair", "CREATE TABLE pair (id INT PRIMARY KEY, value INT)",
          "INSERT INTO pair (id, value) VALUES (1, 100), (2, 200)"}) {
      EXPECT_EQ(watch_.ask(statement).refusal, "") << statement;
    }
  }

  void submit(Transaction& transaction, const IsolationStep& step) {
    if (!transaction.begun) {
      transaction.begun = true;
      for (const std::string& statement : opening_) {
        EXPECT_EQ(transaction.session->ask(statement).refusal, "") << statement;
      }
    }
    if (!transaction.refused) {
      transaction.queue.push_back(step);
    }
    send_next(transaction);
  }

  void send_next(Transaction& transaction) {
    if (transaction.under_way || transaction.queue.empty()) {
      return;
    }
    transaction.under_way = transaction.queue.front();
    transaction.told_waiting = false;
    transaction.queue.pop_front();
    transaction.session->send(std::string(transaction.under_way->statement));
  }

  // Until nothing more can happen before another statement is sent.
  void settle() {
    const auto deadline = std::chrono::steady_clock::now() + longest_wait;
    while (std::chrono::steady_clock::now() < deadline) {
      if (take_answers()) {
        continue;
      }
      if (std::ranges::none_of(transactions_, [](const Transaction& each) { return each.under_way.has_value(); })) {
        return;
      }
      if (all_wait()) {
        return;
      }
    }
    ADD_FAILURE() << "a statement neither ends nor waits for a lock\n" << outcome_.told;
  }

  // True: an answer came.
  bool take_answers() {
    bool came = false;
    for (Transaction& each : transactions_) {
      if (!each.under_way) {
        continue;
      }
      if (const std::optional<StatementAnswer> answer = each.session->poll()) {
        came = true;
        take(each, *answer);
        send_next(each);
      }
    }
    return came;
  }

  void take(Transaction& transaction, const StatementAnswer& answer) {
    const IsolationStep step = *std::exchange(transaction.under_way, std::nullopt);
    tell(transaction, step, answer.refusal.empty() ? as_pairs(answer) : answer.refusal);
    if (!answer.refusal.empty()) {
      EXPECT_FALSE(transaction.refused) << "a rollback was refused: " << answer.refusal;
      transaction.refused = true;
      transaction.queue = {IsolationStep{transaction.number, "ROLLBACK"}};
    } else if (!step.label.empty()) {
      outcome_.reads[std::string(step.label)] = as_pairs(answer);
    } else if (step.statement == "COMMIT") {
      outcome_.committed.insert(transaction.number);
    }
  }

  void tell(const Transaction& transaction, const IsolationStep& step, const std::string& what) {
    outcome_.told += "  T" + std::to_string(transaction.number) + ": " + std::string(step.statement) + " -> " +
                     what.substr(0, what.find('\n')) + "\n";
  }

  // Whether each statement under way waits for a transaction that has nothing to do, or for one that so waits. A ring
  // of waiting transactions is not stable: the server will end it.
  bool all_wait() {
    const std::vector<std::pair<std::string, std::string>> waits = watch_.waits();
    std::set<std::string> lasting;
    for (const Transaction& each : transactions_) {
      if (!each.under_way) {
        lasting.insert(each.server_number);
      }
    }
    for (std::size_t before = 0; before != lasting.size();) {
      before = lasting.size();
      for (const auto& [waiting, holder] : waits) {
        if (lasting.contains(holder)) {
          lasting.insert(waiting);
        }
      }
    }
    const bool all = std::ranges::all_of(transactions_,
                                         [&](const Transaction& each) { return lasting.contains(each.server_number); });
    for (Transaction& each : transactions_) {
      if (all && each.under_way && !std::exchange(each.told_waiting, true)) {
        tell(each, *each.under_way, "waits");
      }
    }
    return all;
  }

  LockWatch& watch_;
  const OpeningStatements& opening_;
  std::vector<Transaction> transactions_ = {};
  IsolationOutcome outcome_ = {};
};

}  // namespace

IsolationOutcome run_isolation_case(const IsolationCase& isolation_case,
                                    std::span<const std::unique_ptr<IsolationSession>> sessions, LockWatch& watch,
                                    const OpeningStatements& opening) {
  return IsolationScheduleRun(sessions, watch, opening).run(isolation_case);
}

IsolationSeen run_isolation_cases(std::span<const std::unique_ptr<IsolationSession>> sessions, LockWatch& watch,
                                  const OpeningStatements& opening) {
  IsolationSeen seen;
  for (const IsolationCase& each : isolation_cases()) {
    const IsolationOutcome outcome = run_isolation_case(each, sessions, watch, opening);
    const bool came_to_it = each.seen(outcome);
    if (came_to_it) {
      seen.names.push_back(each.name);
    }
    seen.told += std::string(each.name) + (came_to_it ? ": seen\n" : ": not seen\n") + outcome.told;
  }
  return seen;
}

}  // namespace stalemate
