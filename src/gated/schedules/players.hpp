// The instances of the application, one a process of the scope, and what each is at.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "application/instances/instance.hpp"
#include "application/requests/requester.hpp"
#include "core/error.hpp"

namespace stalemate {

/// One instance.
struct Player {
  std::unique_ptr<Instance> instance = {};
  std::optional<RequestId> request = {};  ///< under way, or answered and not yet told
  bool dead = false;
};

/// Answers, put here by the requester's thread.
class AnswerBox {
 public:
  void put(std::size_t player, const Answer& answer);
  [[nodiscard]] bool has(std::size_t player) const;
  /// Nothing where none came.
  [[nodiscard]] std::optional<Answer> take(std::size_t player);
  /// Goes up with every answer.
  [[nodiscard]] std::uint64_t count() const;

 private:
  mutable std::mutex mutex_;
  std::vector<std::optional<Answer>> answers_ = {};
  std::uint64_t count_ = 0;
};

}  // namespace stalemate
