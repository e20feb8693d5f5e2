// linearizable: whether the clients could have seen one copy of the row, each op taking effect at one instant between
// its invocation and its completion. Decided by zones, for which every written value must be different.
//
//   value 6   |- write -|            |- read -|        forward zone: from the write's end to the read's begin
//   value 7               |- write -|                  lies inside it: 7 replaced 6, so 6 cannot be read again
//
// Cost: linear; a binary search for each zone that begins before an earlier one has ended.

#include <algorithm>
#include <bit>

#include "check/checks/cluster_ops.hpp"
#include "check/checks/key_check.hpp"
#include "check/exact/zones.hpp"
#include "check/search/search_keys.hpp"
#include "check/words.hpp"
#include "core/absent_row.hpp"
#include "core/text/number_text.hpp"

namespace stalemate {

namespace {

/// Which sentence fits a suspect.
enum class ConflictForm : std::uint8_t { conflict, future_read, no_order };

class LinearizableCheck final : public KeyCheck {
 public:
  explicit LinearizableCheck(const CheckOptions& options) : tally_(options) {}

  void check_ops(std::span<const KeyPart> parts) override {
    for (const KeyPart& part : parts) {
      if (!part.is_first) {
        continue;
      }
      if (part.key->vague > 0) [[unlikely]] {
        vague_keys_.push_back(part.key->key.index);
      } else {
        check_key(*part.key);
      }
    }
  }

  void add_cleared(const Cleared& cleared) override { tally_.sample += cleared.values; }
  void absorb(KeyCheck& other) override {
    auto& found = static_cast<LinearizableCheck&>(other);
    tally_.absorb(found.tally_);
    impossible_ += found.impossible_;
    vague_keys_.insert(vague_keys_.end(), found.vague_keys_.begin(), found.vague_keys_.end());
  }

  [[nodiscard]] bool judges_repeated_values() const override { return true; }
  CheckResult result(const Summary& summary) override;

 private:
  void search_repeated(const Summary& summary);
  void check_key(const KeyHistory& key) {
    tally_.sample += key.zones.size();
    for (const ZoneConflict& conflict : finder_.find_least(key)) {
      ++tally_.count;
      add(key, conflict.earlier, conflict.later, ConflictForm::conflict);
    }
    if (has_impossible_reads(key)) [[unlikely]] {
      impossible_ += key.phantoms;
      for (Rank rank = 0; rank < key.clusters.size(); ++rank) {
        const Cluster& cluster = key.clusters[rank];
        if (key.standings[rank] == Standing::failed) {
          impossible_ += cluster.is_read() ? 1 : 0;
        } else if (cluster.read_completion_min_ns < cluster.write_invocation_ns) {
          ++tally_.count;
          add(key, rank, rank, ConflictForm::future_read);
        }
      }
    }
  }

  void add(const KeyHistory& key, Rank earlier, Rank later, ConflictForm form) {
    const Cluster& second = key.clusters[later];
    const Nanoseconds at_ns = form == ConflictForm::conflict ? std::max(key.clusters[earlier].read_invocation_max_ns,
                                                                        second.read_invocation_max_ns)
                                                             : second.read_completion_min_ns;
    if (tally_.suspects.wants(at_ns)) {
      tally_.suspects.add({.at_ns = at_ns,
                           .key = key.key,
                           .form = static_cast<std::uint8_t>(form),
                           .amounts = {key.clusters[earlier].value, second.value}});
    }
  }

  Tally tally_;
  std::vector<std::uint32_t> vague_keys_;  // with reads that do not name the delete they saw
  KeysSearched searched_;                  // these, and those of repeated values
  std::uint64_t impossible_ = 0;           // phantoms and values of failed writes
  ZoneFinder finder_;
};

Violation conflict_violation_of(const Suspect& suspect, const Summary& summary, const ClusterFinder& finder) {
  const HistoryHeader& header = summary.history.header;
  if (suspect.form == static_cast<std::uint8_t>(ConflictForm::no_order)) {
    std::vector<Op> ops = ops_of(suspect, summary);
    std::string sentence = "No order of the key's ops explains all results: the longest one found takes " +
                           with_thousands(static_cast<std::uint64_t>(suspect.amounts[1])) +
                           " of them and leaves the value " +
                           words_of_value(header, static_cast<Value>(suspect.amounts[0])) +
                           ", which does not explain " + words_of_op(header, ops[0]) + ".";
    return make_violation(suspect, std::move(ops), std::move(sentence));
  }
  const auto earlier_value = static_cast<Value>(suspect.amounts[0]);
  const auto later_value = static_cast<Value>(suspect.amounts[1]);
  const ClusterOps& earlier = finder.at(suspect.key, earlier_value);
  const ClusterOps& later = finder.at(suspect.key, later_value);
  const auto op_at = [&](OpPosition position) { return to_op(summary.history.ops()[position]); };
  if (suspect.form == static_cast<std::uint8_t>(ConflictForm::future_read)) {
    std::vector<Op> ops = {op_at(earlier.first_read), op_at(earlier.write)};
    std::string sentence = words_of_op(header, ops[0]) + " had ended before " + words_of_op(header, ops[1]) + " began.";
    return make_violation(suspect, std::move(ops), std::move(sentence));
  }
  std::vector<Op> ops = {op_at(later.first_completed), op_at(earlier.last_invoked)};
  std::string sentence;
  if (earlier.write == no_op) {
    sentence = words_of_op(header, ops[1]) + " returned the value the row started with, but " +
               words_of_op(header, ops[0]) + " had already ended.";
    return make_violation(suspect, std::move(ops), std::move(sentence));
  }
  ops.push_back(op_at(earlier.first_completed));
  ops.push_back(op_at(later.last_invoked));
  sentence = "Neither " + words_of_value(header, earlier_value) + " nor " + words_of_value(header, later_value) +
             " can have come first: " + words_of_op(header, ops[2]) + " ended before " + words_of_op(header, ops[3]) +
             " began, and " + words_of_op(header, ops[0]) + " ended before " + words_of_op(header, ops[1]) + " began.";
  return make_violation(suspect, std::move(ops), std::move(sentence));
}

/// The key's ops that can matter for an order. All deletes leave the same.
std::vector<SearchOp> search_ops_of(const Summary& summary, std::uint32_t key) {
  std::vector<SearchOp> ops;
  for (const OpPosition position : summary.index.order_of(key)) {
    const Op op = to_op(summary.history.ops()[position]);
    const bool is_read = op.kind == OpKind::read;
    if (is_read ? op.outcome == Outcome::ok : op.outcome != Outcome::fail) {
      ops.push_back(
          {.invocation_ns = op.invocation_ns - summary.options.clock_error_ns,
           .completion_ns = op.completion_ns == never ? never : op.completion_ns + summary.options.clock_error_ns,
           .kind = is_read ? EventKind::read : EventKind::write,
           .value = std::bit_cast<ValueId>(is_imported(summary.history.header) ? op.value : row_after(op.value)),
           .origin = position});
    }
  }
  return ops;
}

/// Keys whose values do not name their writes: the general search.
void LinearizableCheck::search_repeated(const Summary& summary) {
  const auto search = [&](std::uint32_t key, std::uint64_t states_max) {
    const std::vector<SearchOp> ops = search_ops_of(summary, key);
    ObjectStates states;
    const auto initial = std::bit_cast<ObjectState>(summary.history.header.initial_value);
    SearchOutcome outcome = search_order(ops, states, initial,
                                         {.states_max = states_max,
                                          .bytes_max = summary.options.search_bytes_max,
                                          .should_stop = &summary.options.should_stop});
    if (outcome.verdict == Verdict::invalid) {
      const OpPosition stuck = outcome.stuck.value_or(ops.front().origin);
      tally_.suspects.add(
          {.at_ns = summary.history.ops()[stuck].invocation_ns(),
           .key = Key{key},
           .ops = {stuck},
           .op_count = 1,
           .form = static_cast<std::uint8_t>(ConflictForm::no_order),
           .amounts = {std::bit_cast<Value>(outcome.stuck_state), static_cast<std::int64_t>(outcome.longest.size())}});
    }
    return outcome;
  };
  vague_keys_.insert(vague_keys_.end(), summary.repeated_keys.begin(), summary.repeated_keys.end());
  std::ranges::sort(vague_keys_);
  searched_ = search_keys(vague_keys_, search, summary.options);
  tally_.sample += searched_.valid + searched_.invalid;
  tally_.unjudged += searched_.given_up + searched_.left;
  tally_.count += searched_.invalid;
}

CheckResult LinearizableCheck::result(const Summary& summary) {
  search_repeated(summary);
  ClusterFinder finder;
  for (const Suspect& suspect : tally_.suspects.kept()) {
    if (suspect.form == static_cast<std::uint8_t>(ConflictForm::no_order)) {
      continue;
    }
    finder.want(suspect.key, static_cast<Value>(suspect.amounts[0]));
    finder.want(suspect.key, static_cast<Value>(suspect.amounts[1]));
  }
  finder.find(summary);
  tally_.count += impossible_;
  CheckResult result = result_of(tally_, "values");
  if (searched_.keys() > 0) {
    result.figures.push_back({.name = std::string(keys_searched), .value = static_cast<double>(searched_.keys())});
  }
  for (const Suspect& suspect : tally_.suspects.kept()) {
    result.violations.push_back(conflict_violation_of(suspect, summary, finder));
  }
  if (impossible_ > 0) {
    result.note = with_thousands(impossible_) +
                  " of these are reads of failed writes or of values never written: see dirty-reads and phantom-reads.";
  }
  if (searched_.given_up > 0 && result.count == 0) {
    result.verdict = Verdict::unknown;
  }
  const std::string undecided = words_of_undecided(searched_);
  result.note += (result.note.empty() || undecided.empty() ? "" : " ") + undecided;
  return result;
}

const bool linearizable_registered =
    CheckRegistry::add({.name = "linearizable",
                        .summary = "every op takes effect at one instant between its invocation and its completion",
                        .models = model_bit(Model::distinct_register),
                        .decides = true,
                        .prefiltered_by = PrefilteredBy::order,
                        .make = make_key_check<LinearizableCheck>});

}  // namespace

}  // namespace stalemate
