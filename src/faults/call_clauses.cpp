// The clauses of call faults.
#include <algorithm>
#include <optional>

#include "core/text/duration.hpp"
#include "core/text/number_text.hpp"
#include "faults/settings.hpp"

namespace stalemate {
namespace {

/// An instant of a window: a duration, or 0s.
Result<Nanoseconds> parse_instant(std::string_view text) {
  return text == "0" || text == "0s" ? Result<Nanoseconds>(0) : parse_duration(text);
}

/// Reads one clause, word by word.
class ClauseReader {
 public:
  ClauseReader(std::string_view text, const CallFaultForm& form) : form_(form) {
    clause_.words = std::string(text);
    clause_.trouble = form.trouble;
    clause_.crash = form.crash;
  }

  Result<CallClause> read() {
    std::vector<std::string_view> words = split_at_blanks(clause_.words);
    if (words.empty()) {
      return wrong("a clause is empty");
    }
    const Result<void> called = take_calls(words.front());
    if (!called) {
      return std::unexpected(called.error());
    }
    for (const std::string_view word : std::span(words).subspan(1)) {
      if (const Result<void> taken = take(word); !taken) {
        return std::unexpected(taken.error());
      }
    }
    if (form_.amount != nullptr && !has_amount_) {
      return wrong(in_quotes(clause_.words) + " does not say how long, such as 20ms");
    }
    return std::move(clause_);
  }

 private:
  [[nodiscard]] std::unexpected<Error> wrong(std::string sentence) const {
    return wrong_text(std::move(sentence), form_.example);
  }

  Result<void> take_calls(std::string_view word) {
    const Result<RoleMask> calls = parse_calls(word, form_.taken);
    if (!calls) {
      return std::unexpected(calls.error());
    }
    clause_.word = std::string(word);
    clause_.calls = *calls;
    return {};
  }

  /// Marks that something was said; an error where it was said before.
  Result<void> once(bool& said, std::string_view word, std::string_view what) {
    if (std::exchange(said, true)) {
      return wrong(in_quotes(word) + " is a second " + std::string(what) + " in " + in_quotes(clause_.words));
    }
    return {};
  }

  Result<void> take(std::string_view word) {
    if (word.starts_with("n=")) {
      return take_number(word);
    }
    if (word.starts_with("key=")) {
      clause_.key = std::string(word.substr(4));
      return clause_.key.empty() ? wrong("key= names no row") : once(has_key_, word, "key");
    }
    if (word.starts_with("timeout=")) {
      return take_timeout(word);
    }
    if (word.contains("..")) {
      return take_window(word);
    }
    if (word.ends_with('%')) {
      return take_share(word);
    }
    if (const Result<Nanoseconds> amount = parse_duration(word); amount && form_.amount != nullptr) {
      clause_.trouble.*form_.amount = *amount;
      return once(has_amount_, word, "duration");
    }
    return parse_chance(word) ? take_share(word)
                              : wrong(in_quotes(word) + " is no share (1%), n=3, key=PRODUCT_ID, window (2s..5s)" +
                                      (form_.amount != nullptr ? ", duration (20ms)" : "") +
                                      (is_unanswered() ? " or timeout=50ms" : ""));
  }

  [[nodiscard]] bool is_unanswered() const { return !form_.trouble.answered; }

  Result<void> take_share(std::string_view word) {
    const Result<double> share = parse_chance(word);
    if (!share) {
      return failed(ErrorCode::wrong_type, clause_.word + ": " + share.error().detail);
    }
    clause_.share = *share;
    return once(has_share_, word, "share");
  }

  Result<void> take_number(std::string_view word) {
    clause_.nth = parse_number<decltype(clause_.nth)>(word.substr(2)).value_or(0);
    if (clause_.nth == 0) {
      return wrong(in_quotes(word) + " is no number of a call, which is 1 or more");
    }
    return once(has_number_, word, "n=");
  }

  Result<void> take_timeout(std::string_view word) {
    if (!is_unanswered()) {
      return wrong(in_quotes(word) + " has no effect, as these calls are answered");
    }
    const Result<Nanoseconds> timeout = parse_duration(word.substr(word.find('=') + 1));
    if (!timeout) {
      return std::unexpected(timeout.error());
    }
    clause_.trouble.timeout_ns = *timeout;
    return once(has_timeout_, word, "timeout");
  }

  Result<void> take_window(std::string_view word) {
    const Result<TimeWindow> window = parse_window(word);
    if (!window) {
      return std::unexpected(window.error());
    }
    clause_.window = *window;
    return once(has_window_, word, "window");
  }

  const CallFaultForm& form_;
  CallClause clause_ = {};
  bool has_share_ = false;
  bool has_number_ = false;
  bool has_key_ = false;
  bool has_window_ = false;
  bool has_amount_ = false;
  bool has_timeout_ = false;
};

/// CALL=VALUE, VALUE a share or the duration that the fault needs.
Result<CallClause> read_joined(std::string_view text, const CallFaultForm& form) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) {
    return wrong_text(in_quotes(text) + " is not NAME=VALUE", form.example);
  }
  const std::string_view word = text.substr(0, equals);
  const std::string_view value = text.substr(equals + 1);
  const Result<RoleMask> calls = parse_calls(word, form.taken);
  if (!calls) {
    return std::unexpected(calls.error());
  }
  CallClause clause{.words = std::string(text),
                    .word = std::string(word),
                    .calls = *calls,
                    .trouble = form.trouble,
                    .crash = form.crash};
  const auto failed_at = [&word](const Error& error) {
    return failed(ErrorCode::wrong_type, std::string(word) + ": " + error.detail);
  };
  if (form.amount != nullptr) {
    const Result<Nanoseconds> amount = parse_duration(value);
    if (!amount) {
      return failed_at(amount.error());
    }
    clause.trouble.*form.amount = *amount;
    return clause;
  }
  const Result<double> share = parse_chance(value);
  if (!share) {
    return failed_at(share.error());
  }
  clause.share = *share;
  return clause;
}

}  // namespace

Result<TimeWindow> parse_window(std::string_view text) {
  const std::size_t dots = text.find("..");
  if (dots == std::string_view::npos) {
    return failed(ErrorCode::wrong_type, in_quotes(text) + " is no window; write for example 2s..5s");
  }
  const Result<Nanoseconds> begin_ns = parse_instant(text.substr(0, dots));
  if (!begin_ns) {
    return std::unexpected(begin_ns.error());
  }
  const std::string_view rest = text.substr(dots + 2);
  const Result<Nanoseconds> end_ns = rest.empty() ? Result<Nanoseconds>(never) : parse_duration(rest);
  if (!end_ns) {
    return std::unexpected(end_ns.error());
  }
  if (*end_ns <= *begin_ns) {
    return failed(ErrorCode::wrong_type, in_quotes(text) + " ends before it begins");
  }
  return TimeWindow{*begin_ns, *end_ns};
}

Result<ConfiguredFault> parse_call_fault(std::string_view text, const CallFaultForm& form) {
  ConfiguredFault fault;
  for (const std::string_view part : split_at_commas(text)) {
    Result<CallClause> clause = part.contains(' ') ? ClauseReader(part, form).read() : read_joined(part, form);
    if (!clause) {
      return std::unexpected(clause.error());
    }
    const auto same = std::ranges::find(fault.clauses, clause->word, &CallClause::word);
    if (!part.contains(' ') && same != fault.clauses.end()) {
      return wrong_text(in_quotes(clause->word) + " is there twice", form.example);
    }
    fault.clauses.push_back(std::move(*clause));
  }
  return fault;
}

}  // namespace stalemate
