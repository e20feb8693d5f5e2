#include "core/frame_pool.hpp"

#include <array>
#include <cstdint>
#include <new>

#ifdef STALEMATE_SANITIZED
#define STALEMATE_FRAME_POOL 0
#else
#define STALEMATE_FRAME_POOL 1
#endif

namespace stalemate {
namespace {

constexpr std::size_t class_bytes = 64;
constexpr std::size_t class_count = 32;  // frames up to 2 KiB; larger ones go to operator new
constexpr std::uint32_t kept_per_class_max = 1024;

struct FreeFrame {
  FreeFrame* next;
};

struct SizeClass {
  FreeFrame* head = nullptr;
  std::uint32_t kept = 0;
};

class Pool {
 public:
  Pool() = default;
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  ~Pool() {
    for (SizeClass& size_class : classes_) {
      while (size_class.head != nullptr) {
        FreeFrame* frame = size_class.head;
        size_class.head = frame->next;
        ::operator delete(frame);
      }
    }
  }
  SizeClass& at(std::size_t index) { return classes_[index]; }

 private:
  std::array<SizeClass, class_count> classes_ = {};
};

// Under the sanitizers every frame is allocated afresh, so that a use after its end is seen.
constexpr bool pooled = STALEMATE_FRAME_POOL != 0;

thread_local Pool pool;

constexpr std::size_t class_of(std::size_t size) {
  return (size - 1) / class_bytes;
}

}  // namespace

void* frame_allocate(std::size_t size) {
  const std::size_t index = class_of(size);
  if (!pooled || index >= class_count) {
    return ::operator new(size);
  }
  SizeClass& size_class = pool.at(index);
  if (size_class.head == nullptr) {
    return ::operator new((index + 1) * class_bytes);
  }
  FreeFrame* frame = size_class.head;
  size_class.head = frame->next;
  --size_class.kept;
  return frame;
}

void frame_release(void* frame, std::size_t size) noexcept {
  const std::size_t index = class_of(size);
  if (!pooled || index >= class_count || pool.at(index).kept >= kept_per_class_max) {
    ::operator delete(frame);
    return;
  }
  SizeClass& size_class = pool.at(index);
  size_class.head = ::new (frame) FreeFrame{size_class.head};
  ++size_class.kept;
}

}  // namespace stalemate
