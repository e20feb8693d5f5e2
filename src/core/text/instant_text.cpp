#include "core/text/instant_text.hpp"

#include <chrono>
#include <sstream>
#include <string_view>

namespace stalemate {

std::optional<std::int64_t> seconds_since_epoch(const std::string& instant) {
  std::istringstream text(instant);
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  unsigned hour = 0;
  unsigned minute = 0;
  unsigned second = 0;
  char mark[6] = {};
  text >> year >> mark[0] >> month >> mark[1] >> day >> mark[2] >> hour >> mark[3] >> minute >> mark[4] >> second >>
      mark[5];
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{month}, std::chrono::day{day}};
  if (!text || std::string_view(mark, sizeof mark) != "--T::Z" || !date.ok()) {
    return std::nullopt;
  }
  const std::chrono::seconds since = std::chrono::sys_days(date).time_since_epoch() + std::chrono::hours(hour) +
                                     std::chrono::minutes(minute) + std::chrono::seconds(second);
  return since.count();
}

}  // namespace stalemate
