// What can go wrong between concurrent transactions: each case a schedule and how its anomaly shows, and at which
// levels of which database it is expected.
#pragma once

#include <cstddef>
#include <functional>
#include <initializer_list>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stalemate {

/// The table of all schedules: `pair (id, value)`, which holds 1=100 and 2=200 before each. The last digit of a value
/// names the transaction that wrote it.
inline constexpr std::string_view pair_at_first = "1=100 2=200";

/// One statement of one transaction. A transaction begins with its first step.
struct IsolationStep {
  std::size_t transaction;      ///< 1, 2 or 3
  std::string_view statement;   ///< "COMMIT" and "ROLLBACK" end it
  std::string_view label = {};  ///< of a read: the name of what it returns, among the labels of its case
};

/// What a schedule came to.
struct IsolationOutcome {
  /// By label: the rows as "1=100 2=200", empty for none. Without the reads that were not carried out.
  std::map<std::string, std::string, std::less<>> reads = {};
  std::set<std::size_t> committed = {};  ///< transactions
  std::string left = {};                 ///< the table afterwards
  std::string told = {};                 ///< line by line what happened, for people

  [[nodiscard]] bool read(std::string_view label, std::string_view rows) const;
  /// One of the rows that were read under this label.
  [[nodiscard]] bool read_row(std::string_view label, std::string_view row) const;
  [[nodiscard]] bool all_committed(std::initializer_list<std::size_t> transactions) const;
};

/// The names are those of Hermitage.
/// Source: M. Kleppmann, "Hermitage: Testing the 'I' in ACID", 2014; A. Adya, "Weak Consistency", 1999; P. Bailis et
/// al., "Highly Available Transactions", 2013.
struct IsolationCase {
  std::string_view name;   ///< such as "P4"
  std::string_view words;  ///< what the anomaly is, for people
  std::vector<IsolationStep> steps;
  bool (*seen)(const IsolationOutcome& outcome);  ///< whether it came to the anomaly
};

/// From the weakest demand to the strongest. Lives forever.
[[nodiscard]] std::span<const IsolationCase> isolation_cases();

/// At a level of a database these cases come to their anomaly, and no others.
struct IsolationExpected {
  std::string_view database;  ///< as its servers call themselves
  std::string_view level;     ///< as a session reports it
  std::vector<std::string_view> possible;
};
/// Lives forever.
[[nodiscard]] std::span<const IsolationExpected> isolation_expected();
/// nullptr where nothing is known of that level.
[[nodiscard]] const IsolationExpected* isolation_expected_at(std::string_view database, std::string_view level);

/// The cases and what is expected, as a table of Markdown.
[[nodiscard]] std::string isolation_table();

}  // namespace stalemate
