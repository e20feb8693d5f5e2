#include "gated/schedules/players.hpp"

#include <utility>

namespace stalemate {

void AnswerBox::put(std::size_t player, const Answer& answer) {
  const std::scoped_lock lock(mutex_);
  if (answers_.size() <= player) {
    answers_.resize(player + 1);
  }
  answers_[player] = answer;
  ++count_;
}

bool AnswerBox::has(std::size_t player) const {
  const std::scoped_lock lock(mutex_);
  return player < answers_.size() && answers_[player].has_value();
}

std::optional<Answer> AnswerBox::take(std::size_t player) {
  const std::scoped_lock lock(mutex_);
  return player < answers_.size() ? std::exchange(answers_[player], std::nullopt) : std::nullopt;
}

std::uint64_t AnswerBox::count() const {
  const std::scoped_lock lock(mutex_);
  return count_;
}

}  // namespace stalemate
