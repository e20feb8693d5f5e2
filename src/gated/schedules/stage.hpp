// What an application under exploration stands on: its stores, the gates before them, and its instances.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "application/application.hpp"
#include "application/instances/instance.hpp"
#include "application/requests/requester.hpp"
#include "core/error.hpp"
#include "gated/backstage.hpp"
#include "gated/gated_world.hpp"
#include "gated/schedules/held_calls.hpp"
#include "gated/schedules/players.hpp"
#include "gated/schedules/settling.hpp"
#include "gated/store_hands.hpp"
#include "proxy/gate.hpp"

namespace stalemate {

/// Instances that gates are made for, the most that a scope can need.
inline constexpr std::size_t instances_max = clients_max;

/// Thread rule: one thread.
class Stage {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Stage>> open(const Application& application,
                                                           const GatedWorldOptions& options);
  ~Stage();
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  /// Starts instances until there are so many, and has each new one warm up. Starts dead ones again.
  [[nodiscard]] Result<void> have_instances(std::size_t count);
  /// Counts instances that ended by themselves as dead. Asks their keeper, so not for every schedule.
  void note_ended();
  /// Has every instance create, read and write a key of its own, so that connections are open and statements prepared.
  [[nodiscard]] Result<void> warm_up();
  /// As settle, of all instances.
  [[nodiscard]] Result<std::vector<std::uint64_t>> settled();
  /// Sends a request and waits for its answer and for rest. Requires: no call is held.
  [[nodiscard]] Result<Answer> ask(std::size_t player, ApplicationRequest kind, const std::string& key,
                                   std::int64_t value);
  /// The text of a key that was never used. Errors: as ApplicationKeys::text_of.
  [[nodiscard]] Result<std::string> next_key();

  [[nodiscard]] const Application& application() const { return application_; }
  [[nodiscard]] Gates& gates() { return backstage_->gates(); }
  [[nodiscard]] HeldCalls& held() { return held_; }
  [[nodiscard]] AnswerBox& answers() { return answers_; }
  [[nodiscard]] Requester& requester() { return *requester_; }
  [[nodiscard]] std::vector<Player>& players() { return players_; }
  [[nodiscard]] DatabaseEye* database() { return database_ ? &*database_ : nullptr; }
  [[nodiscard]] EntryHand* cache() { return cache_ ? &*cache_ : nullptr; }
  /// Null where the cache is not ours.
  [[nodiscard]] Server* own_cache() { return backstage_->own_cache(); }
  [[nodiscard]] GatedFacts facts() const;
  /// As afterthought_on, of that player's instance.
  [[nodiscard]] std::string afterthought(std::size_t player) const {
    return afterthought_on(*players_[player].instance, held_.trouble());
  }

 private:
  explicit Stage(const Application& application) : application_(application) {}
  [[nodiscard]] Result<void> start_instance();
  [[nodiscard]] Result<void> warm_up(std::size_t player);
  [[nodiscard]] std::uint32_t first_unused_key() const;

  const Application& application_;
  std::optional<DatabaseEye> database_ = {};
  std::optional<EntryHand> cache_ = {};
  HeldCalls held_ = {};
  std::unique_ptr<Backstage> backstage_ = {};
  AnswerBox answers_ = {};
  std::vector<Player> players_ = {};
  std::unique_ptr<Requester> requester_ = {};  // behind what its answers are put into
  std::uint32_t first_key_ = first_key;
  std::uint32_t keys_used_ = 0;
};

}  // namespace stalemate
