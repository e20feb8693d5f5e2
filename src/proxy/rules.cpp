#include "proxy/rules.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "core/text/duration.hpp"
#include "core/text/nearest.hpp"
#include "core/text/number_text.hpp"
#include "core/text/words.hpp"
#include "wire/redis/command_facts.hpp"

namespace stalemate {
namespace {

constexpr std::string_view example = "write for example 'DEL product:*: lost-reply n=3'";

/// What stands behind a fault's name, beside share, number and window.
enum class Amount : std::uint8_t {
  none,
  duration,        // needed
  maybe_duration,  // may be left out
  latency,         // a duration, and one-way or round-trip
  rate             // bytes a second
};

struct FaultWord {
  std::string_view name;
  Amount amount;
  CallTrouble trouble;
  ConnectionTrouble connection;
  std::string_view summary;
};

constexpr std::array<FaultWord, 11> faults = {{
    {"lost-request", Amount::none, lost_request, ConnectionTrouble::none,
     "the store never sees the request; the connection is closed, after timeout=50ms if that is said"},
    {"lost-reply", Amount::none, lost_reply, ConnectionTrouble::none,
     "the request takes effect, its reply does not arrive; the connection is closed as above"},
    {"delay", Amount::duration, {}, ConnectionTrouble::none, "the request is sent so much later, and answered"},
    {"delayed", Amount::duration, delayed_request, ConnectionTrouble::none,
     "the connection is closed, and the request takes effect so much later, over another connection"},
    {"duplicated", Amount::duration, duplicated_request, ConnectionTrouble::none,
     "the request is answered, and takes effect once more so much later"},
    {"refused", Amount::none, refused_write, ConnectionTrouble::none,
     "the store never sees the request, which is answered with an error"},
    {"reset",
     Amount::none,
     {},
     ConnectionTrouble::reset,
     "the store never sees the request, and its connection is reset (RST)"},
    {"half-open",
     Amount::none,
     {},
     ConnectionTrouble::half_open,
     "the store's side is closed; the application's stays open, and nothing is answered there"},
    {"blackhole",
     Amount::maybe_duration,
     {},
     ConnectionTrouble::blackhole,
     "with the first such request: nothing gets through to that store or back for so long (or until the window ends, "
     "or "
     "the rule is taken away); then all that waited does"},
    {"latency",
     Amount::latency,
     {},
     ConnectionTrouble::none,
     "all bytes of a side arrive later: 20ms one-way in each direction, or 20ms round-trip in both together"},
    {"bandwidth",
     Amount::rate,
     {},
     ConnectionTrouble::none,
     "each connection carries no more than so much, 100KB/s, in each direction"},
}};

struct Alias {
  std::string_view other;
  std::string_view name;
};
/// What others call these faults.
constexpr std::array<Alias, 9> aliases = {{{"stall", "blackhole"},
                                           {"lose-reply", "lost-reply"},
                                           {"lose-request", "lost-request"},
                                           {"drop", "lost-request"},
                                           {"duplicate", "duplicated"},
                                           {"refuse", "refused"},
                                           {"slow", "delay"},
                                           {"timeout", "blackhole"},
                                           {"reset_peer", "reset"}}};

constexpr std::array<std::string_view, 26> statements = {
    "SELECT",   "INSERT",    "UPDATE",  "DELETE",  "MERGE",  "TRUNCATE", "COPY", "BEGIN",  "COMMIT",
    "ROLLBACK", "SAVEPOINT", "RELEASE", "SET",     "SHOW",   "LOCK",     "CALL", "DO",     "LISTEN",
    "NOTIFY",   "UNLISTEN",  "PREPARE", "EXECUTE", "CREATE", "ALTER",    "DROP", "EXPLAIN"};

std::unexpected<Error> wrong(std::string sentence) {
  return failed(ErrorCode::wrong_type, std::move(sentence));
}
std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const std::size_t end = text.find(' ');
    if (end != 0) {
      words.push_back(text.substr(0, end));
    }
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return words;
}

std::string in_capitals(std::string_view word) {
  std::string capitals(word);
  std::ranges::transform(capitals, capitals.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return capitals;
}

Result<void> check_name(std::string_view name, std::optional<Protocol> side) {
  std::vector<std::string_view> known;
  if (side != Protocol::postgres) {
    known = redis_command_names();
  }
  if (side != Protocol::redis) {
    known.insert(known.end(), statements.begin(), statements.end());
  }
  if (name.find_first_of("*?.") != std::string_view::npos || std::ranges::find(known, name) != known.end()) {
    return {};
  }
  return wrong("no command or statement is called " + in_quotes(name) + did_you_mean(name, known) +
               "; where that is right, write " + in_quotes(std::string(name) + "*"));
}

class RuleReader {
 public:
  explicit RuleReader(std::string_view text) { rule_.text = std::string(text); }

  Result<GateRule> read() {
    const std::string_view text = rule_.text;
    const std::size_t colon = text.rfind(": ");
    if (colon == std::string_view::npos) {
      return wrong(in_quotes(text) + " is not CALLS: FAULT; " + std::string(example));
    }
    if (const Result<void> calls = take_calls(words_of(text.substr(0, colon))); !calls) {
      return std::unexpected(calls.error());
    }
    const std::vector<std::string_view> words = words_of(text.substr(colon + 2));
    if (words.empty()) {
      return wrong(in_quotes(text) + " names no fault; " + std::string(example));
    }
    if (const Result<void> fault = take_fault(words.front()); !fault) {
      return std::unexpected(fault.error());
    }
    for (const std::string_view word : std::span(words).subspan(1)) {
      if (const Result<void> taken = take(word); !taken) {
        return std::unexpected(taken.error());
      }
    }
    if (const Result<void> complete = finish(); !complete) {
      return std::unexpected(complete.error());
    }
    return std::move(rule_);
  }

 private:
  Result<void> take_calls(std::vector<std::string_view> words) {
    if (!words.empty() && (words.front() == "cache" || words.front() == "database")) {
      rule_.side = words.front() == "cache" ? Protocol::redis : Protocol::postgres;
      words.erase(words.begin());
      if (words.empty()) {
        return {};
      }
    }
    if (words.empty() || words.size() > 2) {
      return wrong(in_quotes(rule_.text) + " says of " + std::to_string(words.size()) +
                   " words which calls it means; write *, NAME or NAME PATTERN");
    }
    rule_.name = in_capitals(words.front());
    if (words.size() > 1) {
      rule_.pattern = std::string(words[1]);
      rule_.full_name = rule_.name + " " + in_capitals(words[1]);
    }
    return check_name(rule_.name, rule_.side);
  }

  Result<void> take_fault(std::string_view word) {
    const auto found = std::ranges::find(faults, word, &FaultWord::name);
    if (found != faults.end()) {
      fault_ = &*found;
      rule_.trouble = found->trouble;
      rule_.connection = found->connection;
      return {};
    }
    const auto alias = std::ranges::find(aliases, word, &Alias::other);
    if (alias != aliases.end()) {
      return wrong(in_quotes(word) + " is called " + std::string(alias->name) + " here");
    }
    std::vector<std::string_view> names;
    std::ranges::transform(faults, std::back_inserter(names), &FaultWord::name);
    return wrong("there is no fault " + in_quotes(word) + did_you_mean_of(word, names));
  }

  Result<void> once(bool& said, std::string_view what) {
    return std::exchange(said, true)
               ? Result<void>(wrong("a second " + std::string(what) + " in " + in_quotes(rule_.text)))
               : Result<void>();
  }

  Result<void> take(std::string_view word) {
    if (word.starts_with("n=")) {
      return take_number(word);
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
    if (word.ends_with("/s") && fault_->amount == Amount::rate) {
      return take_rate(word);
    }
    if ((word == "one-way" || word == "round-trip") && fault_->amount == Amount::latency) {
      is_round_trip_ = word == "round-trip";
      return once(has_way_, "one-way or round-trip");
    }
    const bool may_last = fault_->amount != Amount::none && fault_->amount != Amount::rate;
    if (const Result<Nanoseconds> duration = parse_duration(word); duration && may_last) {
      amount_ns_ = *duration;
      return once(has_amount_, "duration");
    }
    return wrong(in_quotes(word) + " says nothing of " + std::string(fault_->name) + "; it takes " + taken_words());
  }

  [[nodiscard]] std::string taken_words() const {
    std::string words;
    switch (fault_->amount) {
      case Amount::latency: return "a duration (20ms), and one-way or round-trip";
      case Amount::rate: return "a rate such as 100KB/s";
      case Amount::duration:
      case Amount::maybe_duration: words = "a duration (20ms), "; break;
      case Amount::none: break;
    }
    words += rule_.trouble.answered ? "" : "timeout=50ms, ";
    return words + "a share (1%), n=3 or a window (10s..15s)";
  }

  Result<void> take_number(std::string_view word) {
    rule_.nth = parse_number<decltype(rule_.nth)>(word.substr(2)).value_or(0);
    if (rule_.nth == 0) {
      return wrong(in_quotes(word) + " is no number of a call, which is 1 or more");
    }
    return once(has_number_, "n=");
  }

  Result<void> take_timeout(std::string_view word) {
    if (rule_.trouble.answered || fault_->amount == Amount::latency || fault_->amount == Amount::rate) {
      return wrong(in_quotes(word) + " has no effect, as calls with " + std::string(fault_->name) + " are answered");
    }
    const Result<Nanoseconds> timeout = parse_duration(word.substr(word.find('=') + 1));
    if (!timeout) {
      return std::unexpected(timeout.error());
    }
    rule_.trouble.timeout_ns = *timeout;
    return once(has_timeout_, "timeout");
  }

  static Result<Nanoseconds> instant(std::string_view text) {
    return text == "0" || text == "0s" ? Result<Nanoseconds>(0) : parse_duration(text);
  }

  Result<void> take_window(std::string_view word) {
    const std::size_t dots = word.find("..");
    const Result<Nanoseconds> begin = instant(word.substr(0, dots));
    const std::string_view rest = word.substr(dots + 2);
    const Result<Nanoseconds> end = rest.empty() ? Result<Nanoseconds>(never) : instant(rest);
    if (!begin || !end || *end <= *begin) {
      return wrong(in_quotes(word) + " is no window; write for example 10s..15s");
    }
    rule_.window = TimeWindow{*begin, *end};
    return once(has_window_, "window");
  }

  Result<void> take_share(std::string_view word) {
    const double percent = parse_number<double>(word.substr(0, word.size() - 1)).value_or(0);
    if (!(percent > 0 && percent <= 100)) {
      return wrong(in_quotes(word) + " is no share, which is above 0% and at most 100%");
    }
    rule_.share = percent / 100;
    return once(has_share_, "share");
  }

  Result<void> take_rate(std::string_view word) {
    struct Unit {
      std::string_view name;
      double bytes;
    };
    constexpr std::array<Unit, 5> units = {
        {{"KB/s", 1e3}, {"MB/s", 1e6}, {"KiB/s", 1024}, {"MiB/s", 1024.0 * 1024}, {"B/s", 1}}};
    const auto unit = std::ranges::find_if(units, [word](const Unit& one) { return word.ends_with(one.name); });
    const double bytes =
        unit == units.end()
            ? 0
            : parse_number<double>(word.substr(0, word.size() - unit->name.size())).value_or(0) * unit->bytes;
    if (!(bytes >= 1 && bytes <= 1e12)) {
      return wrong(in_quotes(word) + " is no rate; write for example 100KB/s or 2MiB/s");
    }
    rule_.conditions.bytes_per_second = static_cast<std::uint64_t>(std::llround(bytes));
    return once(has_amount_, "rate");
  }

  Result<void> finish() {
    const std::string name(fault_->name);
    if (!has_amount_ && fault_->amount != Amount::none && fault_->amount != Amount::maybe_duration) {
      return wrong(in_quotes(rule_.text) + " does not say how much; " + name + " takes " + taken_words());
    }
    if (fault_->amount == Amount::latency && !has_way_) {
      return wrong(in_quotes(rule_.text) + " does not say whether that is one-way or round-trip");
    }
    const bool is_of_links = fault_->amount == Amount::latency || fault_->amount == Amount::rate;
    if (is_of_links && (rule_.name != "*" || !rule_.pattern.empty() || has_share_ || has_number_ || has_window_)) {
      return wrong(name + " is of all bytes of a link; write for example 'cache: " + name +
                   (fault_->amount == Amount::rate ? " 100KB/s'" : " 20ms round-trip'"));
    }
    if (name == "delay") {
      rule_.trouble.delay_ns = amount_ns_;
    } else if (rule_.connection == ConnectionTrouble::blackhole) {
      rule_.blackhole_ns = has_amount_ ? amount_ns_ : never;
    } else if (fault_->amount == Amount::latency) {
      const Nanoseconds there = is_round_trip_ ? amount_ns_ / 2 : amount_ns_;
      rule_.conditions.to_store_ns = there;
      rule_.conditions.to_application_ns = is_round_trip_ ? amount_ns_ - there : amount_ns_;
    } else {
      rule_.trouble.late_ns = amount_ns_;
    }
    return {};
  }

  GateRule rule_ = {};
  const FaultWord* fault_ = nullptr;
  Nanoseconds amount_ns_ = 0;
  bool is_round_trip_ = false;
  bool has_amount_ = false;
  bool has_way_ = false;
  bool has_number_ = false;
  bool has_share_ = false;
  bool has_timeout_ = false;
  bool has_window_ = false;
};

}  // namespace

Result<GateRule> parse_gate_rule(std::string_view text) {
  return RuleReader(text).read();
}

std::string gate_fault_table() {
  std::string table;
  for (const FaultWord& fault : faults) {
    table += std::string(fault.name) + ": " + std::string(fault.summary) + "\n";
  }
  return table;
}

}  // namespace stalemate
