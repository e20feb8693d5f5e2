// What is to go wrong at the gates, in words: "DEL product:*: lost-reply n=3".
//
// A rule is CALLS: FAULT [HOW...]. CALLS says which requests: `*` all, `cache` or `database` all of one side, NAME a
// command or statement ("DEL", "UPDATE", "Z*"), NAME PATTERN those of a key or table that fits. FAULT is a word of the
// table in rules.cpp. HOW, in any order: a share (1%), n=3, a window (10s..15s, counted from when the rule is in
// force), timeout=50ms where no answer comes, and the duration or rate that the fault needs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/error.hpp"
#include "core/faults/fault.hpp"
#include "proxy/gate.hpp"

namespace stalemate {

struct GateRule {
  std::string text = {};
  std::optional<Protocol> side = {};  ///< of which links; nothing: of all
  std::string name = "*";             ///< in capitals; `*` stands for any letters
  std::string pattern = {};           ///< some key fits it; empty: none is asked for
  std::string full_name = {};         ///< NAME PATTERN in capitals: it may be a subcommand (CLIENT SETNAME)

  CallTrouble trouble = {};
  ConnectionTrouble connection = ConnectionTrouble::none;
  Nanoseconds blackhole_ns = never;  ///< `never`: to the end of the window, or until the rule is taken away
  LinkConditions conditions = {};

  double share = 1;
  std::uint64_t nth = 0;  ///< only the n-th of the calls that all else fits; 0: each
  TimeWindow window = {};

  /// It says how links carry bytes, and nothing of single requests.
  [[nodiscard]] bool is_of_links() const { return conditions != LinkConditions(); }
};

/// Errors: wrong_type, a sentence that says what was wrong and what would be right.
[[nodiscard]] Result<GateRule> parse_gate_rule(std::string_view text);

/// Whether the rule speaks of such requests, share, number and window left out.
[[nodiscard]] bool speaks_of(const GateRule& rule, Protocol side, const StoreRequest& request);

/// One line for each fault that rules can name, for the help and the docs.
[[nodiscard]] std::string gate_fault_table();

}  // namespace stalemate
