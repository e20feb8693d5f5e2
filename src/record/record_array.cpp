#include "record/record_array.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <mutex>
#include <new>
#include <vector>

namespace stalemate {

namespace {

constexpr std::size_t huge_page_bytes = std::size_t{2} << 20U;
constexpr std::size_t large_bytes = 2 * huge_page_bytes;
/// Less than this comes from the heap: to map and unmap pages takes longer than to fill so few.
constexpr std::size_t mapped_bytes = std::size_t{64} << 10U;
constexpr std::size_t heap_alignment = 128;

bool is_small(std::size_t size_bytes) {
  return size_bytes < mapped_bytes;
}
bool is_large(std::size_t size_bytes) {
  return size_bytes >= large_bytes;
}

/// What an array takes: a large one whole huge pages.
std::size_t taken_bytes(std::size_t size_bytes) {
  return is_large(size_bytes) ? (size_bytes + huge_page_bytes - 1) / huge_page_bytes * huge_page_bytes : size_bytes;
}

std::byte* map_pages(std::size_t size_bytes) {
  void* pages = ::mmap(nullptr, size_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (pages == MAP_FAILED) {
    throw std::bad_alloc();
  }
  return static_cast<std::byte*>(pages);
}

/// Beginning where a huge page does.
void* map_huge_pages(std::size_t size_bytes) {
  std::byte* pages = map_pages(size_bytes + huge_page_bytes);
  void* aligned = pages;
  std::size_t space_bytes = size_bytes + huge_page_bytes;
  std::align(huge_page_bytes, size_bytes, aligned, space_bytes);
  const auto before_bytes = static_cast<std::size_t>(static_cast<std::byte*>(aligned) - pages);
  if (before_bytes > 0) {
    ::munmap(pages, before_bytes);
  }
  if (space_bytes > size_bytes) {
    ::munmap(static_cast<std::byte*>(aligned) + size_bytes, space_bytes - size_bytes);
  }
  ::madvise(aligned, size_bytes, MADV_HUGEPAGE);  // a hint: without it everything works, with more page faults
  return aligned;
}

/// Freed large pieces, kept for the next large arrays: getting fresh memory from the system can take longer than all
/// work on it, above all with many threads or under a hypervisor.
class KeptPages {
 public:
  /// So many, with what they held before. nullptr if no piece is as large.
  void* take(std::size_t size_bytes) {
    const std::scoped_lock lock(mutex_);
    const auto piece =
        std::ranges::find_if(pieces_, [size_bytes](const Piece& kept) { return kept.size_bytes >= size_bytes; });
    if (piece == pieces_.end()) {
      return nullptr;
    }
    void* const pages = piece->pages;
    piece->pages += size_bytes;
    piece->size_bytes -= size_bytes;
    if (piece->size_bytes == 0) {
      pieces_.erase(piece);
    }
    kept_bytes_ -= size_bytes;
    return pages;
  }

  /// Joined with the pieces beside it. The oldest go then, until no more are left than may be; too large a piece goes
  /// at once.
  void keep(void* pages, std::size_t size_bytes) noexcept {
    if (size_bytes > bytes_max) {
      ::munmap(pages, size_bytes);
      return;
    }
    Piece piece{static_cast<std::byte*>(pages), size_bytes};
    {
      const std::scoped_lock lock(mutex_);
      kept_bytes_ += size_bytes;
      std::erase_if(pieces_, [&piece](const Piece& kept) { return piece.joins(kept); });
      pieces_.push_back(piece);
    }
    while (drop_oldest()) {
    }
  }

 private:
  struct Piece {
    std::byte* pages = nullptr;
    std::size_t size_bytes = 0;

    /// Takes in the other, if it lies beside it.
    bool joins(const Piece& other) {
      const bool is_before = other.pages + other.size_bytes == pages;
      if (!is_before && pages + size_bytes != other.pages) {
        return false;
      }
      pages = is_before ? other.pages : pages;
      size_bytes += other.size_bytes;
      return true;
    }
  };
  static constexpr std::size_t bytes_max = std::size_t{64} << 20U;
  static constexpr std::size_t pieces_max = bytes_max / large_bytes;

  static std::vector<Piece> no_pieces() {
    std::vector<Piece> pieces;
    pieces.reserve(2 * pieces_max);  // so that keep() needs no memory
    return pieces;
  }

  /// False if there are not too many. Others need not wait until the system has taken it back.
  bool drop_oldest() noexcept {
    Piece oldest;
    {
      const std::scoped_lock lock(mutex_);
      if (kept_bytes_ <= bytes_max && pieces_.size() <= pieces_max) {
        return false;
      }
      oldest = pieces_.front();
      pieces_.erase(pieces_.begin());
      kept_bytes_ -= oldest.size_bytes;
    }
    ::munmap(oldest.pages, oldest.size_bytes);
    return true;
  }

  std::mutex mutex_;
  std::vector<Piece> pieces_ = no_pieces();  // by age
  std::size_t kept_bytes_ = 0;
};

/// Never destroyed, because arrays may outlive it.
KeptPages& kept_pages() {
  static KeptPages* const kept = new KeptPages;
  return *kept;
}

}  // namespace

void* allocate_pages(std::size_t size_bytes) {
  if (size_bytes == 0) {
    return nullptr;
  }
  if (is_small(size_bytes)) {
    return std::memset(::operator new(size_bytes, std::align_val_t{heap_alignment}), 0, size_bytes);
  }
  if (!is_large(size_bytes)) {
    return map_pages(size_bytes);
  }
  if (void* kept = kept_pages().take(taken_bytes(size_bytes)); kept != nullptr) {
    return std::memset(kept, 0, size_bytes);
  }
  return map_huge_pages(taken_bytes(size_bytes));
}

void make_pages_ready(void* pages, std::size_t size_bytes, std::size_t begin, std::size_t end) noexcept {
  constexpr std::size_t page_bytes = 4096;
  begin = begin / page_bytes * page_bytes;
  end = std::min(end, size_bytes);
  if (is_large(size_bytes) && begin < end) {
    ::madvise(static_cast<std::byte*>(pages) + begin, end - begin, MADV_POPULATE_WRITE);  // a hint, as above
  }
}

void release_pages(void* pages, std::size_t size_bytes) noexcept {
  if (pages == nullptr) {
    return;
  }
  if (is_small(size_bytes)) {
    ::operator delete(pages, std::align_val_t{heap_alignment});
  } else if (is_large(size_bytes)) {
    kept_pages().keep(pages, taken_bytes(size_bytes));
  } else {
    ::munmap(pages, size_bytes);
  }
}

}  // namespace stalemate
