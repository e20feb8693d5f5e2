// A witness told: its steps in words, with who does each and whom it calls.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/text/sequence_text.hpp"
#include "explore/exploration.hpp"
#include "explore/model/behaviour.hpp"

namespace stalemate {

/// Who takes part in a story: a process or a store.
struct Party {
  enum class Kind : std::uint8_t { client, background, database, replica, cache, memory };
  Kind kind = Kind::client;
  std::uint8_t process = 0;  ///< of a client or background process: its place in the scope; 0 of a store
  std::string name = {};     ///< "reader 1", "background", "database", ...

  [[nodiscard]] bool is_store() const { return kind != Kind::client && kind != Kind::background; }
  friend bool operator==(const Party&, const Party&) = default;
};

/// One step, in words.
struct ToldStep {
  Party actor = {};                  ///< who does it: a process, or a store that changes by itself
  std::optional<Party> target = {};  ///< the store that it calls; none: it calls nobody
  std::string begins = {};           ///< "begins to read"; empty where the step begins no op
  std::string act = {};              ///< "looks up the entry: a miss"
  std::string ends = {};             ///< "its read returns 0"; empty where the step ends no op
  std::string fault = {};            ///< the fault's name; empty: none
  bool arrives = true;               ///< false where the request does not reach its target
};

/// How an op ended.
struct EndedOp {
  std::uint8_t op = 0;  ///< in ops_of(scope)
  Ending ending = {};
  friend bool operator==(const EndedOp&, const EndedOp&) = default;
};

/// How the stores change in a step that no process makes.
struct StoreChange {
  enum class Kind : std::uint8_t {
    drop,      ///< the contents of `slots` are dropped, from the cache or from a server's memory
    remember,  ///< the cache's standby stops following, and keeps what it has
    put_back,  ///< that standby takes over
    database,  ///< the database's standby stops following, or takes over
    lose_push,
    replica,  ///< it begins to lag, or catches up
  };
  Kind kind = Kind::drop;
  bool local = false;            ///< of drop: from a server's memory
  std::uint8_t server = 0;       ///< of a memory's drop, and of lose_push
  std::vector<Slot> slots = {};  ///< of drop
  bool leaves_queue = false;     ///< of drop: the key leaves the queue, too
};

/// A step as needed to repeat it on other stores.
struct Move {
  ChoiceKind kind = ChoiceKind::act;
  std::uint8_t process = 0;   ///< of act, crash and arrive (whose request it is)
  CallTrouble trouble = {};   ///< of act: what becomes of the call
  bool in_log_only = false;   ///< of act: the log has the write, and the row is shown later
  bool gives_up = false;      ///< of act: a busy answer is not waited out
  bool expires_soon = false;  ///< of act: a cache command is told so
  std::size_t sent_in = 0;    ///< of arrive: the step, 0 the first, in which the request stayed behind
  StoreChange change = {};    ///< of strike and change
};

/// A witness, replayed from its choices.
struct Telling {
  std::vector<ToldStep> steps = {};
  std::vector<Move> moves = {};     ///< one a step
  std::vector<EndedOp> ended = {};  ///< in the order of their ends
  Value row = 0;                    ///< in the end
  std::optional<Value> entry = {};  ///< in the cache, in the end
  std::string conclusion = {};      ///< one or two sentences: what is wrong in the end; empty where nothing is
  std::string details = {};         ///< of a conclusion about ops: which they are, with their values and steps
  bool violated = false;            ///< by the witness's judge, at its last step and not before
};

/// Repeats a witness step by step. Errors: ErrorCode::wrong_type where a choice is not possible, because the witness is
/// of another version of the pattern or of the explorer.
[[nodiscard]] Result<Telling> tell(const Witness& witness);

/// Numbered lines, each ended by '\n', followed by what "@" stands for, the conclusion and its details, where there are
/// any.
[[nodiscard]] std::string story_of(const Telling& telling);
/// Arrows between processes and stores in plain ASCII, as sequence_text draws them.
[[nodiscard]] std::string text_diagram_of(const Telling& telling, std::size_t width = any_width);
/// The same as a Mermaid `sequenceDiagram`.
[[nodiscard]] std::string mermaid_of(const Telling& telling);
/// The same as a self-contained SVG image.
[[nodiscard]] std::string svg_of(const Telling& telling);

}  // namespace stalemate
