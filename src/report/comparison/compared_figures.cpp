#include "report/comparison/compared_figures.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>

#include "core/text/duration.hpp"
#include "report/findings.hpp"
#include "report/words/words.hpp"

namespace stalemate {
namespace {

using Figures = std::vector<ComparedFigure>;
using MaybeFigure = std::optional<double>;

double as_number(std::uint64_t count) {
  return static_cast<double>(count);
}

template <class Count>
ComparedFigure counted_figure(std::string name, std::string label, Count count) {
  return {std::move(name), std::move(label), FigureUnit::count, false,
          [count](const RunResults& r) -> MaybeFigure { return as_number(count(r)); }};
}

template <class Count>
ComparedFigure figure_if_any(std::string name, std::string label, Count count) {
  ComparedFigure figure = counted_figure(std::move(name), std::move(label), count);
  figure.only_if_any = true;
  return figure;
}

// Of a part of the results that a run may lack.
template <class Part>
ComparedFigure figure_of_part(std::string name, std::string label, std::optional<Part> RunResults::* part,
                              std::uint64_t Part::* count) {
  return {std::move(name), std::move(label), FigureUnit::count, false,
          [part, count](const RunResults& r) -> MaybeFigure {
            return r.*part ? MaybeFigure(as_number((*(r.*part)).*count)) : std::nullopt;
          }};
}

void add_work(Figures& all) {
  all.push_back(counted_figure("plan.reads", "reads planned", [](const RunResults& r) { return r.plan.reads; }));
  all.push_back(counted_figure("reads.ok", "reads ok", [](const RunResults& r) { return r.reads.ok; }));
  all.push_back(counted_figure("plan.writes", "writes planned", [](const RunResults& r) { return r.plan.writes; }));
  all.push_back(counted_figure("writes.ok", "writes ok", [](const RunResults& r) { return r.writes.ok; }));
  all.push_back({"drift.done_ratio", "reads per write", FigureUnit::ratio, false,
                 [](const RunResults& r) { return r.drift.done_ratio; }});
  all.push_back(
      figure_if_any("dropped", "dropped", [](const RunResults& r) { return r.reads.dropped + r.writes.dropped; }));
  all.push_back(figure_if_any("late", "late", [](const RunResults& r) { return r.reads.late + r.writes.late; }));
  all.push_back(figure_if_any("failed_or_unknown", "failed or unknown",
                              [](const RunResults& r) { return r.reads.failed() + r.writes.failed(); }));
  all.push_back(figure_if_any("retries", "retries", [](const RunResults& r) { return r.retries; }));
}

void add_loads(Figures& all) {
  const auto add = [&all](const char* name, const char* label, std::uint64_t DatabaseLoads::* count) {
    all.push_back(figure_of_part(name, label, &RunResults::loads, count));
  };
  add("loads.count", "loads of db", &DatabaseLoads::count);
  all.push_back({"loads.share", "loads a read", FigureUnit::number, false,
                 [](const RunResults& r) { return r.loads ? r.loads->share : std::nullopt; }});
  add("loads.most_in_one_second", "most in 1 s", &DatabaseLoads::most_in_one_second);
  add("loads.while_loading", "while loading", &DatabaseLoads::while_loading);
  add("loads.refused_fills", "fills refused", &DatabaseLoads::refused_fills);
}

void add_agreement(Figures& all) {
  all.push_back({"cache.hit_ratio", "cache hits", FigureUnit::share, false,
                 [](const RunResults& r) { return r.cache ? hit_ratio(*r.cache) : std::nullopt; }});
  const auto of_samples = [&all](const char* name, const char* label, std::uint64_t SampleCounts::* count) {
    all.push_back(figure_of_part(name, label, &RunResults::samples, count));
  };
  of_samples("samples.correct", "samples correct", &SampleCounts::correct);
  of_samples("samples.incorrect", "samples incorrect", &SampleCounts::incorrect);
  of_samples("samples.keys_affected", "keys affected", &SampleCounts::keys_affected);
  of_samples("samples.unrepaired_keys", "never repaired", &SampleCounts::unrepaired_keys);
  all.push_back({"samples.longest_episode_ns", "longest apart", FigureUnit::span, false, [](const RunResults& r) {
                   return r.samples ? MaybeFigure(static_cast<double>(r.samples->longest_episode_ns)) : std::nullopt;
                 }});
  all.push_back(figure_of_part("stale.stale", "stale reads", &RunResults::stale, &StaleReads::stale));
  all.push_back(figure_of_part("stale.checked", "reads checked", &RunResults::stale, &StaleReads::checked));
  all.push_back(figure_of_part("lost.writes", "lost writes", &RunResults::lost, &LostWrites::writes));
  all.push_back(figure_of_part("lost.reads", "reads missing one", &RunResults::lost, &LostWrites::reads));
}

// The checks that found violations in one of the runs, except those whose figures have their own rows.
void add_checks(Figures& all, std::span<const RunResults* const> runs) {
  std::set<std::string> names;
  for (const RunResults* run : runs) {
    for (const CheckFound& check : violated_checks(*run)) {
      if (!has_own_figures(check)) {
        names.insert(check.name);
      }
    }
  }
  const auto is_unknown = [](const RunResults& r, const std::string& name) {
    const auto check = std::ranges::find(r.checks, name, &CheckFound::name);
    return check != r.checks.end() && check->verdict == "unknown";
  };
  const auto is_counted = [](const RunResults& r, const std::string& name) {
    return std::ranges::find(r.violations, name, &NamedCount::name) != r.violations.end();
  };
  for (const std::string& name : names) {
    const auto value = [=](const RunResults& r) -> MaybeFigure {
      return is_counted(r, name) && !is_unknown(r, name)
                 ? MaybeFigure(as_number(std::ranges::find(r.violations, name, &NamedCount::name)->count))
                 : std::nullopt;
    };
    const auto why_none = [=](const RunResults& r) {
      return std::string(is_counted(r, name) && is_unknown(r, name) ? "unknown" : "");
    };
    all.push_back({"violations." + name, name, FigureUnit::count, false, value, why_none});
  }
}

void add_times(Figures& all) {
  const auto add = [&all](const std::string& op, const std::string& name, Nanoseconds LatencyFigures::* figure) {
    const auto kind = op == "read" ? &Latency::read : &Latency::write;
    const auto value = [kind, figure](const RunResults& r) -> MaybeFigure {
      const LatencyFigures& response = (r.latency.*kind).response;
      return response.count == 0 ? std::nullopt : MaybeFigure(static_cast<double>(response.*figure));
    };
    all.push_back({"latency." + op + ".response." + name + "_ns", op + " " + name, FigureUnit::latency, false, value});
  };
  for (const std::string op : {"read", "write"}) {
    add(op, "p50", &LatencyFigures::p50_ns);
    add(op, "p99", &LatencyFigures::p99_ns);
    add(op, "max", &LatencyFigures::max_ns);
  }
}

}  // namespace

std::vector<ComparedFigure> compared_figures(std::span<const RunResults* const> runs) {
  Figures all;
  add_work(all);
  add_loads(all);
  add_agreement(all);
  add_checks(all, runs);
  add_times(all);
  std::erase_if(all, [runs](const ComparedFigure& figure) {
    return figure.only_if_any &&
           std::ranges::none_of(runs, [&figure](const RunResults* run) { return figure.value(*run).value_or(0) > 0; });
  });
  return all;
}

std::string figure_text(double value, FigureUnit unit) {
  switch (unit) {
    case FigureUnit::count: return with_thousands(static_cast<std::uint64_t>(std::llround(value)));
    case FigureUnit::ratio: return decimal(value);
    case FigureUnit::share: return percent(value);
    case FigureUnit::number: return short_number(value);
    case FigureUnit::latency: return format_duration_short(std::llround(value));
    case FigureUnit::span: return spoken_duration(std::llround(value));
  }
  return "";
}

}  // namespace stalemate
