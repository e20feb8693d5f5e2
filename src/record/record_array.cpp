#include "record/record_array.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cstdint>
#include <new>

namespace stalemate {

namespace {

constexpr std::size_t huge_page_bytes = std::size_t{2} << 20U;
constexpr std::size_t large_bytes = 2 * huge_page_bytes;

}  // namespace

void* allocate_pages(std::size_t size_bytes) {
  if (size_bytes == 0) {
    return nullptr;
  }
  void* pages = ::mmap(nullptr, size_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (pages == MAP_FAILED) {
    throw std::bad_alloc();
  }
  if (size_bytes >= large_bytes) {
    ::madvise(pages, size_bytes, MADV_HUGEPAGE);  // a hint: without it everything works, with more page faults
  }
  return pages;
}

void make_pages_ready(void* pages, std::size_t size_bytes, std::size_t begin, std::size_t end) noexcept {
  constexpr std::size_t page_bytes = 4096;
  begin = begin / page_bytes * page_bytes;
  end = std::min(end, size_bytes);
  if (size_bytes >= large_bytes && begin < end) {
    ::madvise(static_cast<std::byte*>(pages) + begin, end - begin, MADV_POPULATE_WRITE);  // a hint, as above
  }
}

void release_pages(void* pages, std::size_t size_bytes) noexcept {
  if (pages != nullptr) {
    ::munmap(pages, size_bytes);
  }
}

}  // namespace stalemate
