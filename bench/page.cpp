// How soon a run's page is there once its history has been checked, and how large it is.
//
// Usage: bench_page [FOLDER]
// Files go to the folder for temporary files by default. BENCH_OPS sets the number of ops. Ends with 99 if a claim does
// not hold.
// Rooms: cli report check explore patterns faults record core export
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <numeric>
#include <string>
#include <type_traits>
#include <vector>

#include "cli/output/results_folder.hpp"
#include "cli/output/run_page_file.hpp"
#include "cli/run/check_run.hpp"
#include "core/random.hpp"
#include "record/history_writer.hpp"

namespace stalemate::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double ratio_max = 0.8;  // of what the checks take
constexpr double page_bytes_max = 300e3;
constexpr std::size_t rounds = 5;

bool all_hold = true;

struct Shape {
  std::uint32_t ops = 0;
  std::uint32_t keys = 0;
  std::uint32_t writes_per_cent = 0;
  std::uint32_t lost_per_million = 0;  // deletes of entries: about as many of the reads are stale
};

/// Ends the program with the error's sentence.
template <class Value>
Value must(Result<Value> result) {
  if (!result) {
    std::fprintf(stderr, "%s\n", result.error().detail.c_str());
    std::_Exit(70);
  }
  if constexpr (!std::is_void_v<Value>) {
    return std::move(*result);
  }
}

/// cache-aside as a run records it: an op begins each microsecond, its steps are over before the next one begins, and
/// up to eight await their answers. Some deletes are left out, so that reads find old entries until the next write.
class CacheAsideRun {
 public:
  CacheAsideRun(const std::filesystem::path& path, const Shape& shape)
      : shape_(shape), rows_(shape.keys, initial), entries_(shape.keys, absent) {
    HistoryHeader header;
    header.pattern = "cache-aside";
    header.fault_names.emplace_back("lost-deletes");
    header.initial_value = initial;
    header.key_count = shape.keys;
    header.client_count = clients;
    writer_ = must(HistoryWriter::create(path, header, {}));
  }

  void record() {
    for (OpIndex i = 0; i < shape_.ops; ++i) {
      Op op{.index = i, .key = Key{random_.draw_below(shape_.keys)}, .client = static_cast<ClientId>(i % clients)};
      op.outcome = Outcome::ok;
      op.invocation_ns = now_ns_ = Nanoseconds{i} * op_every_ns;
      op.intended_ns = std::max<Nanoseconds>(0, op.invocation_ns - random_.draw_below(op_every_ns));
      if (random_.draw_below(100) < shape_.writes_per_cent) {
        write(op);
      } else {
        read(op);
      }
      op.completion_ns = now_ns_ + random_.draw_below(8 * op_every_ns);
      writer_->lane(0).append(op);
    }
    must(writer_->close({.duration_ns = Nanoseconds{shape_.ops} * op_every_ns}));
  }

 private:
  static constexpr std::uint32_t clients = 16;
  static constexpr Value initial = 1000;
  static constexpr std::uint32_t op_every_ns = 1000;

  void write(Op& op) {
    op.kind = OpKind::write;
    op.value = rows_[op.key.index] = ++last_value_;
    call({.op = op.index, .command = Command::write, .role = Role::update, .value = op.value, .version = ++version_});
    Step removal{.op = op.index, .store = Store::cache, .command = Command::erase, .role = Role::invalidate};
    if (random_.draw_below(1'000'000) < shape_.lost_per_million) {
      removal.outcome = Outcome::fail;
      removal.fault = 1;
      removal.skipped = true;
      removal.start_ns = removal.end_ns = now_ns_;
      writer_->lane(0).append(removal);
    } else {
      entries_[op.key.index] = absent;
      call(removal);
    }
  }

  void read(Op& op) {
    Value& entry = entries_[op.key.index];
    call({.op = op.index, .store = Store::cache, .command = Command::get, .role = Role::lookup, .value = entry});
    if (entry == absent) {
      entry = rows_[op.key.index];
      call({.op = op.index, .command = Command::read, .role = Role::load, .value = entry});
      call({.op = op.index, .store = Store::cache, .command = Command::set, .role = Role::fill, .value = entry});
    }
    op.value = entry;
  }

  void call(Step step) {
    step.outcome = Outcome::ok;
    step.start_ns = now_ns_;
    now_ns_ += 100 + random_.draw_below(op_every_ns / 4);
    step.end_ns = now_ns_;
    writer_->lane(0).append(step);
  }

  Shape shape_;
  SeededRandom random_{1};
  std::vector<Value> rows_;
  std::vector<Value> entries_;
  Value last_value_ = initial;
  Version version_ = 0;
  Nanoseconds now_ns_ = 0;
  std::unique_ptr<HistoryWriter> writer_;
};

/// What came after the history was read.
struct Times {
  double checks_s = 0;
  double causes_s = 0;
  double pictures_s = 0;
  double writing_s = 0;
  double page_bytes = 0;
  double stale_share = 0;

  [[nodiscard]] double after_s() const { return causes_s + pictures_s + writing_s; }
};

/// As the end of a run does it.
Times make_page(const std::filesystem::path& history, const Shape& shape) {
  std::map<std::string, Clock::time_point> begins;
  Waiting waiting("", false, [&begins](const std::string&, const std::string& what, const std::string&) {
    begins.try_emplace(what, Clock::now());
  });
  RunResults results;
  results.scenario = "page";
  results.pattern = "cache-aside";
  results.elapsed_ns = results.duration_ns = Nanoseconds{shape.ops} * 1000;
  results.cache.emplace();
  RunPictures pictures = must(check_run(history, results, waiting));
  const Clock::time_point checked = Clock::now();
  const std::uint64_t drawn =
      std::accumulate(pictures.timeline.stale.begin(), pictures.timeline.stale.end(), std::uint64_t{0});
  if (!results.stale || results.stale->stale == 0 || drawn != results.stale->stale || results.verdict != "invalid") {
    std::fprintf(stderr, "the generator, the checks and the page disagree\n");
    std::_Exit(70);
  }
  const RunOnPage run = on_page(results, history.parent_path(), std::move(pictures));
  const std::filesystem::path page = history.native() + ".html";
  must(write_file(page, html_of(run_page({&run, 1}, page_generator()))));
  const Clock::time_point written = Clock::now();
  const auto seconds = [](Clock::time_point from, Clock::time_point to) {
    return std::chrono::duration<double>(to - from).count();
  };
  const Clock::time_point causes = begins.at("looking for the causes of stale reads");
  const Clock::time_point drawing = begins.at("drawing the page");
  Times times{.checks_s = seconds(begins.at("checking the history"), causes),
              .causes_s = seconds(causes, drawing),
              .pictures_s = seconds(drawing, checked),
              .writing_s = seconds(checked, written),
              .page_bytes = static_cast<double>(std::filesystem::file_size(page)),
              .stale_share = static_cast<double>(results.stale->stale) / static_cast<double>(results.stale->checked)};
  std::filesystem::remove(page);
  return times;
}

/// The round in the middle of all, by the ratio.
void time_page(const std::filesystem::path& path, const Shape& shape) {
  CacheAsideRun(path, shape).record();
  std::array<Times, rounds> all;
  std::ranges::generate(all, [&] { return make_page(path, shape); });
  const auto ratio_of = [](const Times& times) { return times.after_s() / times.checks_s; };
  std::ranges::sort(all, {}, ratio_of);
  const Times& times = all[rounds / 2];
  const bool holds = ratio_of(times) <= ratio_max && times.page_bytes <= page_bytes_max;
  all_hold = all_hold && holds;
  std::printf("%10u %8u %6u %8.3f %8.2f %8.2f %8.2f %8.2f %8.2f %8.2f %8.1f%s\n", shape.ops, shape.keys,
              shape.writes_per_cent, times.stale_share * 100, times.checks_s, times.causes_s, times.pictures_s,
              times.writing_s, times.after_s(), ratio_of(times), times.page_bytes / 1e3, holds ? "" : "  MISSED");
  std::fflush(stdout);
}

}  // namespace
}  // namespace stalemate::bench

int main(int argument_count, char** arguments) {
  using namespace stalemate::bench;
  const char* wanted = std::getenv("BENCH_OPS");  // NOLINT(concurrency-mt-unsafe): no thread sets it
  const auto ops = static_cast<std::uint32_t>(wanted != nullptr ? std::strtoul(wanted, nullptr, 10) : 10'000'000);
  const std::filesystem::path folder =
      argument_count > 1 ? std::filesystem::path(arguments[1]) : std::filesystem::temp_directory_path();
  const std::filesystem::path path = folder / ("stalemate-bench-" + std::to_string(::getpid()));
  std::printf(
      "from the end of the checks to the page in its file: at most %.1f times what the checks take, and %.0f kB\n"
      "%10s %8s %6s %8s %8s %8s %8s %8s %8s %8s %8s\n",
      ratio_max, page_bytes_max / 1e3, "ops", "keys", "write%", "stale%", "checks s", "causes", "pictures", "writing",
      "page s", "ratio", "kB");
  for (const Shape shape : {Shape{ops, 1000, 10, 1'000}, Shape{ops, 1000, 10, 10'000}, Shape{ops, 1000, 33, 10'000},
                            Shape{ops, 1'000'000, 10, 10'000}, Shape{ops, 10, 10, 10'000}}) {
    time_page(path, shape);
  }
  std::filesystem::remove(path);
  return all_hold ? 0 : 99;
}
