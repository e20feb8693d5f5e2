#include "explore/matrix/guarantees.hpp"

#include <algorithm>
#include <string>

namespace stalemate {
namespace {

/// What stands between backquotes in the line that begins with `begin`, in `text`.
std::vector<std::string_view> names_in_line(std::string_view text, const std::string& begin) {
  std::vector<std::string_view> names;
  const std::size_t place = text.find(begin);
  std::string_view line = place == std::string_view::npos ? std::string_view() : text.substr(place + begin.size());
  line = line.substr(0, line.find('\n'));
  for (std::size_t open = line.find('`'); open != std::string_view::npos;) {
    const std::size_t close = line.find('`', open + 1);
    if (close == std::string_view::npos) {
      break;
    }
    names.push_back(line.substr(open + 1, close - open - 1));
    open = line.find('`', close + 1);
  }
  return names;
}

}  // namespace

std::vector<std::string_view> patterns_of_page() {
  std::vector<std::string_view> names;
  std::string_view table = embedded_guarantees();
  table = table.substr(std::min(table.find("\n| pattern |"), table.size()));
  table = table.substr(0, table.find("\n\n"));
  constexpr std::string_view row = "\n| `";
  for (std::size_t place = table.find(row); place != std::string_view::npos; place = table.find(row, place + 1)) {
    const std::string_view name = table.substr(place + row.size());
    names.push_back(name.substr(0, name.find('`')));
  }
  return names;
}

std::vector<std::string_view> patterns_that_hold(const JudgeInfo& judge,
                                                 const std::vector<const VirtualFaultInfo*>& faults) {
  const std::string heading = "\n### " + std::string(judge.name) + "\n";
  std::string_view part = embedded_guarantees();
  const std::size_t place = part.find(heading);
  part = place == std::string_view::npos ? std::string_view() : part.substr(place + heading.size());
  part = part.substr(0, part.find("\n#"));
  std::vector<std::string_view> names = names_in_line(part, "\n- no fault: ");
  for (const VirtualFaultInfo* fault : faults) {
    const std::string begin = "\n- " + std::string(fault->name) + ": ";
    if (part.find(begin) != std::string_view::npos) {
      const std::vector<std::string_view> with = names_in_line(part, begin);
      std::erase_if(names, [&](std::string_view name) { return std::ranges::find(with, name) == with.end(); });
    }
  }
  return names;
}

}  // namespace stalemate
