// Records ops with two steps each, as a run would, then reads them: bytes a record, time a record, memory.
//
// Usage: bench_history_write [OPS] [FOLDER]; 10,000,000 ops in the folder for temporary files by default. Ends with 99
// if an op or a step takes more than 32 bytes on disk or recording more than 256 MB of memory.
// Rooms: record core
#include <sys/resource.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "record/format/block_scan.hpp"
#include "record/history_reader.hpp"
#include "record/history_writer.hpp"
#include "record/load/mapped_file.hpp"

namespace {

using namespace stalemate;
using Clock = std::chrono::steady_clock;

constexpr unsigned lanes = 2;
constexpr OpIndex steps_an_op = 2;
constexpr double record_bytes_max = 32;
constexpr double recording_megabytes_max = 256;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Of all threads of this process, in user mode and in the system.
double cpu_seconds() {
  rusage usage = {};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double peak_megabytes() {
  rusage usage = {};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024.0;
}

void record_op(HistoryWriter::Lane& lane, OpIndex index) {
  const Nanoseconds start_ns = Nanoseconds{index} * 1000;
  Step step{.op = index, .command = Command::get, .outcome = Outcome::ok, .start_ns = start_ns + 100};
  step.end_ns = start_ns + 40'000;
  lane.append(step);
  step.role = Role::load;
  step.start_ns = start_ns + 41'000;
  step.end_ns = start_ns + 150'000;
  lane.append(step);
  lane.append(Op{.index = index,
                 .key = Key{index % 1000},
                 .client = static_cast<ClientId>(index % 16),
                 .kind = index % 3 == 0 ? OpKind::write : OpKind::read,
                 .outcome = Outcome::ok,
                 .value = static_cast<Value>(index),
                 .intended_ns = start_ns,
                 .invocation_ns = start_ns + 50,
                 .completion_ns = start_ns + 160'000});
}

/// Nanoseconds a record on the threads that append, and of the whole recording.
struct WriteTimes {
  double hot_ns = 0;
  double whole_ns = 0;
  double stalled_s = 0;
};

WriteTimes write_history(const std::filesystem::path& path, OpIndex ops) {
  const Clock::time_point start = Clock::now();
  auto writer = HistoryWriter::create(
      path, HistoryHeader{.scenario_name = "bench", .key_count = 1000, .client_count = 16}, {.lanes = lanes});
  if (!writer) {
    std::fprintf(stderr, "%s\n", writer.error().detail.c_str());
    std::_Exit(70);
  }
  std::vector<double> busy_s(lanes);
  {
    std::vector<std::jthread> threads;
    threads.reserve(lanes);
    for (unsigned number = 0; number < lanes; ++number) {
      threads.emplace_back([&, number] {
        timespec before = {};
        timespec after = {};
        ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &before);
        for (OpIndex index = number; index < ops; index += lanes) {
          record_op((*writer)->lane(number), index);
        }
        ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &after);
        busy_s[number] = static_cast<double>(after.tv_sec - before.tv_sec) +
                         static_cast<double>(after.tv_nsec - before.tv_nsec) / 1e9;
      });
    }
  }
  if (const Result<void> closed = (*writer)->close({}); !closed) {
    std::fprintf(stderr, "%s\n", closed.error().detail.c_str());
    std::_Exit(70);
  }
  double busy = 0;
  for (const double seconds : busy_s) {
    busy += seconds;
  }
  const double records = static_cast<double>(ops) * (1 + steps_an_op);
  return {busy / records * 1e9, seconds_since(start) / records * 1e9,
          static_cast<double>((*writer)->stalled_ns()) / 1e9};
}

/// On disk, with a record's share of the headers of its blocks.
struct RecordBytes {
  double op = 0;
  double step = 0;
};

RecordBytes record_bytes(const std::filesystem::path& path, OpIndex ops) {
  const Result<MappedFile> file = MappedFile::open(path, native_history_limit);
  const Result<BlockScan> scan = file ? scan_blocks(file->bytes(), path.native()) : std::unexpected(file.error());
  if (!scan) {
    std::fprintf(stderr, "%s\n", scan.error().detail.c_str());
    std::_Exit(70);
  }
  double op_bytes = 0;
  double step_bytes = 0;
  for (const BlockPlace& block : scan->blocks) {
    const auto bytes = static_cast<double>(block.payload.size() + block_format::BlockHeader::size_bytes);
    op_bytes += block.header.type == block_format::BlockType::ops ? bytes : 0;
    step_bytes += block.header.type == block_format::BlockType::steps ? bytes : 0;
  }
  return {op_bytes / ops, step_bytes / (static_cast<double>(ops) * steps_an_op)};
}

void time_reading(const std::filesystem::path& path, OpIndex ops, unsigned threads, bool steps) {
  const Clock::time_point start = Clock::now();
  const double cpu_start = cpu_seconds();
  const Result<History> history = read_history(path, {.steps = steps, .threads = threads});
  const double seconds = seconds_since(start);
  const double cpu = cpu_seconds() - cpu_start;
  if (!history || history->ops().size() != ops) {
    std::fprintf(stderr, "reading failed: %s\n", history ? "ops are missing" : history.error().detail.c_str());
    std::_Exit(70);
  }
  std::printf("read %-9s %u thread%s  %6.2f s, %5.1f ns an op, %5.1f ns of a processor\n", steps ? "all," : "ops only,",
              threads, threads == 1 ? ", " : "s,", seconds, seconds / ops * 1e9, cpu / ops * 1e9);
}

}  // namespace

int main(int argument_count, char** arguments) {
  OpIndex ops = 10'000'000;
  if (argument_count > 1) {
    const std::string text = arguments[1];
    if (std::from_chars(text.data(), text.data() + text.size(), ops).ec != std::errc() || ops == 0) {
      std::fprintf(stderr, "the number of ops should be from 1 to 4294967294\n");
      return 64;
    }
  }
  const std::filesystem::path folder = argument_count > 2 ? arguments[2] : std::filesystem::temp_directory_path();
  const std::filesystem::path path = folder / ("stalemate-bench-" + std::to_string(::getpid()));
  const WriteTimes times = write_history(path, ops);
  const double megabytes = peak_megabytes();
  const RecordBytes bytes = record_bytes(path, ops);
  std::printf("%u ops, %u steps, %u lanes\n", ops, ops * steps_an_op, lanes);
  std::printf("on disk            %6.3f bytes an op, %.3f bytes a step (at most %.0f)\n", bytes.op, bytes.step,
              record_bytes_max);
  std::printf("appending          %6.1f ns a record of the run's own threads\n", times.hot_ns);
  std::printf("the whole          %6.1f ns a record, closed and synced; lanes waited %.2f s for the disk\n",
              times.whole_ns, times.stalled_s);
  const bool holds =
      bytes.op <= record_bytes_max && bytes.step <= record_bytes_max && megabytes < recording_megabytes_max;
  std::printf("memory at its peak %6.1f MB (less than %.0f)\n", megabytes, recording_megabytes_max);
  for (const unsigned threads : {1U, 2U}) {
    time_reading(path, ops, threads, false);
    time_reading(path, ops, threads, true);
  }
  std::filesystem::remove(path);
  std::printf("the claims %s\n", holds ? "hold" : "DO NOT HOLD");
  return holds ? 0 : 99;
}
