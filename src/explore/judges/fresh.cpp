// fresh: no read returns a value that is older than a write acknowledged before the read began.
#include "explore/judges/open_reads.hpp"

namespace stalemate {
namespace {

class Fresh final : public Judge {
 public:
  [[nodiscard]] bool concerns(const Scope& scope) const override {
    bool reads = false;
    for (const ScopeOp& op : ops_of(scope)) {
      reads = reads || op.kind == OpKind::read;
    }
    return reads && last_value_of(scope) > 0;
  }
  [[nodiscard]] std::string start(const JudgedScope& scope) const override {
    std::string memory;
    Chronicle().append_to(memory);
    // Of each process: the writes that its current read may not miss.
    return memory + std::string(scope.scope.processes.size(), '\0');
  }
  [[nodiscard]] bool observe(const JudgedScope& scope, std::string& memory, const JudgedEvent& event) const override {
    const std::size_t processes = scope.scope.processes.size();
    Chronicle chronicle = Chronicle::from(memory);
    chronicle.observe(scope, event);
    std::string bounds = memory.substr(Chronicle::bytes, processes);
    OpenReads open = OpenReads::from(memory, Chronicle::bytes + processes);
    bool fresh = true;
    if (event.kind == JudgedEventKind::commit) {
      fresh = open.settle(chronicle);
    } else if (scope.ops[event.op].kind == OpKind::read) {
      char& bound = bounds[scope.ops[event.op].process];
      if (event.kind == JudgedEventKind::begin) {
        bound = static_cast<char>(chronicle.acknowledged());
      } else {
        fresh = event.ending.outcome != Outcome::ok ||
                open.add(chronicle, event.ending.value, static_cast<ValueMask>(bound));
        bound = 0;
      }
    }
    memory.clear();
    chronicle.append_to(memory);
    memory += bounds;
    open.append_to(memory);
    return fresh;
  }
  [[nodiscard]] std::string trouble_at_rest(const JudgedScope& scope, const std::string& memory,
                                            const WorldTable& /*table*/, const World& /*world*/) const override {
    return trouble_of_open_reads(scope, memory);
  }
  [[nodiscard]] std::string trouble_at_rest(const JudgedScope& scope, const std::string& memory,
                                            const RestReads& /*reads*/, const Chronicle& /*writes*/) const override {
    return trouble_of_open_reads(scope, memory);
  }

 private:
  static std::string trouble_of_open_reads(const JudgedScope& scope, const std::string& memory) {
    return OpenReads::from(memory, Chronicle::bytes + scope.scope.processes.size())
        .trouble_at_rest(Chronicle::from(memory));
  }
};

[[maybe_unused]] const bool fresh_registered =
    register_judge<Fresh>("fresh", "The read missed a write that had been acknowledged before the read began.",
                          "no read misses a write that was acknowledged before it began", default_scope, true);

}  // namespace
}  // namespace stalemate
