// OrderProof: whether the values of a key, in a given order, could have been there one after the other.
//
// Let each value have f, the least completion, and s, the greatest invocation, of its write and its reads. If in some
// order of the values no value's s lies after the f of a later one, then no op of a later value ended before an op of
// an earlier one began: the order is possible, and no two of the zones are in conflict.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "check/exact/key_history.hpp"

namespace stalemate {

/// A value of a key and its zone.
struct OrderedZone {
  static constexpr std::uint32_t lead_ns_max = ~std::uint32_t{0};

  std::uint64_t place;  ///< in the order: the version, or where that is not known f
  Nanoseconds first_completion_ns;
  Nanoseconds last_invocation_ns;
  std::uint32_t value;    ///< which value it is, where somebody asks for it
  std::uint32_t lead_ns;  ///< how long before f its write began, where somebody asks for it; lead_ns_max: or longer
};

/// Of some neighbours in the order. Two of them add up, so that the values of one key can be looked at in pieces.
struct OrderProof {
  bool holds = true;
  bool is_empty = true;
  std::uint64_t place_first = 0;
  std::uint64_t place_last = 0;
  Nanoseconds first_completion_min_ns = never;
  Nanoseconds last_invocation_max_ns = before_all;

  void add(const OrderedZone& zone) {
    const bool follows = is_empty || place_last < zone.place;
    holds = holds && follows && last_invocation_max_ns <= zone.first_completion_ns;
    place_first = is_empty ? zone.place : place_first;
    is_empty = false;
    place_last = zone.place;
    first_completion_min_ns = std::min(first_completion_min_ns, zone.first_completion_ns);
    last_invocation_max_ns = std::max(last_invocation_max_ns, zone.last_invocation_ns);
  }

  void add(const OrderProof& later) {
    if (is_empty || later.is_empty) {
      *this = is_empty ? later : *this;
      return;
    }
    holds = holds && later.holds && place_last < later.place_first &&
            last_invocation_max_ns <= later.first_completion_min_ns;
    place_last = later.place_last;
    first_completion_min_ns = std::min(first_completion_min_ns, later.first_completion_min_ns);
    last_invocation_max_ns = std::max(last_invocation_max_ns, later.last_invocation_max_ns);
  }
};

/// What is left to add where a key's values were looked at in pieces: near a border, values of one piece may belong
/// among those of the other.
struct LooseEnds {
  std::vector<OrderedZone> head;
  OrderProof middle;
  std::vector<OrderedZone> tail;
};

/// Puts nearly ordered zones in order as they come: a zone may come late by half as many zones as there is room for,
/// else the proof fails.
class OrderWindow {
 public:
  /// Requires: room.size() is even and not 0; nobody else uses it while the window is used.
  explicit OrderWindow(std::span<OrderedZone> room)
      : zones_(room.data()), room_(static_cast<std::uint32_t>(room.size())), ends_(std::make_unique<LooseEnds>()) {}

  /// `keeps_head`: the values before the first one are elsewhere.
  void begin(bool keeps_head) {
    size_ = 0;
    released_ = 0;
    keeps_head_ = keeps_head;
    *ends_ = {};
    holds_ = true;
  }

  [[gnu::always_inline]] inline void add(const OrderedZone& zone) {
    if (size_ == 0 || zones_[size_ - 1].place <= zone.place) [[likely]] {
      zones_[size_] = zone;
    } else {
      insert(zone);
    }
    if (++size_ == room_) [[unlikely]] {
      release();
    }
  }

  /// The zone of that value if it has come and can still change; the newest are found first. Valid until the next call.
  [[nodiscard]] OrderedZone* find(std::uint32_t value) {
    for (std::uint32_t i = size_; i > 0; --i) {
      if (zones_[i - 1].value == value) {
        return &zones_[i - 1];
      }
    }
    return nullptr;
  }

  /// How many zones came.
  [[nodiscard]] std::uint32_t count() const { return released_ + size_; }

  /// Once it is false, more zones change nothing.
  [[nodiscard]] bool holds() const { return holds_; }

  /// All there were. Requires: !keeps_head.
  [[nodiscard]] OrderProof finish() {
    for (std::size_t i = 0; i < size_; ++i) {
      ends_->middle.add(zones_[i]);
    }
    return ends_->middle;
  }

  /// The same where others are to follow or keeps_head.
  [[nodiscard]] LooseEnds finish_loose() {
    ends_->tail.assign(zones_, zones_ + size_);
    return std::move(*ends_);
  }

 private:
  void insert(OrderedZone zone) {
    std::uint32_t hole = size_;
    for (; hole > 0 && zones_[hole - 1].place > zone.place; --hole) {
      zones_[hole] = zones_[hole - 1];
    }
    zones_[hole] = zone;
  }

  [[gnu::noinline]] void release() {
    const std::uint32_t window = size_ / 2;
    OrderedZone* const half = zones_ + window;
    if (keeps_head_) {
      ends_->head.assign(zones_, half);
      keeps_head_ = false;
    } else {
      OrderProof middle = ends_->middle;
      std::for_each(zones_, half, [&middle](const OrderedZone& zone) { middle.add(zone); });
      ends_->middle = middle;
      holds_ = middle.holds;
    }
    std::copy(half, zones_ + size_, zones_);
    size_ -= window;
    released_ += window;
  }

  // What every zone needs is in few bytes, the rest elsewhere.
  OrderedZone* zones_;  // the first size_ of room_, by place
  std::uint32_t room_;
  std::uint32_t size_ = 0;
  std::uint32_t released_ = 0;
  bool keeps_head_ = false;
  bool holds_ = true;
  std::unique_ptr<LooseEnds> ends_;
};

/// A window for each of some keys.
class OrderWindows {
 public:
  /// Requires: window > 0.
  OrderWindows(std::size_t keys, std::size_t window) : room_(keys * 2 * window) {
    windows_.reserve(keys);
    for (std::size_t key = 0; key < keys; ++key) {
      windows_.emplace_back(std::span(room_).subspan(key * 2 * window, 2 * window));
    }
  }
  OrderWindow& operator[](std::uint32_t number) { return windows_[number]; }
  [[nodiscard]] bool hold() const { return std::ranges::all_of(windows_, &OrderWindow::holds); }

 private:
  std::vector<OrderedZone> room_;
  std::vector<OrderWindow> windows_;
};

/// The proof for a key whose values were looked at in these pieces.
[[nodiscard]] inline OrderProof join(std::span<const LooseEnds> pieces) {
  OrderProof proof;
  std::vector<OrderedZone> loose;
  const auto add_loose = [&] {
    std::ranges::sort(loose, {}, &OrderedZone::place);
    for (const OrderedZone& zone : loose) {
      proof.add(zone);
    }
    loose.clear();
  };
  for (const LooseEnds& piece : pieces) {
    loose.insert(loose.end(), piece.head.begin(), piece.head.end());
    if (!piece.middle.is_empty) {
      add_loose();
      proof.add(piece.middle);
    }
    loose.insert(loose.end(), piece.tail.begin(), piece.tail.end());
  }
  add_loose();
  return proof;
}

}  // namespace stalemate
