// CleanOps: what the checks still want to know of the ops of clean and partly clean keys: how long before each read, or
// after each write, the other one was. Found while streaming over the history; no op is grouped or copied.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "check/crew.hpp"
#include "check/prefilter/clean_keys.hpp"
#include "check/prefilter/op_times.hpp"
#include "check/prefilter/screen.hpp"
#include "record/history.hpp"

namespace stalemate {

/// Each stretch of the history's time is looked at by itself, then what was found is joined. It follows all ops of
/// clean and partly clean keys.
///
/// Cost: a walk over the ops in order of invocation, and a second one where writes may have been seen for long; a heap
/// only where more writes of a key are under way at once than there is room for. Memory: for each stretch 16 bytes a
/// key, of few keys 24, and 8 more where writes may have been seen for long; 16 for each read of a stretch before the
/// first write of its key there.
class CleanOps {
 public:
  using Take = std::function<void(const CleanBatch&)>;

  /// Requires: the history outlives it, and screen and times, which are the history's; every write of a followed key is
  /// `ok` or failed.
  [[nodiscard]] static std::unique_ptr<CleanOps> make(const History& history, const Screen& screen,
                                                      const OpTimes& times);
  CleanOps() = default;
  CleanOps(const CleanOps&) = delete;
  CleanOps& operator=(const CleanOps&) = delete;
  virtual ~CleanOps() = default;

  [[nodiscard]] virtual std::uint32_t stretches() const = 0;
  /// First: each of the times' stretches once, at once or one after the other. Calls `take` with most of what there is.
  virtual void look(std::uint32_t stretch, const Take& take) = 0;
  /// Then: each member of a crew has a part of what is left. Calls `take`. Any members at once.
  virtual void join(std::uint32_t member, std::uint32_t members, const Take& take) const = 0;
  /// Afterwards: adds the counts of the keys' writes.
  virtual void count(CleanKeys& keys) const = 0;
};

}  // namespace stalemate
