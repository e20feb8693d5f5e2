// RecordArray: a fixed-size array of records in memory that is zero by itself, on huge pages where it is large.
//
// A vector would fill 10^8 records with zeros before the reader writes them.
#pragma once

#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>

namespace stalemate {

/// Memory for `size_bytes` bytes, all zero until written; nullptr for 0. Small pieces come from the heap, larger ones
/// from the system, or from the up to 64 MiB of freed pieces that the process keeps; these are zeroed by the calling
/// thread. Errors: throws std::bad_alloc where the system has no memory left. Thread rule: any.
[[nodiscard]] void* allocate_pages(std::size_t size_bytes);
/// Requires: allocate_pages gave it, for that size. Thread rule: any.
void release_pages(void* pages, std::size_t size_bytes) noexcept;
/// Makes the system provide memory for the bytes `begin` to `end` of `size_bytes` allocated ones now rather than at the
/// first write. Does nothing for a small array. Thread rule: any, also while others write there.
void make_pages_ready(void* pages, std::size_t size_bytes, std::size_t begin, std::size_t end) noexcept;

/// `size` trivial records in one piece. Movable, not copyable. A page costs memory only once it has been written,
/// unless the array got a piece that the process had kept.
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

  /// In a large array, memory comes in pieces of this many records.
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
