#include "report/limit.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/assert.hpp"
#include "report/words/server_trouble.hpp"
#include "report/words/words.hpp"

namespace stalemate {
namespace {

// With most sessions inside the database, it has no room for more.
constexpr double crowded_share = 0.5;
// If one session in ten waits for a row, and most of those inside do, another session would wait, too.
constexpr double contended_share = 0.1;
// This many failed attempts show that ops conflict.
constexpr double conflicts_share = 0.1;
// A machine, or our own threads, this busy have no capacity left.
constexpr double exhausted_share = 0.9;
// Half of the clients did nearly as much as all of them: within this share.
constexpr double no_gain_share = 0.9;
// Fewer observations than this show a moment, not a run.
constexpr std::uint64_t looks_min = 3;

// The ops under way at once that the wanted rates need at the measured service times, by Little's law.
double ops_needed(const RunResults& results) {
  return results.asked.read_rate() * static_cast<double>(results.latency.read.service.mean_ns) / 1e9 +
         results.asked.write_rate() * static_cast<double>(results.latency.write.service.mean_ns) / 1e9;
}

bool has_conflicts(const RunResults& results) {
  const auto sent = static_cast<double>(results.reads.sent + results.writes.sent);
  return static_cast<double>(results.retries) >= conflicts_share * sent && results.retries > 0;
}

double sessions_inside(const Limit& limit) {
  return limit.sessions_running + limit.sessions_waiting_for_locks + limit.sessions_waiting_otherwise;
}

bool is_contended(const Limit& limit, double clients) {
  return limit.looks >= looks_min && limit.sessions_waiting_for_locks >= contended_share * clients &&
         limit.sessions_waiting_for_locks >= sessions_inside(limit) / 2;
}

bool is_machine_busy(const Limit& limit) {
  return limit.busy_cores >= exhausted_share * static_cast<double>(limit.cores);
}

bool is_exhausted(const Limit& limit) {
  return is_machine_busy(limit) && limit.own_cores + limit.servers_cores.value_or(0) >= limit.busy_cores / 2;
}

bool is_own_fault(const Limit& limit) {
  return limit.own_cores >= exhausted_share * static_cast<double>(std::min(limit.threads, limit.cores));
}

bool gains_nothing(const Limit& limit) {
  return limit.rate_half && limit.rate_full && *limit.rate_half >= no_gain_share * *limit.rate_full;
}

// Most sessions had nothing to do: what takes the time is outside of the database.
bool has_room(const Limit& limit, double clients) {
  return limit.looks >= looks_min && sessions_inside(limit) < crowded_share * clients &&
         limit.sessions_waiting_for_locks < contended_share * clients && !is_machine_busy(limit);
}

std::string sessions_phrase(const RunResults& results) {
  const Limit& limit = *results.limit;
  return fmt::format(
      "of {} in the mean {} waited for a lock on a row that another was changing, {} for something else inside the "
      "database, {} ran (seen in {})",
      counted(results.asked.clients(), "session"), short_number(limit.sessions_waiting_for_locks),
      short_number(limit.sessions_waiting_otherwise), short_number(limit.sessions_running),
      counted(limit.looks, "look"));
}

std::string processor_phrase(const Limit& limit) {
  std::string text = fmt::format("its {} were busy to {} (stalemate {}", counted(limit.cores, "processor"),
                                 percent(std::min(1.0, limit.busy_cores / static_cast<double>(limit.cores))),
                                 short_number(limit.own_cores));
  if (limit.servers_cores) {
    text += fmt::format(", its servers {}", short_number(*limit.servers_cores));
  }
  return text + " of them)";
}

// True of most of the time in which the run was behind.
bool was_unanswered(const RunResults& results) {
  const Nanoseconds stretch_ns = unanswered_ns(results);
  return stretch_ns > 0 && stretch_ns >= results.limit->behind_ns / 2;
}

bool has_unanswered(const RunResults& results) {
  return !results.stops.empty() || !results.outages.empty();
}

// What else contributed.
std::string share_of_servers(const RunResults& results) {
  return has_unanswered(results) ? fmt::format("; for {} of the run {}", spoken_duration(unanswered_ns(results)),
                                               unanswered_phrase(results))
                                 : "";
}

constexpr std::string_view no_more = ", so more clients would only wait longer";

std::string phrase_of(const RunResults& results) {
  const Limit& limit = *results.limit;
  const std::string clients = results.asked.clients() == 1
                                  ? "the one client was"
                                  : fmt::format("all {} clients were", with_thousands(results.asked.clients()));
  const std::string done = fmt::format("{} busy and {} ops a second were done", clients, short_number(limit.rate));
  if (limit.by == "outage") {
    return fmt::format("{}; {} then, which says nothing of what the servers can do", done, unanswered_phrase(results));
  }
  if (limit.by == "conflicts") {
    return fmt::format(
        "{}; that is what the database can do with these rows: it had {} attempts repeated, because others had changed "
        "the same rows at the same time, so more clients would only conflict more",
        done, with_thousands(results.retries));
  }
  if (limit.by == "locks") {
    return fmt::format("{}; that is what the database can do with these rows: {}{}", done, sessions_phrase(results),
                       no_more);
  }
  if (limit.by == "processor") {
    return fmt::format("{}; that is what this machine can do: {}{}", done, processor_phrase(limit), no_more);
  }
  if (limit.by == "stalemate") {
    return fmt::format("{}; that is what stalemate itself can send from this machine with {}: {}{}", done,
                       counted(limit.threads, "thread"), processor_phrase(limit), no_more);
  }
  if (limit.by == "server") {
    return fmt::format("{}; that is what the servers can do: with no more than half of the clients busy it was {}{}",
                       done, short_number(*limit.rate_half), no_more);
  }
  if (limit.by == "clients") {
    return fmt::format(
        "{}, while the database had room: {}; at the measured service times the plan needs {} ops under way at once, "
        "and there are {}",
        done, sessions_phrase(results), with_thousands(static_cast<std::uint64_t>(std::ceil(ops_needed(results)))),
        counted(results.asked.clients(), "client"));
  }
  std::string text =
      fmt::format("{}; whether more clients would do more, or the servers were at their limit, is not known", done);
  if (is_machine_busy(limit)) {
    return text + fmt::format(", since this machine was busy with other programs: {}", processor_phrase(limit));
  }
  return limit.looks >= looks_min ? text + " (" + sessions_phrase(results) + ")" : text;
}

}  // namespace

std::string derive_limit(const RunResults& results) {
  STALEMATE_ASSERT(results.limit, "there was one");
  const Limit& limit = *results.limit;
  const auto clients = static_cast<double>(results.asked.clients());
  if (was_unanswered(results)) {
    return "outage";
  }
  if (has_conflicts(results)) {
    return "conflicts";
  }
  if (is_contended(limit, clients)) {
    return "locks";
  }
  if (is_own_fault(limit)) {
    return "stalemate";
  }
  if (is_exhausted(limit)) {
    return "processor";
  }
  if (gains_nothing(limit)) {
    return "server";
  }
  return has_room(limit, clients) && ops_needed(results) > clients ? "clients" : "unknown";
}

std::string limit_phrase(const RunResults& results) {
  STALEMATE_ASSERT(results.limit, "there was one");
  return phrase_of(results) + (results.limit->by == "outage" ? "" : share_of_servers(results));
}

std::string losses_phrase(const RunResults& results, std::uint64_t dropped, double rate_wanted) {
  // A run that would have kept up loses only the ops that came due in that time, and some that waited already.
  constexpr double slack = 1.1;
  const double due = slack * rate_wanted * static_cast<double>(unanswered_ns(results)) / 1e9;
  if (has_unanswered(results) && static_cast<double>(dropped) <= due) {
    return unanswered_phrase(results) + " for a while, and their time was over before the backlog was done";
  }
  return results.limit ? limit_phrase(results) : "the clients could not keep up" + share_of_servers(results);
}

std::string limit_sentence(const RunResults& results) {
  if (!results.limit || results.limit->behind_ns < results.elapsed_ns / 10) {
    return "";
  }
  const std::string phrase = limit_phrase(results);
  if (std::ranges::any_of(results.drift.causes,
                          [&phrase](const std::string& cause) { return cause.contains(phrase); })) {
    return "";
  }
  return fmt::format("For {} more ops waited than there are clients: {}.", spoken_duration(results.limit->behind_ns),
                     phrase);
}

}  // namespace stalemate
