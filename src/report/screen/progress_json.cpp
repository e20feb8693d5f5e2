#include "report/screen/progress_json.hpp"

#include <nlohmann/json.hpp>
#include <vector>

namespace stalemate {
namespace {

using Json = nlohmann::ordered_json;

std::string_view word_of(RunPhase phase) {
  switch (phase) {
    case RunPhase::starting: return "starting";
    case RunPhase::running: return "running";
    case RunPhase::draining: return "draining";
    case RunPhase::finished: return "finished";
    case RunPhase::interrupted: return "interrupted";
  }
  return "running";
}

Json told(const ResponseTimes& times) {
  return {{"count", times.count}, {"p50_ns", times.p50_ns}, {"p99_ns", times.p99_ns}};
}

Json told(const KindProgress& kind) {
  return {{"planned", kind.counts.planned},
          {"due", kind.due},
          {"sent", kind.counts.sent},
          {"ok", kind.counts.ok},
          {"failed", kind.counts.failed()},
          {"late", kind.counts.late},
          {"dropped", kind.counts.dropped},
          {"done_last_second", kind.done_last_second},
          {"last_second", told(kind.last_second)},
          {"overall", told(kind.overall)}};
}

Json told(const SampleTotals& samples) {
  return {{"taken", samples.counts.taken},
          {"keys", samples.counts.keys},
          {"correct", samples.counts.correct},
          {"incoherent_keys", samples.counts.incoherent_keys},
          {"incoherent_keys_now", samples.incoherent_keys_now},
          {"keys_affected", samples.counts.keys_affected},
          {"oldest_episode_ns", samples.oldest_episode_ns}};
}

Json told(const std::vector<NamedCount>& counts) {
  Json list = Json::array();
  for (const NamedCount& count : counts) {
    list.push_back({{"name", count.name}, {"count", count.count}});
  }
  return list;
}

}  // namespace

std::string to_json(const Progress& progress) {
  Json json = {{"title", progress.title},
               {"engines", progress.engines},
               {"phase", word_of(progress.phase)},
               {"elapsed_ns", progress.elapsed_ns},
               {"duration_ns", progress.duration_ns},
               {"reads", told(progress.reads)},
               {"writes", told(progress.writes)},
               {"backlog", progress.backlog},
               {"in_flight", progress.in_flight},
               {"retries", progress.retries},
               {"faults", told(progress.faults)},
               {"errors", told(progress.errors)},
               {"notes", progress.notes}};
  if (progress.cache) {
    json["cache"] = {{"hits", progress.cache->hits}, {"misses", progress.cache->misses}};
  }
  if (progress.samples) {
    json["samples"] = told(*progress.samples);
  }
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace stalemate
