#include "export/export_format.hpp"

namespace stalemate {

const ExportFormat* export_format_of_file(std::string_view file) {
  const ExportFormat* found = nullptr;
  for (const ExportFormat& format : ExportFormatRegistry::all()) {
    if (file.ends_with(format.ending) && (found == nullptr || format.ending.size() > found->ending.size())) {
      found = &format;
    }
  }
  return found;
}

std::string export_format_names() {
  const auto formats = ExportFormatRegistry::all();
  std::string names;
  for (const ExportFormat& format : formats) {
    names += &format == formats.data() ? "" : &format == &formats.back() ? " and " : ", ";
    names += format.name;
  }
  return names;
}

}  // namespace stalemate
