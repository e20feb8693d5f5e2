#include "drive/watch/load_watch.hpp"

namespace stalemate {

LoadWatch::LoadWatch(std::unique_ptr<LoadGauge> gauge, Nanoseconds interval_ns) : gauge_(std::move(gauge)) {
  if (gauge_) {
    at_start_ = gauge_->processor_times();
    figures_.processors = gauge_->processors();
    const Result<void> started = thread_.start("to look at the servers", [this, interval_ns] { watch(interval_ns); });
    static_cast<void>(started);  // the run is no worse without the looks
  }
}

void LoadWatch::note(Nanoseconds now_ns, std::uint64_t done, bool is_behind) {
  if (is_behind && is_behind_) {
    figures_.behind_ns += now_ns - noted_ns_;
    figures_.done_behind += done - noted_done_;
  }
  noted_ns_ = now_ns;
  noted_done_ = done;
  is_behind_ = is_behind;
}

void LoadWatch::watch(Nanoseconds interval_ns) {
  while (thread_.wait_until(std::chrono::steady_clock::now() + std::chrono::nanoseconds(interval_ns))) {
    if (is_behind_) {
      if (const Result<SessionLook> look = gauge_->look(); look) {
        ++figures_.looks;
        figures_.sessions += *look;
      }
    }
  }
}

LoadFigures LoadWatch::finish() {
  thread_.end();
  const std::optional<ProcessorTimes> now = gauge_ ? gauge_->processor_times() : std::nullopt;
  if (at_start_ && now) {
    figures_.used = now->since(*at_start_);
    figures_.watched_ns =
        std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - started_).count();
  }
  return figures_;
}

}  // namespace stalemate
