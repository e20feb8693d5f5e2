// OpReader: reads ops that are maps in EDN or JSON.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "record/foreign/edn.hpp"
#include "record/foreign/event_assembler.hpp"

namespace stalemate {

/// How a notation writes the name of a member, and what an op looks like in it.
struct OpNotation {
  std::string_view before = {};  ///< of a name: a colon or a quote
  std::string_view behind = {};
  std::string_view shape = {};  ///< the end of every sentence about an op
};

/// Collects the ops of one file.
class OpReader {
 public:
  /// The values of a file may not hold more forms: a bound on memory.
  static constexpr std::uint64_t forms_max = std::uint64_t{1} << 26U;

  OpReader(std::string_view name, const OpNotation& notation, bool is_excerpt)
      : name_(name), notation_(notation), is_excerpt_(is_excerpt) {}

  /// `{:type :invoke, :process 0, :f :read, :value nil}`, with what else may be there; or a row of the first four,
  /// `[0 :invoke :read nil]`. Errors: ErrorCode::protocol, with file and line.
  [[nodiscard]] Result<void> take(const edn::Form& form, std::uint64_t line);

  /// The history of all ops taken. Errors: as assemble.
  [[nodiscard]] Result<EventHistory> finish();

 private:
  [[nodiscard]] std::unexpected<Error> wrong(const std::string& what) const;
  [[nodiscard]] std::string member(std::string_view name) const;
  [[nodiscard]] Result<void> take_map(const edn::Form& map);
  [[nodiscard]] Result<void> take_row(const edn::Form& row);
  [[nodiscard]] Result<void> take_details(const edn::Form& map, RawEvent& event) const;
  [[nodiscard]] Result<void> add(RawEvent event, const edn::Form* type, const edn::Form* f);
  void take_facts(const edn::Form& map);

  std::string_view name_;
  OpNotation notation_;
  bool is_excerpt_;
  std::uint64_t line_ = 0;
  std::uint64_t forms_ = 0;  // held by values and keys
  std::vector<RawEvent> events_;
  std::optional<ExportFacts> facts_;
  std::optional<std::int64_t> first_index_;  // as the file numbers its events
};

}  // namespace stalemate
