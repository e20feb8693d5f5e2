// Memory for coroutine frames: freed frames are kept, by size, for the next coroutine of the thread.
#pragma once

#include <cstddef>

namespace stalemate {

/// Memory for one frame of `size` bytes, aligned as operator new aligns.
/// Thread rule: a frame may be released on another thread than it was allocated on; it then joins that thread's pool.
[[nodiscard]] void* frame_allocate(std::size_t size);
/// Requires: `frame` came from frame_allocate(size).
void frame_release(void* frame, std::size_t size) noexcept;

}  // namespace stalemate
