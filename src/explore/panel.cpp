#include "explore/panel.hpp"

#include "core/assert.hpp"

namespace stalemate {
namespace {

constexpr char dismissed = '-';  // in place of the memory of a judge that is ignored
constexpr char heard = '+';

// 2 bits kind, 2 outcome, 8 op, 8 value. Judges tell values apart that a client can have written, and those only.
std::uint64_t code_of(const JudgedEvent& event) {
  const Value value = event.kind == JudgedEventKind::commit ? event.value : event.ending.value;
  const bool known = value >= 0 && value <= static_cast<Value>(writes_max);
  return static_cast<std::uint64_t>(event.kind) | static_cast<std::uint64_t>(event.ending.outcome) << 2U |
         static_cast<std::uint64_t>(event.op) << 4U | (known ? static_cast<std::uint64_t>(value) : 255U) << 12U;
}

}  // namespace

Panel::Panel(const Scope& scope, std::span<const JudgeInfo* const> judges)
    : scope_{scope, ops_of(scope)}, judges_(judges.begin(), judges.end()) {
  STALEMATE_ASSERT(judges.size() <= 16, "a panel has at most 16 judges");
  std::vector<std::string> memories;
  for (std::size_t judge = 0; judge < judges_.size(); ++judge) {
    sitting_ = static_cast<JudgeMask>(sitting_ | 1U << judge);
    memories.push_back(heard + judges_[judge]->instance().start(scope_));
  }
  (void)memories_.id(joined(memories));
}

// Each memory is preceded by its length in two bytes.
std::string Panel::joined(const std::vector<std::string>& memories) {
  std::string text;
  for (const std::string& memory : memories) {
    STALEMATE_ASSERT(memory.size() < 65536, "a judge's memory is short");
    text.push_back(static_cast<char>(memory.size() & 255U));
    text.push_back(static_cast<char>(memory.size() >> 8U));
    text += memory;
  }
  return text;
}

std::vector<std::string> Panel::parted(const std::string& text) const {
  std::vector<std::string> memories;
  for (std::size_t place = 0; memories.size() < judges_.size();) {
    const std::size_t size =
        static_cast<unsigned char>(text[place]) + 256U * static_cast<unsigned char>(text[place + 1]);
    memories.push_back(text.substr(place + 2, size));
    place += 2 + size;
  }
  return memories;
}

std::string Panel::memory_of(PanelId id, std::size_t judge) const {
  const std::string memory = parted(memories_[id])[judge];
  STALEMATE_ASSERT(memory.front() == heard, "the judge is still heard");
  return memory.substr(1);
}

Panel::Observed Panel::observe(PanelId before, const JudgedEvent& event) {
  const std::uint64_t key = static_cast<std::uint64_t>(before) << 32U | code_of(event);
  const std::uint32_t known = observed_.find(key);
  if (known != Memo::none) {
    return outcomes_[known];
  }
  std::vector<std::string> memories = parted(memories_[before]);
  Observed observed;
  for (std::size_t judge = 0; judge < judges_.size(); ++judge) {
    std::string& memory = memories[judge];
    if ((sitting_ >> judge & 1U) == 0) {
      memory = dismissed;
    } else if (memory[0] == heard) {
      std::string own = memory.substr(1);
      const bool holds = judges_[judge]->instance().observe(scope_, own, event);
      memory = holds ? heard + own : std::string(1, dismissed);
      observed.violated = static_cast<JudgeMask>(observed.violated | (holds ? 0U : 1U << judge));
    }
  }
  observed.id = memories_.id(joined(memories));
  observed_.add(key, static_cast<std::uint32_t>(outcomes_.size()));
  outcomes_.push_back(observed);
  return observed;
}

PanelId Panel::forget(PanelId before, JudgeMask mask) {
  const std::uint64_t key = static_cast<std::uint64_t>(before) << 16U | mask;
  const std::uint32_t known = forgotten_.find(key);
  if (known != Memo::none) {
    return known;
  }
  std::vector<std::string> memories = parted(memories_[before]);
  for (std::size_t judge = 0; judge < judges_.size(); ++judge) {
    if ((mask >> judge & 1U) != 0) {
      memories[judge] = dismissed;
    }
  }
  const PanelId id = memories_.id(joined(memories));
  forgotten_.add(key, id);
  return id;
}

JudgeMask Panel::violated_at_rest(PanelId id, const WorldTable& table, const World& world) const {
  const std::vector<std::string> memories = parted(memories_[id]);
  JudgeMask violated = 0;
  for (std::size_t judge = 0; judge < judges_.size(); ++judge) {
    const bool sits = (sitting_ >> judge & 1U) != 0;
    if (sits && !trouble_seen(judge, memories[judge], table, world).empty()) {
      violated = static_cast<JudgeMask>(violated | 1U << judge);
    }
  }
  return violated;
}

std::string Panel::trouble_at_rest(PanelId id, std::size_t judge, const WorldTable& table, const World& world) const {
  return trouble_seen(judge, parted(memories_[id])[judge], table, world);
}

std::string Panel::trouble_seen(std::size_t judge, const std::string& memory, const WorldTable& table,
                                const World& world) const {
  return memory.front() == heard ? judges_[judge]->instance().trouble_at_rest(scope_, memory.substr(1), table, world)
                                 : std::string();
}

void Panel::dismiss(JudgeMask mask) {
  sitting_ = static_cast<JudgeMask>(sitting_ & ~mask);
  observed_.clear();
  outcomes_.clear();
}

}  // namespace stalemate
