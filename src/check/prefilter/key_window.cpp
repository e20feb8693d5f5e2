#include "check/prefilter/key_window.hpp"

#include <algorithm>

namespace stalemate {

namespace {

constexpr std::size_t entries_max = 64;

void widen(KeyWindow::Entry& entry, const SeenValue& seen) {
  entry.first_completion_ns = std::min(entry.first_completion_ns, seen.completion_ns);
  entry.last_invocation_ns = std::max(entry.last_invocation_ns, seen.invocation_ns);
}

}  // namespace

void KeyWindow::begin(const std::optional<Entry>& before, const Entry& last) {
  entries_.clear();
  unwritten_.clear();
  if (before) {
    entries_.push_back(*before);
  }
  entries_.push_back(last);
  last_invocation_ns_ = last.last_invocation_ns;
}

/// Ops come nearly in order of invocation. One that ended before an op began that came before it might make wrong what
/// was right then.
bool KeyWindow::takes(const SeenValue& seen) {
  const bool is_in_time = seen.completion_ns >= last_invocation_ns_;
  last_invocation_ns_ = std::max(last_invocation_ns_, seen.invocation_ns);
  return is_in_time && entries_.size() + unwritten_.size() < entries_max;
}

bool KeyWindow::add_read(const SeenValue& seen, bool may_come) {
  if (!takes(seen)) {
    return false;
  }
  const auto entry = std::ranges::find(entries_, seen.value, &Entry::value);
  if (entry == entries_.end()) {
    add_unwritten(seen);
    return may_come;
  }
  const auto has_passed = [&seen](const Entry& later) { return later.first_completion_ns < seen.invocation_ns; };
  if (std::any_of(entry + 1, entries_.end(), has_passed)) {
    return false;
  }
  widen(*entry, seen);
  return true;
}

void KeyWindow::add_unwritten(const SeenValue& seen) {
  const auto unwritten = std::ranges::find(unwritten_, seen.value, &Entry::value);
  if (unwritten != unwritten_.end()) {
    widen(*unwritten, seen);
  } else {
    unwritten_.push_back(
        {.value = seen.value, .first_completion_ns = seen.completion_ns, .last_invocation_ns = seen.invocation_ns});
  }
}

bool KeyWindow::add_write(const SeenValue& seen, std::uint64_t version) {
  Entry written = {.value = seen.value,
                   .version = version,
                   .first_completion_ns = seen.completion_ns,
                   .last_invocation_ns = seen.invocation_ns};
  if (!takes(seen) || !take_unwritten(seen, written)) {
    return false;
  }
  const auto later = std::ranges::lower_bound(entries_, version, {}, &Entry::version);
  const bool is_first = later == entries_.begin();
  const bool is_taken = later != entries_.end() && later->version == version;
  const bool is_late = std::any_of(later, entries_.end(), [&written](const Entry& entry) {
    return written.last_invocation_ns > entry.first_completion_ns;
  });
  const bool is_early = std::any_of(entries_.begin(), later, [&written](const Entry& entry) {
    return entry.last_invocation_ns > written.first_completion_ns;
  });
  if (is_first || is_taken || is_late || is_early) {
    return false;
  }
  entries_.insert(later, written);
  return true;
}

/// Adds the reads that came before their write. False if one of them ended before it began.
bool KeyWindow::take_unwritten(const SeenValue& seen, Entry& written) {
  const auto unwritten = std::ranges::find(unwritten_, seen.value, &Entry::value);
  if (unwritten == unwritten_.end()) {
    return true;
  }
  written.first_completion_ns = std::min(written.first_completion_ns, unwritten->first_completion_ns);
  written.last_invocation_ns = std::max(written.last_invocation_ns, unwritten->last_invocation_ns);
  const bool is_in_time = unwritten->first_completion_ns >= seen.invocation_ns;
  unwritten_.erase(unwritten);
  return is_in_time;
}

bool KeyWindow::settle(Nanoseconds now_ns) {
  if (!unwritten_.empty()) {
    return false;
  }
  const auto has_passed = [now_ns](const Entry& entry) { return entry.first_completion_ns < now_ns; };
  const auto last_passed = std::find_if(entries_.rbegin(), entries_.rend(), has_passed);
  if (last_passed != entries_.rend()) {
    entries_.erase(entries_.begin(), last_passed.base() - 1);
  }
  return entries_.size() <= 2;
}

}  // namespace stalemate
