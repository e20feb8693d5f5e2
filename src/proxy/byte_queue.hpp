// Bytes that come at one end and go at the other.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace stalemate {

/// A queue of bytes in one piece. Whatever changes it makes views invalid.
class ByteQueue {
 public:
  [[nodiscard]] std::size_t size() const { return end_ - begin_; }
  [[nodiscard]] bool empty() const { return begin_ == end_; }
  [[nodiscard]] std::string_view view() const { return {bytes_.data() + begin_, size()}; }

  // Told to the compiler, which in a large unit would make a call of each of many small pieces.
  [[gnu::always_inline]] void append(std::string_view bytes) {
    if (bytes_.size() - end_ < bytes.size()) {
      make_room(bytes.size());
    }
    std::memcpy(bytes_.data() + end_, bytes.data(), bytes.size());
    end_ += bytes.size();
  }
  /// Where the next bytes may be put, so many; they come with `take_in`.
  [[nodiscard]] std::span<char> room(std::size_t count) {
    if (bytes_.size() - end_ < count) {
      make_room(count);
    }
    return {bytes_.data() + end_, count};
  }
  /// The first bytes of `room` came. Requires: nothing else was done with the queue since.
  void take_in(std::size_t count) { end_ += count; }
  /// Requires: no more than there are.
  void go(std::size_t count) {
    begin_ += count;
    if (begin_ == end_) {
      begin_ = 0;
      end_ = 0;
      if (bytes_.size() > kept_bytes_max) {
        bytes_ = {};
      }
    }
  }
  /// Takes bytes out of the middle.
  void erase(std::size_t place, std::size_t count) {
    char* at = bytes_.data() + begin_ + place;
    std::memmove(at, at + count, size() - place - count);
    end_ -= count;
  }
  void insert(std::size_t place, std::string_view bytes) {
    const std::size_t behind = size() - place;
    if (bytes_.size() - end_ < bytes.size()) {
      make_room(bytes.size());
    }
    char* at = bytes_.data() + begin_ + place;
    std::memmove(at + bytes.size(), at, behind);
    std::memcpy(at, bytes.data(), bytes.size());
    end_ += bytes.size();
  }

 private:
  // Apart, so that appending a few bytes is a few instructions where it is called.
  [[gnu::noinline]] void make_room(std::size_t count) {
    if (begin_ > 0) {
      std::memmove(bytes_.data(), bytes_.data() + begin_, size());
      end_ = size();
      begin_ = 0;
    }
    if (bytes_.size() - end_ < count) {
      bytes_.resize(std::max(bytes_.size() * 2, end_ + count));
    }
  }

  static constexpr std::size_t kept_bytes_max = 512UL * 1024;

  std::vector<char> bytes_ = {};
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace stalemate
