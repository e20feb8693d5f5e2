// The formats that 'stalemate export' writes: each registers itself, and nothing else lists them.
#pragma once

#include <optional>
#include <ostream>
#include <string>
#include <string_view>

#include "check/check.hpp"
#include "core/registry.hpp"
#include "export/latency_series.hpp"
#include "record/foreign/event_history.hpp"
#include "record/history.hpp"

namespace stalemate {

/// What a format is made of, which is what has to be read and computed for it.
enum class ExportSource : std::uint8_t {
  events,  ///< every op in general form, which any history has
  ops,     ///< the ops of a history of reads, writes and adds
  steps,   ///< its calls to stores as well, which only our own histories have
  report   ///< all of that, and what the checks found in it
};

/// What is written. Those members are there that the format's source asks for.
struct ExportSubject {
  const EventHistory* events = nullptr;
  const History* history = nullptr;
  const Report* report = nullptr;
  std::optional<LatencySeries> series = {};  ///< of a format that takes one
};

/// One format. `name` is what --to calls it.
/// `write` needs, beside its subject, memory that does not grow with the history, but for 4 bytes an op in `hlog`, and
/// for what `events` formats sort. It gives up where the stream fails.
struct ExportFormat {
  std::string_view name;
  std::string_view ending;   ///< of names of files that are written so, without --to; no two formats have the same
  std::string_view summary;  ///< one line for the generated tables
  ExportSource source;
  bool needs_times = false;   ///< not for histories whose instants are positions in a log
  bool takes_series = false;  ///< holds one of the latency series, which has to be named
  void (*write)(const ExportSubject& subject, std::ostream& out);
};
using ExportFormatRegistry = Registry<ExportFormat>;

/// The format with the longest ending that the file's name has, or nullptr.
[[nodiscard]] const ExportFormat* export_format_of_file(std::string_view file);

/// "csv, edn, hgrm and jsonl": the names of all.
[[nodiscard]] std::string export_format_names();

}  // namespace stalemate
