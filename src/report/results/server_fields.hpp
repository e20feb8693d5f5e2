// The fields of results.json that tell of servers: which took part, what they did, and what was done to them. As
// results_fields.hpp, which includes this.
#pragma once

#include "report/results/run_results.hpp"

namespace stalemate {

template <class Archive>
void fields_of(Archive& archive, EngineUsed& engine) {
  archive.value("role", engine.role, "What it was used as: `database` or `cache`.");
  archive.value("name", engine.name, "The engine as it calls itself, such as `PostgreSQL` or `Redis`.");
  archive.value("version", engine.version, "Its version, as the server reports it.");
  archive.value("isolation", engine.isolation,
                "The isolation level of the run's sessions, as the server reports it; empty for a cache.");
  archive.value("instead_of", engine.instead_of,
                "The engine the scenario asked for, where this one only stood in for it; else empty.");
  archive.value("named", engine.is_named, "Whether it is a server that `--db` or `--cache` named, and no private one.");
}

template <class Archive>
void fields_of(Archive& archive, Outage& outage) {
  archive.value("role", outage.role, "`database` or `cache`.");
  archive.value("start_ns", outage.start_ns, "The first failed call, from the run's start.");
  archive.value("end_ns", outage.end_ns, "The next call that succeeded, or the run's end.");
  archive.value(
      "node", outage.node,
      "Of a database with several nodes, the one that could not be reached, counted from 1 in the order in "
      "which they were named, from when a connection to it was lost until it was reached again; 0: the server "
      "as a whole, all of its nodes.");
  archive.value("nodes", outage.nodes, "How many nodes there are.");
  archive.value("place", outage.place, "Where the node listens; empty for the whole.");
}

template <class Archive>
void fields_of(Archive& archive, FaultInForce& stretch) {
  archive.value("fault", stretch.fault, "The fault, such as `evict`.");
  archive.value("at", stretch.at,
                "The server that it held: `database`, `cache` or `replica`; of a fault that hits calls `calls`.");
  archive.value("start_ns", stretch.start_ns, "When it began, from the run's start; of `calls` the first one it hit.");
  archive.value("end_ns", stretch.end_ns, "When it was over; of `calls` the last one it hit.");
}

template <class Archive>
void fields_of(Archive& archive, PlannedStop& stop) {
  archive.value("fault", stop.fault, "The fault, such as `stall`.");
  archive.value("role", stop.role, "`database` or `cache`.");
  archive.value("start_ns", stop.start_ns, "When the server was stopped, from the run's start.");
  archive.value("end_ns", stop.end_ns, "When it answered again, or the run's end.");
}

template <class Archive>
void fields_of(Archive& archive, Refusal& refusal) {
  archive.value("role", refusal.role, "`database` or `cache`.");
  archive.value("part", refusal.part,
                "Who called: `clients`, `background` (the part of the pattern that serves no client) or `sampler`.");
  archive.value("error", refusal.error, "The kind of error, as in `errors`.");
  archive.value("count", refusal.count, "Calls that met it.");
  archive.value("words", refusal.words, "The first answer, in the server's own words.");
}

template <class Archive>
void fields_of(Archive& archive, ServerUse& use) {
  archive.value("busy_ns", use.busy_ns, "Processor time that its processes used.");
}

template <class Archive>
void fields_of(Archive& archive, ProcessorUse& use) {
  archive.value("watched_ns", use.watched_ns, "How long it was watched; with the warm-up.");
  archive.object("database", use.database, "Null where `--db` names it, or a fault of the run started it again.");
  archive.object("cache", use.cache, "The same of the cache.");
  archive.object("replica", use.replica, "The same of the replica.");
}

}  // namespace stalemate
