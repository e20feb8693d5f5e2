// What a schedule of the hand-written Node service costs beside its requests made straight, and how long scopes take.
// Rooms: gated explore application proxy wire drivers servers core
//
// bench_schedules [ROUNDS [FILE]], 5 rounds of tests/applications/node/cache_aside.toml by default, from the project's
// folder. README.md says what is claimed.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "application/application.hpp"
#include "explore/application/schedule_search.hpp"
#include "gated/gated_world.hpp"
#include "gated/run/run_stage.hpp"
#include "support/bench_main.hpp"
#include "support/peer.hpp"

namespace stalemate {
namespace {

using BenchClock = std::chrono::steady_clock;

constexpr double times_straight_max = 1.5;
constexpr double more_a_step_ms_max = 0.1;
constexpr double small_scope_seconds_max = 1;
constexpr double large_scope_seconds_max = 60;
constexpr std::uint32_t straight_keys = 100;

double seconds_since(BenchClock::time_point begun) {
  return std::chrono::duration<double>(BenchClock::now() - begun).count();
}

template <class T>
T needed(Result<T> result) {
  if (!result) {
    throw std::runtime_error(result.error().detail);
  }
  return std::move(*result);
}

const char* told(bool holds) {
  return holds ? "holds" : "DOES NOT HOLD";
}

/// The requests of a schedule of w,r and of its rest, one after the other, through gates that let everything pass.
class Straight {
 public:
  explicit Straight(const Application& application)
      : application_(application), stage_(needed(RunStage::open(application, {}, {.instances = 2, .initial = 1}))) {}

  /// Seconds a schedule, the mean of straight_keys of them.
  double turn() {
    const BenchClock::time_point begun = BenchClock::now();
    for (std::uint32_t key = 0; key < straight_keys; ++key) {
      const std::string text = needed(application_.keys.text_of(next_key_++));
      ask(0, ApplicationRequest::create, text);
      ask(0, ApplicationRequest::write, text);
      ask(1, ApplicationRequest::read, text);
      ask(0, ApplicationRequest::read, text);
      ask(1, ApplicationRequest::read, text);
    }
    return seconds_since(begun) / straight_keys;
  }

 private:
  void ask(std::size_t instance, ApplicationRequest kind, const std::string& key) {
    const Answer answer = stage_->requester().ask(stage_->instance(instance), kind, key, 2);
    if (answer.outcome != Outcome::ok) {
      throw std::runtime_error("the service did not answer: " + answer.detail);
    }
  }

  const Application& application_;
  std::unique_ptr<RunStage> stage_;
  std::uint32_t next_key_ = first_key + 1;
};

/// One search of a scope, for all that can be asked of it.
struct Searched {
  ScheduleSearchResult result = {};
  double seconds = 0;
};
Searched search(ApplicationWorld& world, const std::string& scope) {
  ScheduleSearchOptions options{.scope = needed(parse_scope(scope))};
  for (const JudgeInfo& judge : JudgeRegistry::all()) {
    if (judge.instance().concerns(options.scope)) {
      options.judges.push_back(&judge);
    }
  }
  const BenchClock::time_point begun = BenchClock::now();
  Searched searched{.result = needed(search_schedules(world, options))};
  searched.seconds = seconds_since(begun);
  if (!searched.result.is_proof()) {
    throw std::runtime_error("the search of " + scope + " was not seen through");
  }
  return searched;
}

bool compare_schedules(GatedWorld& world, Straight& straight, int rounds) {
  std::vector<double> straight_ms;
  std::vector<double> ours_ms;
  std::vector<double> more_ms;
  std::vector<double> scope_seconds;
  double steps = 0;
  for (int round = 0; round < rounds; ++round) {
    straight_ms.push_back(straight.turn() * 1e3);
    const Searched ours = search(world, "w,r");
    const auto schedules = static_cast<double>(ours.result.schedules);
    steps = static_cast<double>(ours.result.steps) / schedules;
    ours_ms.push_back(ours.seconds * 1e3 / schedules);
    more_ms.push_back((ours_ms.back() - times_straight_max * straight_ms.back()) / steps);
    scope_seconds.push_back(ours.seconds);
  }
  const bool cost_holds = median_of(more_ms) <= more_a_step_ms_max;
  std::printf("a schedule of w,r, against its five requests made one after the other\n");
  std::printf("  ms a schedule  ours %.2f  straight %.2f  steps a schedule %.1f\n", median_of(ours_ms),
              median_of(straight_ms), steps);
  std::printf("  more than %.1f times straight, ms a step: %.3f (at most %.1f)  %s\n", times_straight_max,
              median_of(more_ms), more_a_step_ms_max, told(cost_holds));
  const bool scope_holds = median_of(scope_seconds) <= small_scope_seconds_max;
  std::printf("w,r  %.3f s (at most %.0f)  %s\n", median_of(scope_seconds), small_scope_seconds_max, told(scope_holds));
  return cost_holds && scope_holds;
}

bool search_large(GatedWorld& world) {
  const Searched large = search(world, "w,r,r");
  const bool holds = large.seconds <= large_scope_seconds_max;
  std::printf("w,r,r  %.2f s (at most %.0f)  %s\n", large.seconds, large_scope_seconds_max, told(holds));
  if (large.result.orders) {
    std::printf("  %llu orders, decided by %llu schedules: %.0f times fewer\n",
                static_cast<unsigned long long>(*large.result.orders),
                static_cast<unsigned long long>(large.result.schedules),
                static_cast<double>(*large.result.orders) / static_cast<double>(large.result.schedules));
  }
  return holds;
}

int run(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 5;
  const Application application =
      needed(load_application(argc > 2 ? argv[2] : "tests/applications/node/cache_aside.toml"));
  Straight straight(application);
  const std::unique_ptr<GatedWorld> world = needed(open_gated_world(application, {}));
  // Starts the instances that the scopes need, and warms them up.
  static_cast<void>(search(*world, "w,r"));
  static_cast<void>(straight.turn());
  const bool small_holds = compare_schedules(*world, straight, rounds);
  return search_large(*world) && small_holds ? 0 : 99;
}

}  // namespace
}  // namespace stalemate

int main(int argc, char** argv) {
  return stalemate::bench_main(argc, argv, stalemate::run);
}
