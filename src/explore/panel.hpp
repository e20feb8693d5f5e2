// The judges of an exploration, all at once: their memories together are one small integer.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "explore/judge.hpp"

namespace stalemate {

using PanelId = std::uint32_t;
/// A set of judges, one bit each in the panel's order.
using JudgeMask = std::uint16_t;

/// Single-threaded.
class Panel {
 public:
  Panel(const Scope& scope, std::span<const JudgeInfo* const> judges);

  [[nodiscard]] PanelId first() const { return 0; }
  struct Observed {
    PanelId id = 0;
    JudgeMask violated = 0;
  };
  /// The memories after `event`, and the judges that saw a violation in it; these remember nothing from then on.
  Observed observe(PanelId before, const JudgedEvent& event);
  /// The judges that see trouble in a world at rest.
  [[nodiscard]] JudgeMask violated_at_rest(PanelId id, const WorldTable& table, const World& world) const;
  /// What a judge, by its place in judges(), sees there; empty: nothing, or it saw a violation before or was dismissed.
  [[nodiscard]] std::string trouble_at_rest(PanelId id, std::size_t judge, const WorldTable& table,
                                            const World& world) const;
  /// The judges of `mask` are ignored from now on, and so are their memories.
  void dismiss(JudgeMask mask);
  /// The same without the memories of the judges of `mask`, which see nothing more in what follows.
  PanelId forget(PanelId before, JudgeMask mask);
  /// What a judge, by its place in judges(), remembers. Requires: it has seen no violation and was not dismissed.
  [[nodiscard]] std::string memory_of(PanelId id, std::size_t judge) const;
  [[nodiscard]] JudgeMask sitting() const { return sitting_; }
  [[nodiscard]] std::span<const JudgeInfo* const> judges() const { return judges_; }
  [[nodiscard]] std::size_t size() const { return memories_.size(); }

 private:
  [[nodiscard]] static std::string joined(const std::vector<std::string>& memories);
  [[nodiscard]] std::vector<std::string> parted(const std::string& text) const;
  [[nodiscard]] std::string trouble_seen(std::size_t judge, const std::string& memory, const WorldTable& table,
                                         const World& world) const;

  JudgedScope scope_;
  std::vector<const JudgeInfo*> judges_;
  JudgeMask sitting_ = 0;
  Interned<std::string> memories_;
  Memo observed_;
  Memo forgotten_;
  std::vector<Observed> outcomes_;
};

}  // namespace stalemate
