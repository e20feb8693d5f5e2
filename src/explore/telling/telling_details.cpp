#include "explore/telling/telling_details.hpp"

#include <algorithm>
#include <string_view>

namespace stalemate {
namespace {

/// The ops of a story, in words.
class OpWords {
 public:
  OpWords(const ToldViolation& violation, const std::vector<ToldOp>& told)
      : violation_(violation), ops_(ops_of(violation.scope)), told_(told) {}

  [[nodiscard]] std::string text() const {
    const std::string_view judge = violation_.judge;
    if (judge == "linearizable") {
      return all_ops();
    }
    const std::size_t last = last_ended();
    const bool ends_with_op = last < ops_.size() && told_[last].last_step == violation_.steps;
    if (ends_with_op && ops_[last].kind == OpKind::read) {
      const std::string words = words_of_read(last);
      return words.empty() ? all_ops() : words;
    }
    return judge == "monotonic-writes" || judge == "writes-follow-reads" ? all_ops() : words_of_settled();
  }

 private:
  /// Empty if the read misses nothing for certain.
  [[nodiscard]] std::string words_of_read(std::size_t read) const {
    const std::string_view judge = violation_.judge;
    const bool is_of_reads = judge == "monotonic-reads";
    const std::vector<std::size_t> contradicted = contradicted_by(read, is_of_reads, judge != "fresh");
    if (contradicted.empty()) {
      return {};
    }
    return "It is " + words_of(read) + ". It " + (is_of_reads ? "came after " : "missed ") +
           (contradicted.size() > 1 ? "one or more of " : "") + listed(contradicted) + ".";
  }

  /// Of a read that had ended before the last step, in which the database applied a write.
  [[nodiscard]] std::string words_of_settled() const {
    std::vector<std::string> found;
    for (std::size_t op = 0; op < ops_.size(); ++op) {
      const std::string words =
          ops_[op].kind == OpKind::read && told_[op].last_step != 0 ? words_of_read(op) : std::string();
      if (!words.empty()) {
        found.push_back(words);
      }
    }
    return (found.size() == 1 ? found.front() : all_ops()) +
           " Which value is the older one is certain from the last step on, in which the database applied one of them.";
  }

  /// The op that ended last; the number of ops if none did.
  [[nodiscard]] std::size_t last_ended() const {
    const auto last = std::ranges::max_element(told_, {}, &ToldOp::last_step);
    return last == told_.end() || last->last_step == 0 ? ops_.size() : static_cast<std::size_t>(last - told_.begin());
  }

  [[nodiscard]] Value value_of(std::size_t op) const {
    return ops_[op].kind == OpKind::write ? ops_[op].value : told_[op].ending.value;
  }

  [[nodiscard]] bool ended_ok_before(std::size_t op, std::size_t later) const {
    return told_[op].last_step != 0 && told_[op].last_step < told_[later].first_step && op != later &&
           told_[op].ending.outcome == Outcome::ok;
  }

  /// The ops that ended before the read began, with another value that is not certainly older.
  [[nodiscard]] std::vector<std::size_t> contradicted_by(std::size_t read, bool by_reads, bool by_own) const {
    const OpKind kind = by_reads ? OpKind::read : OpKind::write;
    const auto shown = static_cast<std::size_t>(
        std::ranges::find_if(
            ops_, [&](const ScopeOp& op) { return op.kind == OpKind::write && op.value == value_of(read); }) -
        ops_.begin());
    std::vector<std::size_t> found;
    for (std::size_t op = 0; op < ops_.size(); ++op) {
      const bool fits = ops_[op].kind == kind && (!by_own || ops_[op].process == ops_[read].process) &&
                        value_of(op) != value_of(read) && ended_ok_before(op, read);
      const bool is_older = !by_reads && shown < ops_.size() && ended_ok_before(op, shown);
      if (fits && !is_older) {
        found.push_back(op);
      }
    }
    return found;
  }

  /// "reader 1's read, which returned 0 (steps 1 to 5)".
  [[nodiscard]] std::string words_of(std::size_t op) const {
    const ToldOp& told = told_[op];
    std::string words = name_of_process(violation_.scope, ops_[op].process) + "'s ";
    const bool is_over = told.last_step != 0;
    if (ops_[op].kind == OpKind::write) {
      words += "write of " + std::to_string(ops_[op].value);
      words += is_over && told.ending.outcome == Outcome::ok ? ", acknowledged" : "";
    } else {
      words += "read";
      words += is_over && told.ending.outcome == Outcome::ok ? ", which returned " + words_of_value(told.ending.value)
                                                             : std::string();
    }
    if (!is_over) {
      return words + " (from step " + std::to_string(told.first_step) + " on, not answered)";
    }
    words += told.ending.outcome == Outcome::ok     ? ""
             : told.ending.outcome == Outcome::fail ? ", which failed"
                                                    : ", whose outcome is unknown";
    return words +
           (told.first_step == told.last_step ? " (step " : " (steps " + std::to_string(told.first_step) + " to ") +
           std::to_string(told.last_step) + ")";
  }

  static std::string words_of_value(Value value) { return value == absent ? "nothing" : std::to_string(value); }

  [[nodiscard]] std::string listed(const std::vector<std::size_t>& ops) const {
    std::string text;
    for (std::size_t place = 0; place < ops.size(); ++place) {
      text += place == 0 ? "" : place + 1 == ops.size() ? " and " : ", ";
      text += words_of(ops[place]);
    }
    return text;
  }

  /// In the order in which they began.
  [[nodiscard]] std::string all_ops() const {
    std::vector<std::size_t> begun;
    for (std::size_t op = 0; op < ops_.size(); ++op) {
      if (told_[op].first_step != 0) {
        begun.push_back(op);
      }
    }
    std::ranges::sort(begun, {}, [this](std::size_t op) { return told_[op].first_step; });
    return "The ops: " + listed(begun) + ".";
  }

  const ToldViolation& violation_;
  std::vector<ScopeOp> ops_;
  const std::vector<ToldOp>& told_;
};

}  // namespace

std::string details_of(const ToldViolation& violation, const std::vector<ToldOp>& ops) {
  return OpWords(violation, ops).text();
}

}  // namespace stalemate
