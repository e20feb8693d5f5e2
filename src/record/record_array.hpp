// RecordArray: a fixed-size array of records in memory that is zero by itself, on huge pages where it is large.
//
// A vector would write each of 10^8 records once as zeros before the reader writes it again.
#pragma once

#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>

namespace stalemate {

/// Memory for `size_bytes` bytes, all zero until written; nullptr for 0. A little of the heap, more straight from the
/// system, or a large piece that was given back, of which the process keeps 64 MiB. Such a piece is made zero by the
/// thread that asks. Errors: throws std::bad_alloc where the system has none left. Thread rule: any.
[[nodiscard]] void* allocate_pages(std::size_t size_bytes);
/// Requires: allocate_pages gave it, for that size. Thread rule: any.
void release_pages(void* pages, std::size_t size_bytes) noexcept;
/// Has the system give memory to the bytes `begin` to `end` of `size_bytes` allocated ones now rather than when they
/// are first written. Does nothing where they are few. Thread rule: any, also while others write there.
void make_pages_ready(void* pages, std::size_t size_bytes, std::size_t begin, std::size_t end) noexcept;

/// `size` trivial records in one piece. Movable, not copyable. A page costs memory only once it has been written, but
/// where the array takes a piece that was kept.
template <class Record>
class RecordArray {
  static_assert(std::is_trivially_copyable_v<Record> && std::is_trivially_default_constructible_v<Record>);

 public:
  RecordArray() = default;
  explicit RecordArray(std::size_t size)
      : records_(static_cast<Record*>(allocate_pages(size * sizeof(Record)))), size_(size), capacity_(size) {}
  RecordArray(RecordArray&& other) noexcept
      : records_(std::exchange(other.records_, nullptr)),
        size_(std::exchange(other.size_, 0)),
        capacity_(std::exchange(other.capacity_, 0)) {}
  RecordArray& operator=(RecordArray&& other) noexcept {
    std::swap(records_, other.records_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
    return *this;
  }
  RecordArray(const RecordArray&) = delete;
  RecordArray& operator=(const RecordArray&) = delete;
  ~RecordArray() { release_pages(records_, capacity_ * sizeof(Record)); }

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::span<Record> span() { return {records_, size_}; }
  [[nodiscard]] std::span<const Record> span() const { return {records_, size_}; }
  [[nodiscard]] Record* data() { return records_; }

  /// Memory comes in pieces of so many records where the array is large.
  static constexpr std::size_t piece = (std::size_t{2} << 20U) / sizeof(Record);
  /// Has the system make the memory of records `begin` to `end` ready, which takes as long as all else that is done
  /// with them. Any thread, also while others write there. Requires: begin <= end.
  void make_ready(std::size_t begin, std::size_t end) const {
    make_pages_ready(records_, capacity_ * sizeof(Record), begin * sizeof(Record), end * sizeof(Record));
  }

  /// Forgets the records from `size` on. Requires: size <= this->size().
  void shrink(std::size_t size) { size_ = size; }

 private:
  Record* records_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace stalemate
