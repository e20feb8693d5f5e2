// loads: how often the database was asked for a row, and how often while it was being asked for that row already.
//
//   client 1   |---- load of key 2 ----|
//   client 2         |---- load of key 2 ----|        began while the key was being loaded: a stampede of two
//   client 3   |-- load of key 5 --|
//
// Where an entry is missing, every client that looks for it loads the row, unless the pattern lets one of them do it
// for all (read-through, lock, lease). Fills that the cache refused are told with it: each would have put back what was
// loaded before a write (lease, tombstone, lock with a fence, versions).
//
// Cost: a walk over steps, which finds the ops of loads only; loads are put in order of their starts, which is linear
// where they are nearly in order. Memory: 24 bytes a load, 8 bytes a key.

#include <algorithm>
#include <vector>

#include "check/checks/key_check.hpp"
#include "check/passes/nearly_sorted.hpp"
#include "check/passes/step_facts.hpp"
#include "check/passes/step_times.hpp"
#include "check/passes/steps_with_keys.hpp"

namespace stalemate {

namespace {

constexpr Nanoseconds second_ns = 1'000'000'000;

/// One call that was made.
struct Load {
  Nanoseconds start_ns;
  Nanoseconds end_ns;
  std::uint32_t number;  // of the key in its share
};

class LoadsCheck final : public KeyCheck {
 public:
  explicit LoadsCheck(const CheckOptions& options) : warm_up_ns_(options.warm_up_ns) {}

  void check_steps(const StepShare& share) override {
    std::vector<Load> loads;
    const History& history = share.history;
    for_each_step_with_key(
        history, 0, history.steps().size(), [&](const StepRecord& step, std::size_t /*position*/, std::uint32_t key) {
          if (!share.keys.has(key)) {
            return;
          }
          if (step.role() == Role::load && !was_left_out(step)) {
            loads.push_back({step.start_ns(), step.end_ns(), share.keys.number_of(key)});
          }
          refused_fills_ += step.role() == Role::fill && was_refused(step) && is_counted(step.start_ns()) ? 1 : 0;
        });
    sort_nearly_sorted(loads.begin(), loads.end(),
                       [](const Load& left, const Load& right) { return left.start_ns < right.start_ns; });
    std::vector<Nanoseconds> loading_until_ns(loads.empty() ? 0 : share.keys.size(history.header.key_count), -1);
    for (const Load& load : loads) {
      Nanoseconds& until_ns = loading_until_ns[load.number];
      count(load, load.start_ns <= until_ns);
      until_ns = std::max(until_ns, load.end_ns);
    }
  }
  void absorb(KeyCheck& other) override {
    const auto& found = static_cast<LoadsCheck&>(other);
    loads_ += found.loads_;
    while_loading_ += found.while_loading_;
    in_warm_up_ += found.in_warm_up_;
    refused_fills_ += found.refused_fills_;
    by_second_.resize(std::max(by_second_.size(), found.by_second_.size()));
    for (std::size_t second = 0; second < found.by_second_.size(); ++second) {
      by_second_[second] += found.by_second_[second];
    }
  }
  [[nodiscard]] bool judges_repeated_values() const override { return true; }

  CheckResult result(const Summary& summary) override {
    CheckResult result;
    result.verdict = while_loading_ > 0 ? Verdict::invalid : Verdict::valid;
    result.count = while_loading_;
    result.sample = loads_;
    result.sample_of = "loads";
    if (summary.history.steps().empty() || is_imported(summary.history.header)) {
      result.verdict = Verdict::unknown;
      result.note = "The history does not hold all steps, so it does not tell how often the database was asked.";
      return result;
    }
    const std::uint64_t most = by_second_.empty() ? 0 : std::ranges::max(by_second_);
    result.figures = {
        {.id = FigureId::loads_in_one_second_max,
         .name = "most loads in one second",
         .value = static_cast<double>(most)},
        {.id = FigureId::loads_in_warm_up, .name = "loads in the warm-up", .value = static_cast<double>(in_warm_up_)},
        {.id = FigureId::fills_refused, .name = "fills refused", .value = static_cast<double>(refused_fills_)}};
    return result;
  }

 private:
  [[nodiscard]] bool is_counted(Nanoseconds start_ns) const { return start_ns >= warm_up_ns_; }

  void count(const Load& load, bool is_while_loading) {
    if (!is_counted(load.start_ns)) {
      ++in_warm_up_;
      return;
    }
    ++loads_;
    while_loading_ += is_while_loading ? 1 : 0;
    const auto second = static_cast<std::size_t>(load.start_ns / second_ns);
    by_second_.resize(std::max(by_second_.size(), second + 1));
    ++by_second_[second];
  }

  Nanoseconds warm_up_ns_;
  std::uint64_t loads_ = 0;
  std::uint64_t while_loading_ = 0;
  std::uint64_t in_warm_up_ = 0;
  std::uint64_t refused_fills_ = 0;
  std::vector<std::uint64_t> by_second_;  // loads begun in each second of the history
};

const bool loads_registered = CheckRegistry::add(
    {.name = "loads",
     .summary = "how often the database was asked for a row, and how often while it was being asked for it already",
     .models = model_bit(Model::distinct_register),
     .decides = false,
     .cost = CheckCost::steps,
     .make = make_key_check<LoadsCheck>});

}  // namespace

}  // namespace stalemate
