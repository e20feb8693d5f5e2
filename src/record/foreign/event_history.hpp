// EventHistory: a history from any tool, in general form: any number of processes, keys and values of any kind.
//
// Readers of other people's formats make these; the general checker reads them; a native History converts to one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/error.hpp"
#include "core/types.hpp"
#include "record/history.hpp"

namespace stalemate {

/// The place of a value in a ValueTable. Equal values have equal ids within one table.
using ValueId = std::uint32_t;
/// Nil: no value there, or none known. In every table.
inline constexpr ValueId nil_value = 0;

/// `form`: anything that is not nil, an integer of 64 bits or text (a list, a keyword, true, 1.5), as canonical EDN.
enum class ValueKind : std::uint8_t { nil, integer, text, form };

/// Values by number. Ids are given in the order in which values are first interned.
/// Thread rule: interning on one thread; reading on any afterwards.
class ValueTable {
 public:
  ValueTable();
  ValueId intern(std::int64_t integer);
  ValueId intern_text(std::string_view text);
  ValueId intern_form(std::string_view canonical_edn);

  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] ValueKind kind(ValueId id) const { return entries_[id].kind; }
  /// Requires: kind(id) is integer.
  [[nodiscard]] std::int64_t integer(ValueId id) const { return entries_[id].integer; }
  /// The text itself, or the form's EDN. Requires: kind(id) is text or form.
  [[nodiscard]] const std::string& text(ValueId id) const { return entries_[id].text; }
  /// As EDN, for people and for EDN files: nil, 42, "x y", [1 2].
  [[nodiscard]] std::string edn(ValueId id) const;

  /// The same values under the same ids.
  friend bool operator==(const ValueTable& left, const ValueTable& right) { return left.entries_ == right.entries_; }

 private:
  struct Entry {
    ValueKind kind = ValueKind::nil;
    std::int64_t integer = 0;
    std::string text;
    friend bool operator==(const Entry&, const Entry&) = default;
  };
  ValueId intern_as(ValueKind kind, std::string_view text);

  std::vector<Entry> entries_;
  std::unordered_map<std::int64_t, ValueId> integers_;
  std::unordered_map<std::string, ValueId> texts_;  ///< a letter for the kind, then the text
};

/// `append` adds text (or list elements) to the value's end; `add` adds a number to it.
enum class EventKind : std::uint8_t { read, write, cas, append, add };
[[nodiscard]] std::string_view name_of(EventKind kind);

/// What the steps of a native history say of a write's update of the row: nothing (none is known to have been sent);
/// that it was `refused` or left out; that it was `applied`, or may have been.
enum class UpdateFate : std::uint8_t { unseen, refused, applied };
[[nodiscard]] std::string_view name_of(UpdateFate fate);

/// One op of a process, from its invocation to its completion. Intervals are closed: equal instants are concurrent.
/// A `read` that is not `ok` says nothing and may be skipped. A `fail`ed write, cas, append or add certainly had no
/// effect; whether a failed cas had found another value, or failed for another reason, the formats do not say.
/// Invariant: invocation <= completion; an `info` op has completion == never.
struct EventOp {
  std::uint32_t process = 0;  ///< index into EventHistory::processes
  std::uint32_t key = 0;      ///< index into EventHistory::keys
  EventKind kind = EventKind::read;
  Outcome outcome = Outcome::info;
  ErrorCode error = ErrorCode::none;  ///< of native histories; ErrorCode::none in others
  ValueId value = nil_value;          ///< written, appended, added, a cas's new one; returned by an `ok` read
  ValueId expected = nil_value;       ///< of a cas
  std::int64_t invocation = 0;        ///< nanoseconds where EventHistory::timed, else positions in the log
  std::int64_t completion = never;
  std::int64_t intended = 0;               ///< equal to invocation but in native histories
  std::uint32_t index = 0;                 ///< native: the OpIndex; else the op's place by invocation
  UpdateFate update = UpdateFate::unseen;  ///< of native histories
  Version version = unknown_version;       ///< of an applied update, where the database told it
  friend bool operator==(const EventOp&, const EventOp&) = default;
};

/// How a check judged the run that a history was exported from.
struct JudgedCheck {
  std::string name = {};
  std::string verdict = {};  ///< "valid", "invalid", "unknown", or "undecided": unknown, and did not decide
  std::uint64_t count = 0;   ///< violations
  friend bool operator==(const JudgedCheck&, const JudgedCheck&) = default;
};

/// What is known of a recording beyond its ops. It goes with the ops from one format to the next.
struct RecordingFacts {
  bool is_native = false;       ///< one of our own, in which an add holds the value that it left
  bool is_excerpt = false;      ///< a part of a longer history: what held before it is not known
  std::string truncation = {};  ///< a sentence: where its end is missing; empty: it is complete, as far as is known
  std::vector<EngineFacts> engines = {};  ///< the servers that took part
  /// Of a native history, judged with its steps, which exports do not hold; empty of any other.
  std::vector<JudgedCheck> verdicts = {};
  friend bool operator==(const RecordingFacts&, const RecordingFacts&) = default;
};

/// A history in general form.
struct EventHistory {
  std::vector<EventOp> ops = {};  ///< sorted by invocation, then index
  ValueTable values = {};
  std::vector<ValueId> keys = {};           ///< by EventOp::key; one nil key where the format has none
  std::vector<std::string> processes = {};  ///< by EventOp::process: as EDN, such as 3 or "a"
  /// True: instants are nanoseconds. False: positions of lines in a log, which has no usable times.
  bool timed = false;
  bool has_initial = false;     ///< whether the file says what every key held at first
  ValueId initial = nil_value;  ///< what it was; nil otherwise
  std::string name = {};        ///< the file's, for sentences
  bool has_end_mark = false;    ///< whether the file tells that nothing is missing at its end
  RecordingFacts facts = {};
  std::vector<std::string> notes = {};  ///< sentences: what makes the file less than it seems

  /// The same ops, keys, processes and values; the file's name and format do not matter.
  friend bool operator==(const EventHistory& left, const EventHistory& right) {
    return left.ops == right.ops && left.values == right.values && left.keys == right.keys &&
           left.processes == right.processes && left.timed == right.timed && left.has_initial == right.has_initial &&
           left.initial == right.initial && left.facts == right.facts;
  }
};

/// A native history's ops in general form (`background` ops are no client's and are left out). A value is an integer,
/// `absent` is nil.
[[nodiscard]] EventHistory to_events(const History& history);

/// The other way, for histories of reads, writes and adds. Values that are integers of 32 bits are kept as they are;
/// if any is something else, all are numbered and header.value_names names them; the same for keys and clients. What is
/// known of updates becomes one step each. Exact for the ops that to_events made.
/// Errors: ErrorCode::unsupported, there is a cas or an append, or more than 65,536 processes, or an instant of 78
/// hours or more, or an op of 9 min 9 s or more whose end, rounded up to 1,024 ns as a native history has it, would no
/// longer come before an op that began behind it.
[[nodiscard]] Result<History> to_history(const EventHistory& events);

/// An excerpt together with what may have held before it, so that it can be judged as a whole history: every key starts
/// with a value that nothing else has; a value that a read or cas found, and that no op of the excerpt wrote in time,
/// is given a write begun before it. `values_repeat`: the value that a key started with may be written again in the
/// excerpt; false: each value was written once, before it or in it.
/// Ops that were added come last by index, of processes named "before the excerpt".
[[nodiscard]] EventHistory with_what_came_before(const EventHistory& excerpt, bool values_repeat);

}  // namespace stalemate
