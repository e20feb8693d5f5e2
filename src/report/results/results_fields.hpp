// Every field of results.json, told once: the writer, the reader and the documentation walk the same description.
//
// An archive has these members, each called once a field in the order of the file:
//   value(name, member, meaning)            text, count, number, nanoseconds, yes/no by the member's type
//   seconds(name, member_ns, meaning)       nanoseconds here, seconds there
//   derived(name, kind, value, meaning)     written and described, not read
//   object(name, member, meaning)           a struct, or an optional one (null where it is none)
//   twins(name, member, name, member, meaning)  two structs of one type, described together
//   list(name, members, meaning)            of structs or of texts
//   counts(name, members, meaning)          NamedCounts as an object
//   settings(members, meaning)              AskedSettings, each a member of the object itself
#pragma once

#include <array>
#include <string_view>

#include "report/results/run_results.hpp"
#include "report/results/server_fields.hpp"

namespace stalemate {

template <class Archive>
void fields_of(Archive& archive, Asked& asked) {
  archive.settings(
      asked.settings,
      "A setting of the scenario, under its key in [scenarios](scenarios.md), with `_ns` behind it where that "
      "is a time; null where it has no effect in this run. `data`, where they are not those of the table stock: the "
      "rows, as [data] names them.");
  archive.list("faults", asked.faults, "The faults asked for, a clause each, as `WHAT: FAULT HOW`.");
}

template <class Archive>
void fields_of(Archive& archive, PlanCounts& plan) {
  archive.value("reads", plan.reads, "Reads planned before the run began.");
  archive.value("writes", plan.writes, "Writes planned before the run began.");
}

template <class Archive>
void fields_of(Archive& archive, OpCounts& ops) {
  archive.value("planned", ops.planned, "As in `plan`; = sent + dropped + not_reached.");
  archive.value("sent", ops.sent, "Begun; = ok + fail + info.");
  archive.value("ok", ops.ok, "Happened.");
  archive.value("fail", ops.fail, "Certainly did not happen.");
  archive.value("info", ops.info, "May have happened, then or later: the reply is missing.");
  archive.value("late", ops.late, "Sent, but later after the intended start than the scenario's bound.");
  archive.value("dropped", ops.dropped,
                "Never sent although the time came; with `ticker`, ticks that found the loop busy.");
  archive.value("not_reached", ops.not_reached, "Never sent because the run was interrupted before the time came.");
}

template <class Archive>
void fields_of(Archive& archive, CacheCounts& cache) {
  archive.value("hits", cache.hits, "Lookups that found an entry.");
  archive.value("misses", cache.misses, "Lookups that found none.");
  archive.derived("hit_ratio", "ratio or null", hit_ratio(cache), "hits / (hits + misses); null without lookups.");
  archive.value("predicted_hit_ratio", cache.predicted_hit_ratio,
                "What the plan alone lets expect, cold keys, expiry and calls left out by faults accounted for; null "
                "where nothing can be predicted.");
  archive.value("not_predicted", cache.not_predicted, "Why not; empty where it is, and where nothing is looked up.");
}

template <class Archive>
void fields_of(Archive& archive, SampleCounts& samples) {
  archive.value("interval_ns", samples.interval_ns, "Time between two samples.");
  archive.value("keys", samples.keys, "Keys looked at in each sample.");
  archive.value("taken", samples.taken, "Samples that saw every row and every entry; = correct + incorrect.");
  archive.value("skipped", samples.skipped,
                "Times to sample without a sample: a server did not answer, or the sample before was still under way.");
  archive.value("correct", samples.correct, "Samples in which no key was incoherent.");
  archive.value("incorrect", samples.incorrect, "Samples in which at least one key was.");
  archive.value("incoherent_keys", samples.incoherent_keys,
                "Sightings: incoherent keys, summed over the samples. A key seen in five samples counts five times.");
  archive.value("transient", samples.transient,
                "Episodes seen in one sample only. An episode is one key with the same row and the same other entry in "
                "samples that follow each other.");
  archive.value("persistent", samples.persistent, "Episodes seen in two samples or more.");
  archive.value("keys_affected", samples.keys_affected, "Distinct keys ever seen incoherent.");
  archive.value(
      "unrepaired_keys", samples.unrepaired_keys,
      "Keys incoherent when all of them were looked at once more after the last op: they stay so until their next "
      "write.");
  archive.value("longest_episode_ns", samples.longest_episode_ns,
                "The longest episode, from its first sighting to the first sample without it or the last sample of the "
                "run; right to about one interval.");
  archive.value("mean_episode_ns", samples.mean_episode_ns, "The mean over all episodes, counted the same way.");
  archive.value("overrun", samples.overrun,
                "Of `skipped`: times that passed while the sample before was still under way.");
  archive.value("calls", samples.calls, "Calls to the stores that the samples made; they are not in `history.steps`.");
  archive.value("busy_ns", samples.busy_ns, "How long the samples took, added up.");
}

template <class Archive>
void fields_of(Archive& archive, OriginCounts& origin) {
  archive.value("correct", origin.correct, "Samples in which all entries agreed.");
  archive.value("incorrect", origin.incorrect, "Wrong entries, summed over the samples.");
}

template <class Archive>
void fields_of(Archive& archive, Drift& drift) {
  archive.value("wanted_ratio", drift.wanted_ratio, "Reads planned / writes planned; null without writes.");
  archive.value("done_ratio", drift.done_ratio, "Reads ok / writes ok; null without writes.");
  archive.list("causes", drift.causes, "Why they differ, in sentences, the weightiest first; or `none: ...`.");
}

template <class Archive>
void fields_of(Archive& archive, Limit& limit) {
  archive.value(
      "by", limit.by,
      "`outage`: a server did not answer, or was stopped by a fault, for at least half of that time; `conflicts`: a "
      "tenth as many attempts as ops "
      "or more were repeated (`retries`); `locks`: a tenth of the "
      "sessions or more, and most of those inside the database, waited for a row; `stalemate`: its own threads "
      "were busy; `processor`: this machine was, mostly with the run; `server`: half of the clients did as "
      "much; `clients`: the database had room; `unknown`: none of them shows.");
  archive.value(
      "behind_ns", limit.behind_ns,
      "How long as many ops or more waited for a client as there are clients. The next five are of that time.");
  archive.value("rate", limit.rate, "Ops that ended a second.");
  archive.value("looks", limit.looks,
                "How often the database was asked what the sessions did; 0 where it does not tell.");
  archive.value("sessions_running", limit.sessions_running, "Sessions of the run that ran, in the mean.");
  archive.value("sessions_waiting_for_locks", limit.sessions_waiting_for_locks,
                "Sessions that waited for a row or table that another was changing, in the mean.");
  archive.value("sessions_waiting_otherwise", limit.sessions_waiting_otherwise,
                "Sessions that waited inside the database for its disk, its log or one another, in the mean.");
  archive.value("cores", limit.cores, "Processors of this machine.");
  archive.value("threads", limit.threads, "Threads of stalemate that send ops.");
  archive.value("busy_cores", limit.busy_cores, "Processors kept busy by everybody, over the whole run in the mean.");
  archive.value("own_cores", limit.own_cores, "By stalemate.");
  archive.value("servers_cores", limit.servers_cores,
                "By the private servers; null where others are used, or they were killed.");
  archive.value("rate_half", limit.rate_half,
                "Ops a second at the service times of ops that began with no more than half of the clients busy; null "
                "where fewer than 50 did.");
  archive.value("rate_full", limit.rate_full, "The same with more than three quarters of the clients busy.");
}

template <class Archive>
void fields_of(Archive& archive, LatencyFigures& figures) {
  archive.value("count", figures.count, "Ops measured: those with outcome ok.");
  archive.value("mean_ns", figures.mean_ns, "The mean.");
  archive.value("p50_ns", figures.p50_ns, "Half of them took no longer (all percentiles within 1 %).");
  archive.value("p90_ns", figures.p90_ns, "90 % took no longer.");
  archive.value("p99_ns", figures.p99_ns, "99 % took no longer.");
  archive.value("p99_9_ns", figures.p99_9_ns, "99.9 % took no longer.");
  archive.value("max_ns", figures.max_ns, "The longest, exact.");
}

template <class Archive>
void fields_of(Archive& archive, OpLatency& latency) {
  archive.twins("response", latency.response, "service", latency.service,
                "`response` counts from the intended start, `service` from when the op was sent.");
}

template <class Archive>
void fields_of(Archive& archive, Latency& latency) {
  archive.twins("read", latency.read, "write", latency.write, "How long ops took.");
}

template <class Archive>
void fields_of(Archive& archive, WarmUp& warm_up) {
  archive.seconds("duration_s", warm_up.duration_ns, "How long it is; ops planned before its end belong to it.");
  archive.twins("reads", warm_up.reads, "writes", warm_up.writes, "As of the rest of the run.");
  archive.object("cache", warm_up.cache, "As of the rest of the run.");
  archive.object("latency", warm_up.latency, "As of the rest of the run.");
  archive.value("loads", warm_up.loads, "As `loads.count`, of calls begun in it.");
}

template <class Archive>
void fields_of(Archive& archive, StaleReads& stale) {
  archive.value("checked", stale.checked, "Reads with outcome ok that could be judged.");
  archive.value("stale", stale.stale, "Those that returned an older version than one already acknowledged.");
  archive.value("worst_staleness_ns", stale.worst_staleness_ns, "The worst was stale by at least this much.");
  archive.value("worst_staleness_upper_ns", stale.worst_staleness_upper_ns, "No read was stale by more than this.");
  archive.value("median_staleness_ns", stale.median_staleness_ns,
                "Half of the stale reads were stale by at least this.");
  archive.value("worst_versions", stale.worst_versions, "The most versions a read was behind.");
  archive.value("incoherent_key_ns", stale.incoherent_key_ns,
                "How long entries differed from their rows, summed over the keys; from the recorded steps.");
  archive.counts("causes", stale.causes, "Stale reads by their proved cause.");
  archive.value("unexplained", stale.unexplained, "Stale reads whose cause could not be proved.");
}

template <class Archive>
void fields_of(Archive& archive, LostWrites& lost) {
  archive.value("checked", lost.checked, "Writes with outcome ok that could be judged.");
  archive.value("writes", lost.writes,
                "Those that the database never applied, or had lost once a standby had taken over.");
  archive.value("reads", lost.reads,
                "Reads that began after such a write was acknowledged and returned what had been there before it.");
  archive.value("reads_not_stale", lost.reads_not_stale,
                "Those of them that are not among `stale.stale`, since the database never had the newer version.");
  archive.value("overtaken", lost.overtaken,
                "Writes that a newer one overtook before they were sent to the database, and that no read missed; not "
                "among `lost.writes`.");
}

template <class Archive>
void fields_of(Archive& archive, CheckFound& check) {
  archive.value("name", check.name, "The check; `stalemate list checks` has them all.");
  archive.value("verdict", check.verdict,
                "`valid`, `invalid`, or `unknown`: it could not judge, which is never a pass.");
  archive.value("decides", check.decides,
                "Whether it decides the run's verdict; no: a measurement, or it was given nothing to decide on.");
  archive.value("count", check.count, "Violations.");
  archive.value("sample", check.sample, "What could be judged.");
  archive.value("sample_of", check.sample_of, "What the sample counts, such as `reads`.");
  archive.value("unjudged", check.unjudged, "What else of these there is, and could not be judged.");
  archive.value("customers", check.customers,
                "What customers met where it was broken, to stand behind `3 of 100 reads`; may be empty.");
  archive.value("first", check.first, "The first violation by time, in a sentence; empty without.");
  archive.value("note", check.note, "Why it could not judge, or what to know about its figures; may be empty.");
}

template <class Archive>
void fields_of(Archive& archive, DatabaseLoads& loads) {
  archive.value("count", loads.count, "Calls that read a row from the database or a replica.");
  archive.value("share", loads.share, "For each read sent; null without reads.");
  archive.value("most_in_one_second", loads.most_in_one_second,
                "The most that began in one of the whole seconds since the run's start.");
  archive.value("while_loading", loads.while_loading,
                "Those that began while another load of the same key was under way (a stampede).");
  archive.value("refused_fills", loads.refused_fills,
                "Fills that the cache refused, since what was loaded might have been old (lease, lock, tombstone, "
                "version).");
}

template <class Archive>
void fields_of(Archive& archive, Standstills& standstills) {
  archive.value("count", standstills.count, "Stretches of 25 ms or more, those of all threads together.");
  archive.value("total_ns", standstills.total_ns, "All of them.");
  archive.value("longest_ns", standstills.longest_ns, "The longest.");
  archive.value("longest_start_ns", standstills.longest_start_ns, "When it began, from the run's start.");
}

template <class Archive>
void fields_of(Archive& archive, HistoryFile& history) {
  archive.value("file", history.file, "The record of every op and step, in the run's folder.");
  archive.value("truncated", history.truncated, "Whether recording stopped before the run did.");
  archive.value("ops", history.ops, "Ops in it.");
  archive.value("steps", history.steps, "Steps in it: calls to a store.");
  archive.value("bytes", history.bytes, "Its size.");
}

template <class Archive>
void fields_of(Archive& archive, MergedRun& run) {
  archive.value("name", run.name, "Its folder, as it was named.");
  archive.value("started_at", run.started_at, "When it began, UTC.");
  archive.value("seed", run.seed, "Its seed.");
  archive.seconds("elapsed_s", run.elapsed_ns, "How long it took.");
  archive.value("verdict", run.verdict, "Of its history.");
  archive.value("reads", run.reads, "Its reads with outcome ok.");
  archive.value("writes", run.writes, "Its writes with outcome ok.");
}

template <class Archive>
void fields_of(Archive& archive, MergedMaximum& maximum) {
  archive.value("figure", maximum.figure, "A figure of this file that is the greatest of the runs'.");
  archive.value("run", maximum.run, "The name of the run that it is from.");
}

template <class Archive>
void fields_of(Archive& archive, Merged& merged) {
  archive.value(
      "time", merged.time,
      "`together`: the runs went on at the same time; `one after the other`; or `partly together`. `duration_s` "
      "and `elapsed_s` count the time in which at least one of them went on, once, right to a second a run.");
  archive.list("runs", merged.runs, "The runs, in the order in which they began.");
  archive.list("maxima", merged.maxima, "Which run a greatest figure is from.");
}

template <class Archive>
void fields_of(Archive& archive, RunResults& results) {
  archive.value("scenario", results.scenario, "The scenario's name.");
  archive.value("question", results.question, "What it asks, in one line.");
  archive.value("pattern", results.pattern, "The caching pattern that was run.");
  archive.value("seed", results.seed, "The seed of the plan: the same scenario and seed give the same plan.");
  archive.value("program_version", results.program_version, "The version of stalemate.");
  archive.value("started_at", results.started_at, "When the run began, UTC.");
  archive.value("replay", results.replay, "The command that runs the same plan again.");
  archive.list("engines", results.engines, "The servers that took part.");
  archive.seconds("duration_s", results.duration_ns, "How long the plan is.");
  archive.seconds("elapsed_s", results.elapsed_ns, "How long it took, from the start to the end of the last op.");
  archive.value("interrupted", results.interrupted, "Whether the run was ended before its plan was.");
  archive.object("asked", results.asked, "What was asked for: everything that a scenario can say, after all flags.");
  archive.object(
      "warm_up", results.warm_up,
      "The first part of the run, measured apart: `plan`, `reads`, `writes`, `cache`, `drift`, `latency` and "
      "`loads` are of what came after it, all else of the whole run. Null without `--warm-up`.");
  archive.object("plan", results.plan, "What was to be done.");
  archive.twins("reads", results.reads, "writes", results.writes, "What became of the plan.");
  archive.object("cache", results.cache, "Null without a cache.");
  archive.object(
      "samples", results.samples,
      "Rows compared with their entries, again and again. Null without a cache, and with `sample_every` none.");
  archive.object("origin", results.origin, "The origin's own way of counting; null without `--serialize`.");
  archive.object("limit", results.limit,
                 "What held the run back while more ops waited than there are clients; null where that never was.");
  archive.object("drift", results.drift, "Whether reads and writes kept the planned ratio.");
  archive.object("latency", results.latency, "Of ops with outcome ok only; all 0 where there are none.");
  archive.value("retries", results.retries, "Attempts repeated because the database asked for it (SQLSTATE 40001).");
  archive.counts("faults", results.faults, "Store calls a fault was applied to, by the fault's name.");
  archive.list(
      "in_force", results.in_force,
      "When the plan's faults were in force, as it came about: of one that holds a server each stretch, of one "
      "that hits calls the time from the first to the last of them.");
  archive.counts("errors", results.errors, "Ops that did not end ok, by error.");
  archive.list("stops", results.stops,
               "Stretches of time in which a fault of the plan kept a server from answering, as they came about.");
  archive.list("outages", results.outages,
               "Stretches of time in which a server could not be reached or did not answer.");
  archive.list(
      "refusals", results.refusals,
      "Store calls that a server answered with an error, whether or not the op failed; of the background part and "
      "the sampler also those that got no answer.");
  archive.object("standstills", results.standstills,
                 "How long stalemate itself stood still, stopped or without a processor: no fault of a server.");
  archive.object("processor", results.processor,
                 "Processor time of the private servers, from when all clients were connected until the last op was "
                 "over; null where there are none.");
  archive.object("stale", results.stale, "What the checks of the history found; null until it was checked.");
  archive.object("lost", results.lost,
                 "Acknowledged writes that never reached the database, or were overwritten by an add that had not seen "
                 "them; null until the history was checked.");
  archive.object("loads", results.loads,
                 "How often the database was asked for a row; null until the history was checked.");
  archive.value("verdict", results.verdict,
                "Of the history: `valid`, `invalid` if a deciding check is, else `unknown` if one is; empty until it "
                "was checked.");
  archive.list("checks", results.checks, "What every check found; none until the history was checked.");
  archive.counts(
      "violations", results.violations,
      "Violations of each check, as `stalemate check` counts them; 0 where it found none, and where it could "
      "not judge; without names until the history was checked. `stalemate list checks` has the names.");
  archive.object("history", results.history, "The record of the run.");
  archive.object("merged", results.merged,
                 "What [`merge`](merge.md) made these results of; null of a run by itself. `seed` and `asked` are then "
                 "those of the first run, counts are sums, greatest figures those of the run that has them.");
  archive.list("warnings", results.warnings, "Sentences about anything that makes the figures less than they seem.");
}

}  // namespace stalemate
