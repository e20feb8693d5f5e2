#include "report/page/check_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <ranges>

#include "check/words.hpp"
#include "core/text/printable.hpp"
#include "core/text/words.hpp"
#include "report/words/phrases.hpp"

namespace stalemate {
namespace {

using PageJson = nlohmann::ordered_json;

/// An op as the page draws it.
struct DrawnOp {
  OpIndex index = no_op;
  std::string client = {};
  std::string kind = {};
  std::string value = {};
  Outcome outcome = Outcome::info;
  Nanoseconds from_ns = 0;
  Nanoseconds to_ns = never;
  bool is_proof = false;
};

/// The ops of a history, whatever kind of history it is.
class OpSource {
 public:
  virtual ~OpSource() = default;
  [[nodiscard]] virtual std::size_t size() const = 0;
  [[nodiscard]] virtual std::uint32_t key_at(std::size_t place) const = 0;
  [[nodiscard]] virtual DrawnOp op_at(std::size_t place) const = 0;
  /// The key of a violation as key_at has it; none if it has none of these ops.
  [[nodiscard]] virtual std::optional<std::uint32_t> key_of(const Violation& violation) const = 0;
  [[nodiscard]] virtual DrawnOp proof_of(const Violation& violation, std::size_t place) const = 0;
  [[nodiscard]] virtual std::string name_of_key(const Violation& violation) const = 0;
  [[nodiscard]] virtual bool is_a_clients(std::size_t place) const = 0;
};

class OwnOps final : public OpSource {
 public:
  explicit OwnOps(const History& history) : history_(history) {}
  [[nodiscard]] std::size_t size() const override { return history_.ops().size(); }
  [[nodiscard]] std::uint32_t key_at(std::size_t place) const override { return history_.ops()[place].key().index; }
  [[nodiscard]] DrawnOp op_at(std::size_t place) const override { return drawn(to_op(history_.ops()[place])); }
  [[nodiscard]] std::optional<std::uint32_t> key_of(const Violation& violation) const override {
    return violation.key.index;
  }
  [[nodiscard]] DrawnOp proof_of(const Violation& violation, std::size_t place) const override {
    return drawn(violation.ops[place]);
  }
  [[nodiscard]] std::string name_of_key(const Violation& violation) const override {
    return words_of_key(history_.header, violation.key);
  }
  [[nodiscard]] bool is_a_clients(std::size_t place) const override {
    return history_.ops()[place].kind() != OpKind::background;
  }

 private:
  [[nodiscard]] DrawnOp drawn(const Op& op) const {
    return {.index = op.index,
            .client = "client " + words_of_client(history_.header, op.client),
            .kind = std::string(name_of(op.kind)),
            .value = words_of_value(history_.header, op.value),
            .outcome = op.outcome,
            .from_ns = op.invocation_ns,
            .to_ns = op.completion_ns};
  }

  const History& history_;
};

class ForeignOps final : public OpSource {
 public:
  explicit ForeignOps(const EventHistory& events) : events_(events) {}
  [[nodiscard]] std::size_t size() const override { return events_.ops.size(); }
  [[nodiscard]] std::uint32_t key_at(std::size_t place) const override { return events_.ops[place].key; }
  [[nodiscard]] DrawnOp op_at(std::size_t place) const override {
    const EventOp& op = events_.ops[place];
    const std::string value = events_.values.edn(op.value);
    return {.index = op.index,
            .client = "process " + events_.processes[op.process],
            .kind = std::string(name_of(op.kind)),
            .value = op.kind == EventKind::cas ? events_.values.edn(op.expected) + " to " + value : value,
            .outcome = op.outcome,
            .from_ns = op.invocation,
            .to_ns = op.completion};
  }
  /// Keys are numbered anew where a check wants them so, and ops are not.
  [[nodiscard]] std::optional<std::uint32_t> key_of(const Violation& violation) const override {
    for (const Op& op : violation.ops) {
      const auto place = std::ranges::find(events_.ops, op.index, &EventOp::index);
      if (place != events_.ops.end() && place->invocation == op.invocation_ns) {
        return place->key;
      }
    }
    return std::nullopt;
  }
  [[nodiscard]] DrawnOp proof_of(const Violation& violation, std::size_t place) const override {
    const Op& op = violation.ops[place];
    const OpNames names = place < violation.names.size() ? violation.names[place] : OpNames{};
    return {.index = op.index,
            .client = "process " + names.client,
            .kind = names.kind,
            .value = names.value,
            .outcome = op.outcome,
            .from_ns = op.invocation_ns,
            .to_ns = op.completion_ns};
  }
  [[nodiscard]] std::string name_of_key(const Violation& violation) const override { return violation.key_name; }
  [[nodiscard]] bool is_a_clients(std::size_t /*place*/) const override { return true; }

 private:
  const EventHistory& events_;
};

/// "client 1's read of 1 (op 2)".
std::string words_of_drawn(const DrawnOp& op) {
  return fmt::format("{}'s {} of {} (op {})", op.client, op.kind, op.value, op.index);
}

/// The proof's ops, and of `places` those next to them, in order of invocation.
std::vector<DrawnOp> ops_around(const OpSource& source, const Violation& violation,
                                const std::vector<std::uint32_t>& places) {
  std::vector<DrawnOp> drawn;
  Nanoseconds first_ns = std::numeric_limits<Nanoseconds>::max();
  Nanoseconds last_ns = std::numeric_limits<Nanoseconds>::min();
  for (std::size_t place = 0; place < violation.ops.size(); ++place) {
    drawn.push_back(source.proof_of(violation, place));
    drawn.back().is_proof = true;
    first_ns = std::min(first_ns, drawn.back().from_ns);
    last_ns = std::max(last_ns, drawn.back().to_ns == never ? drawn.back().from_ns : drawn.back().to_ns);
  }
  std::vector<std::pair<Nanoseconds, std::uint32_t>> by_distance;
  for (const std::uint32_t place : places) {
    const DrawnOp op = source.op_at(place);
    if (std::ranges::find(violation.ops, op.index, &Op::index) == violation.ops.end()) {
      const Nanoseconds before_ns = op.to_ns == never ? 0 : std::max<Nanoseconds>(0, first_ns - op.to_ns);
      by_distance.emplace_back(std::max({Nanoseconds{0}, before_ns, op.from_ns - last_ns}), place);
    }
  }
  std::ranges::sort(by_distance);
  const std::size_t room = ops_drawn_max - std::min(ops_drawn_max, drawn.size());
  for (const auto& [distance_ns, place] : by_distance | std::views::take(room)) {
    drawn.push_back(source.op_at(place));
  }
  std::ranges::stable_sort(drawn, {}, &DrawnOp::from_ns);
  return drawn;
}

/// Instants before the run (of a value that was there) are drawn where the first other op begins.
Nanoseconds first_instant_of(const std::vector<DrawnOp>& ops) {
  Nanoseconds first_ns = never;
  for (const DrawnOp& op : ops) {
    first_ns = op.from_ns > before_the_run ? std::min(first_ns, op.from_ns) : first_ns;
  }
  return first_ns == never ? 0 : first_ns;
}

PageJson json_of_ops(const std::vector<DrawnOp>& ops, Nanoseconds first_ns, std::vector<std::string>& lanes) {
  PageJson all = PageJson::array();
  for (const DrawnOp& op : ops) {
    auto lane = std::ranges::find(lanes, op.client);
    if (lane == lanes.end()) {
      lane = lanes.insert(lanes.end(), op.client);
    }
    all.push_back({{"index", op.index},
                   {"lane", lane - lanes.begin()},
                   {"kind", op.kind},
                   {"value", op.value},
                   {"outcome", name_of(op.outcome)},
                   {"from", std::max<Nanoseconds>(0, op.from_ns - first_ns)},
                   {"to", op.to_ns == never ? PageJson() : PageJson(std::max<Nanoseconds>(0, op.to_ns - first_ns))},
                   {"proof", op.is_proof}});
  }
  return all;
}

PageJson json_of_violation(const OpSource& source, const Report& report, const std::string& check,
                           const Violation& violation, const std::vector<std::uint32_t>& places) {
  const std::vector<DrawnOp> ops = ops_around(source, violation, places);
  const Nanoseconds first_ns = first_instant_of(ops);
  std::vector<std::string> op_words;
  for (std::size_t place = 0; place < violation.ops.size(); ++place) {
    op_words.push_back(words_of_drawn(source.proof_of(violation, place)));
  }
  std::vector<std::string> lanes;
  PageJson drawn = json_of_ops(ops, first_ns, lanes);
  PageJson json = {{"check", check},
                   {"key", source.name_of_key(violation)},
                   {"sentence", violation.sentence},
                   {"starts", report.is_timed ? words_of_instant(first_ns) : fmt::format("position {}", first_ns)},
                   {"lanes", lanes},
                   {"ops", drawn},
                   {"of", std::max(places.size(), violation.ops.size())},
                   {"certain", nullptr}};
  if (const std::optional<Certainty> certain = certainty_of(violation, op_words)) {
    json["certain"] = {{"at", std::max<Nanoseconds>(0, certain->at_ns - first_ns)}, {"words", certain->words}};
  }
  return json;
}

struct ShownViolation {
  std::string check = {};
  const Violation* violation = nullptr;
  std::optional<std::uint32_t> key = {};
};

/// The first of each check, then the second of each, and so on; told check by check.
std::vector<ShownViolation> shown_violations(const Report& report, const OpSource& source) {
  std::vector<ShownViolation> shown;
  for (std::size_t rank = 0; shown.size() < violations_drawn_max; ++rank) {
    const std::size_t before = shown.size();
    for (const CheckResult& result : report.results) {
      if (result.decides && rank < result.violations.size() && shown.size() < violations_drawn_max) {
        shown.push_back({result.name, &result.violations[rank], source.key_of(result.violations[rank])});
      }
    }
    if (shown.size() == before) {
      break;
    }
  }
  std::ranges::stable_sort(shown, {}, &ShownViolation::check);
  return shown;
}

/// The clients' ops of the keys that are shown, by key.
std::map<std::uint32_t, std::vector<std::uint32_t>> places_by_key(const OpSource& source,
                                                                  const std::vector<ShownViolation>& shown) {
  std::map<std::uint32_t, std::vector<std::uint32_t>> places;
  for (const ShownViolation& one : shown) {
    if (one.key) {
      places.try_emplace(*one.key);
    }
  }
  for (std::size_t place = 0; !places.empty() && place < source.size(); ++place) {
    const auto of_key = places.find(source.key_at(place));
    if (of_key != places.end() && source.is_a_clients(place)) {
      of_key->second.push_back(static_cast<std::uint32_t>(place));
    }
  }
  return places;
}

std::string_view tone_of(CaseVerdict verdict) {
  switch (verdict) {
    case CaseVerdict::failed:
    case CaseVerdict::tolerated: return "bad";
    case CaseVerdict::passed: return "good";
    case CaseVerdict::unknown: return "warn";
    case CaseVerdict::vacuous: return "grey";
  }
  return {};
}

/// What the page says first.
std::string sentence_of(const VerdictSheet& sheet) {
  std::vector<std::string> violated;
  std::vector<std::string> unjudged;
  for (const VerdictCase& one : sheet.cases) {
    if (one.verdict == CaseVerdict::failed) {
      violated.push_back(one.name);
    } else if (one.verdict == CaseVerdict::unknown) {
      unjudged.push_back(one.name);
    }
  }
  const std::string not_judged = unjudged.empty() ? "" : fmt::format(" Not judged: {}.", joined(unjudged));
  return (violated.empty() ? "No check found a violation." : fmt::format("Violated: {}.", joined(violated))) +
         not_judged;
}

Page page_from(const Report& report, const VerdictSheet& sheet, const OpSource& source, const std::string& words,
               const std::string& generator) {
  const CaseVerdict verdict = report.verdict == Verdict::invalid ? CaseVerdict::failed
                              : report.verdict == Verdict::valid ? CaseVerdict::passed
                                                                 : CaseVerdict::unknown;
  PageJson data = {{"title", fmt::format("stalemate check {}", sheet.subject)},
                   {"verdict", name_of(report.verdict)},
                   {"tone", tone_of(verdict)},
                   {"sentence", sentence_of(sheet)},
                   {"headline", sheet.headline},
                   {"again", sheet.again},
                   {"timed", report.is_timed},
                   {"notes", report.notes},
                   {"checks", PageJson::array()},
                   {"violations", PageJson::array()}};
  for (const VerdictCase& one : sheet.cases) {
    data["checks"].push_back(
        {{"name", one.name}, {"verdict", words_of(one.verdict)}, {"tone", tone_of(one.verdict)}, {"fact", one.fact}});
  }
  const std::vector<ShownViolation> shown = shown_violations(report, source);
  const std::map<std::uint32_t, std::vector<std::uint32_t>> places = places_by_key(source, shown);
  for (const ShownViolation& one : shown) {
    data["violations"].push_back(json_of_violation(source, report, one.check, *one.violation,
                                                   one.key ? places.at(*one.key) : std::vector<std::uint32_t>{}));
  }
  std::uint64_t all = 0;
  for (const CheckResult& result : report.results) {
    all += result.decides && result.verdict == Verdict::invalid ? result.count : 0;
  }
  data["violations_of"] = all;
  return {.title = fmt::format("stalemate check {}", printable(sheet.subject)),
          .kind = "check",
          .data_json = data.dump(-1, ' ', false, PageJson::error_handler_t::replace),
          .words = printable_lines(words),
          .generator = generator};
}

}  // namespace

std::optional<Certainty> certainty_of(const Violation& violation, const std::vector<std::string>& op_words) {
  const std::vector<Op>& ops = violation.ops;
  if (ops.empty()) {
    return std::nullopt;
  }
  std::size_t judged = ops.size() - 1;
  for (std::size_t place = 0; place < ops.size(); ++place) {
    judged = ops[place].kind == OpKind::read ? place : judged;  // sorted by invocation: the last read stays
  }
  std::optional<std::size_t> before;
  std::optional<std::size_t> last;
  for (std::size_t place = 0; place < ops.size(); ++place) {
    const Nanoseconds end_ns = ops[place].completion_ns;
    if (end_ns != never && (!last || end_ns > ops[*last].completion_ns)) {
      last = place;
    }
    if (place != judged && end_ns < ops[judged].invocation_ns && (!before || end_ns > ops[*before].completion_ns)) {
      before = place;
    }
  }
  if (before) {
    return Certainty{ops[*before].completion_ns,
                     fmt::format("{} had ended, and {} had not begun.", op_words[*before], op_words[judged])};
  }
  if (last) {
    return Certainty{ops[*last].completion_ns,
                     fmt::format("{} ended, the last op of the proof that did.", op_words[*last])};
  }
  return std::nullopt;
}

Page check_page(const Report& report, const VerdictSheet& sheet, const History& history, const std::string& words,
                const std::string& generator) {
  return page_from(report, sheet, OwnOps(history), words, generator);
}

Page check_page(const Report& report, const VerdictSheet& sheet, const EventHistory& events, const std::string& words,
                const std::string& generator) {
  return page_from(report, sheet, ForeignOps(events), words, generator);
}

}  // namespace stalemate
