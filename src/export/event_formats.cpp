// The formats that `stalemate check` reads again, for tools that judge histories: EDN, JSON lines, CSV.
#include "export/export_format.hpp"
#include "record/foreign/export.hpp"

namespace stalemate {
namespace {

[[maybe_unused]] const bool edn_registered = ExportFormatRegistry::add(
    {.name = "edn",
     .ending = ".edn",
     .summary = "ops as events, as Jepsen, Knossos and Elle read them; 'check' reads it again",
     .source = ExportSource::events,
     .write = [](const ExportSubject& subject, std::ostream& out) { write_edn(*subject.events, out); }});

[[maybe_unused]] const bool jsonl_registered = ExportFormatRegistry::add(
    {.name = "jsonl",
     .ending = ".jsonl",
     .summary = "the same events, a JSON object a line; 'check' reads it again",
     .source = ExportSource::events,
     .write = [](const ExportSubject& subject, std::ostream& out) { write_json_lines(*subject.events, out); }});

[[maybe_unused]] const bool csv_registered = ExportFormatRegistry::add(
    {.name = "csv",
     .ending = ".csv",
     .summary = "ops, one a row, with the file's facts in the first; 'check' reads it again",
     .source = ExportSource::events,
     .write = [](const ExportSubject& subject, std::ostream& out) { write_csv(*subject.events, out); }});

}  // namespace
}  // namespace stalemate
