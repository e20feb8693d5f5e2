// The clauses of server faults.
#include <algorithm>

#include "core/text/duration.hpp"
#include "faults/settings.hpp"

namespace stalemate {
namespace {

struct ServerName {
  std::string_view name;
  Target target;
};

constexpr std::array server_names = {ServerName{"db", Target::database}, ServerName{"cache", Target::cache},
                                     ServerName{"replica", Target::replica}};

/// One clause, read.
struct Outage {
  Target target = Target::database;
  TimeWindow window = {};
  bool keeps_data = false;
  std::string key = {};
};

Result<Target> parse_server(std::string_view word, const ServerFaultForm& form) {
  std::vector<std::string_view> known;
  for (const ServerName& server : server_names) {
    if (std::ranges::find(form.servers, server.target) != form.servers.end()) {
      known.push_back(server.name);
      if (server.name == word) {
        return server.target;
      }
    }
  }
  return unknown_name("server", word, known);
}

Result<Outage> read_joined(std::string_view text, const ServerFaultForm& form) {
  const std::size_t at = text.find('@');
  const std::size_t plus = text.find('+', at == std::string_view::npos ? 0 : at);
  if (at == std::string_view::npos || plus == std::string_view::npos) {
    return wrong_text(in_quotes(text) + " is not SERVER@TIME+LENGTH", form.example);
  }
  const Result<Target> target = parse_server(text.substr(0, at), form);
  if (!target) {
    return std::unexpected(target.error());
  }
  const Result<Nanoseconds> begin_ns = parse_duration(text.substr(at + 1, plus - at - 1));
  if (!begin_ns) {
    return std::unexpected(begin_ns.error());
  }
  const Result<Nanoseconds> length_ns = parse_duration(text.substr(plus + 1));
  if (!length_ns) {
    return std::unexpected(length_ns.error());
  }
  return Outage{.target = *target, .window = {*begin_ns, *begin_ns + *length_ns}};
}

Result<Outage> read_words(std::string_view text, const ServerFaultForm& form) {
  const std::vector<std::string_view> words = split_at_blanks(text);
  const Result<Target> target = parse_server(words.empty() ? std::string_view() : words.front(), form);
  if (!target) {
    return std::unexpected(target.error());
  }
  Outage outage{.target = *target};
  bool has_window = false;
  for (const std::string_view word : std::span(words).subspan(1)) {
    if (word == "kept" && form.may_keep && *target == Target::cache) {
      outage.keeps_data = true;
    } else if (word.starts_with("key=") && form.may_name_key) {
      outage.key = std::string(word.substr(4));
    } else if (has_window) {
      return wrong_text(in_quotes(word) + " is one word too many in " + in_quotes(text), form.example);
    } else {
      const Result<TimeWindow> window = parse_window(word);
      if (!window) {
        return std::unexpected(window.error());
      }
      outage.window = *window;
      has_window = true;
    }
  }
  if (!has_window || outage.window.end_ns == never) {
    return wrong_text(in_quotes(text) + " does not say from when to when", form.example);
  }
  return outage;
}

}  // namespace

Result<ConfiguredFault> parse_server_fault(std::string_view text, const ServerFaultForm& form) {
  std::vector<Outage> outages;
  for (const std::string_view part : split_at_commas(text)) {
    const Result<Outage> outage = part.contains(' ') ? read_words(part, form) : read_joined(part, form);
    if (!outage) {
      return std::unexpected(outage.error());
    }
    for (const Outage& other : outages) {
      if (other.target == outage->target && other.window.begin_ns <= outage->window.end_ns &&
          outage->window.begin_ns <= other.window.end_ns) {
        return wrong_text(in_quotes(part) + " begins or ends during another of the same server", form.example);
      }
    }
    outages.push_back(*outage);
  }
  ConfiguredFault fault;
  for (const Outage& outage : outages) {
    ServerEvent event{.at_ns = outage.window.begin_ns,
                      .target = outage.target,
                      .kind = form.begin,
                      .keeps_data = outage.keeps_data,
                      .key = outage.key};
    fault.events.push_back(event);
    event.at_ns = outage.window.end_ns;
    event.kind = static_cast<ServerEventKind>(static_cast<unsigned>(form.begin) + 1);  // its end
    fault.events.push_back(event);
  }
  std::ranges::stable_sort(fault.events, {}, &ServerEvent::at_ns);
  return fault;
}

}  // namespace stalemate
