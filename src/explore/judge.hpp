// A judge of explorations: one property of what clients see, or of what the stores hold at rest, judged along every
// interleaving at once.
#pragma once

#include <string>
#include <string_view>

#include "core/registry.hpp"
#include "explore/model/behaviour.hpp"
#include "explore/model/world.hpp"
#include "explore/scope.hpp"

namespace stalemate {

class Chronicle;
struct RestReads;

/// What a judge gets to see, in the order of time.
enum class JudgedEventKind : std::uint8_t {
  begin,   ///< an op is invoked
  commit,  ///< the row was set to `value`
  end      ///< an op is completed: with an outcome, and a read with a value; a crash ends an op with `info`
};

struct JudgedEvent {
  JudgedEventKind kind = JudgedEventKind::begin;
  std::uint8_t op = no_scope_op;  ///< in ops_of(scope)
  Ending ending = {};             ///< of an end
  Value value = absent;           ///< of a commit
};

/// What a judge may know of the exploration.
struct JudgedScope {
  const Scope& scope;
  std::vector<ScopeOp> ops;
};

/// A judge keeps what it must remember of the past in a string of bytes. The string is part of the explored state: keep
/// it short, and equal for pasts that can still be violated in the same ways. All values that no write of the scope can
/// have written are the same to it. Thread rule: stateless; any thread.
class Judge {
 public:
  virtual ~Judge() = default;
  /// False where no run of the scope can violate the property, such as where nobody reads.
  [[nodiscard]] virtual bool concerns(const Scope& scope) const = 0;
  /// What is remembered before anything happened.
  [[nodiscard]] virtual std::string start(const JudgedScope& scope) const = 0;
  /// Takes an event into `memory`; false if it violates the property, and `memory` must not be used after that.
  [[nodiscard]] virtual bool observe(const JudgedScope& scope, std::string& memory, const JudgedEvent& event) const = 0;
  /// At rest: no op is under way, no request is on its way, and the background processes have nothing to do. Empty if
  /// all is well, else a sentence that says what is wrong.
  [[nodiscard]] virtual std::string trouble_at_rest(const JudgedScope& /*scope*/, const std::string& /*memory*/,
                                                    const WorldTable& /*table*/, const World& /*world*/) const {
    return {};
  }
  /// The same of a real application, of which only reads can be seen then. `writes`: what is known of all writes.
  [[nodiscard]] virtual std::string trouble_at_rest(const JudgedScope& /*scope*/, const std::string& /*memory*/,
                                                    const RestReads& /*reads*/, const Chronicle& /*writes*/) const {
    return {};
  }
};

/// What the registry says of a judge. `scope` is the text of its scope where the user names none.
struct JudgeInfo {
  std::string_view name;
  std::string_view summary;    ///< one line for the generated tables
  std::string_view violation;  ///< a sentence for the end of a story; empty where trouble_at_rest says more
  std::string_view scope;
  bool in_matrix;  ///< it is one of the columns of docs/guarantees.md
  const Judge& (*instance)();
};

using JudgeRegistry = Registry<JudgeInfo>;

inline constexpr std::string_view default_scope = "w,w,rr,rr";

template <class J>
[[nodiscard]] bool register_judge(std::string_view name, std::string_view violation, std::string_view summary,
                                  std::string_view scope, bool in_matrix) {
  constexpr auto instance = []() -> const Judge& {
    static const J judge;
    return judge;
  };
  return JudgeRegistry::add(JudgeInfo{name, summary, violation, scope, in_matrix, instance});
}

}  // namespace stalemate
