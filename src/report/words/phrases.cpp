#include "report/words/phrases.hpp"

#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "report/bounds.hpp"
#include "report/words/words.hpp"

namespace stalemate {

std::string engines_phrase(const RunResults& results) {
  std::string phrase;
  for (const EngineUsed& engine : results.engines) {
    phrase += fmt::format("{}{}", phrase.empty() ? "" : " and ", engine.name);
    phrase += engine.version.empty() ? "" : " " + engine.version;
    phrase += engine.isolation.empty() ? "" : fmt::format(" ({})", engine.isolation);
  }
  return phrase.empty() ? "no server" : phrase;
}

std::string stand_in_phrase(const RunResults& results) {
  for (const EngineUsed& engine : results.engines) {
    if (!engine.instead_of.empty()) {
      return fmt::format("{} {} stood in for {}", engine.name, engine.version, engine.instead_of);
    }
  }
  return "";
}

std::string faults_phrase(const RunResults& results) {
  return results.asked.faults.empty() ? "" : fmt::format("'{}'", fmt::join(results.asked.faults, "', '"));
}

std::string done_phrase(const OpCounts& counts, std::string_view noun) {
  if (counts.planned == 0) {
    return fmt::format("no {}s (none were planned)", noun);
  }
  if (counts.ok == counts.planned) {
    return counts.ok == 1 ? fmt::format("the one {}", noun) : "all " + counted(counts.ok, noun);
  }
  return fmt::format("{} of {}", with_thousands(counts.ok), counted(counts.planned, noun));
}

std::string share_phrase(std::uint64_t part, std::uint64_t whole, std::string_view noun) {
  return fmt::format("{} of {} ({})", with_thousands(part), counted(whole, noun), percent_of(part, whole));
}

std::string bounds_phrase(std::uint64_t part, std::uint64_t whole) {
  const Bounds bounds = share_bounds(part, whole);
  if (part == 0) {
    return fmt::format("at 95 % confidence less than {}", percent(bounds.upper));
  }
  if (part == whole) {
    return fmt::format("at 95 % confidence more than {}", percent(bounds.lower));
  }
  return fmt::format("95 % interval {} to {}", percent(bounds.lower), percent(bounds.upper));
}

std::string one_in_phrase(std::uint64_t part, std::uint64_t whole, std::string_view noun) {
  if (part >= whole) {
    return fmt::format("every {}", noun);
  }
  if (part >= whole - whole / 20) {
    return fmt::format("nearly every {}", noun);
  }
  const double one_in = static_cast<double>(whole) / static_cast<double>(part);
  return fmt::format("about one {} in {}", noun, short_number(one_in < 10 ? one_in : std::round(one_in)));
}

std::string times_phrase(Nanoseconds before_ns, Nanoseconds after_ns) {
  const double times = static_cast<double>(after_ns) / static_cast<double>(before_ns);
  return times < 9.95 ? fmt::format("{:#.2g}", times) : short_number(std::round(times));
}

std::string counts_phrase(const std::vector<NamedCount>& counts) {
  std::string phrase;
  for (const NamedCount& count : counts) {
    phrase += fmt::format("{}{} {}", phrase.empty() ? "" : ", ", count.name, with_thousands(count.count));
  }
  return phrase;
}

std::uint64_t looks(const SampleCounts& samples) {
  return samples.taken * samples.keys;
}

std::string rate_of(double a_second, std::string_view noun) {
  const std::string number = short_number(a_second);
  return fmt::format("{} {}{}", number, noun, number == "1" ? "" : "s");
}

std::string capitalized(std::string text) {
  if (!text.empty() && text.front() >= 'a' && text.front() <= 'z') {
    text.front() = static_cast<char>(text.front() - 'a' + 'A');
  }
  return text;
}

void add_sentence(std::string& paragraph, std::string_view sentence) {
  if (!sentence.empty()) {
    paragraph.append(paragraph.empty() ? "" : " ").append(sentence);
  }
}

std::string isolation_of(const RunResults& results) {
  for (const EngineUsed& engine : results.engines) {
    if (engine.role == "database") {
      return engine.isolation;
    }
  }
  return "";
}

std::size_t end_of_sentence(std::string_view text) {
  for (std::size_t place = text.find(". "); place != std::string_view::npos; place = text.find(". ", place + 1)) {
    const char next = place + 2 < text.size() ? text[place + 2] : ' ';
    if ((next >= 'A' && next <= 'Z') || (next >= '0' && next <= '9')) {
      return place + 1;
    }
  }
  return text.size();
}

}  // namespace stalemate
