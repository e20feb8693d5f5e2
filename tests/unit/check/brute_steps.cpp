// The twins of what is read from steps and from the rest, and the exact 95 % bounds.
#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>

#include "core/absent_row.hpp"
#include "unit/check/brute_force.hpp"

namespace stalemate::test {

namespace {

/// Steps that went well, in the order in which their effects came.
using Effects = std::vector<StepRecord>;

Effects effects_of_key(const History& history, std::uint32_t key) {
  std::vector<std::pair<Nanoseconds, std::size_t>> order;
  const std::span<const StepRecord> steps = history.steps();
  for (std::size_t place = 0; place < steps.size(); ++place) {
    const StepRecord& step = steps[place];
    const bool is_blind = step.command() == Command::get && step.cache_command() != 0 &&
                          !history.header.cache_commands.at(step.cache_command()).shows_entry;
    const bool is_seen = (step.store() == Store::database || step.store() == Store::cache) && !is_blind;
    if (history.find_op(step.op())->key().index == key && is_seen && step.outcome() == Outcome::ok) {
      order.emplace_back(step.end_ns(), place);
    }
  }
  std::ranges::sort(order);
  Effects effects;
  for (const auto& [end_ns, place] : order) {
    effects.push_back(steps[place]);
  }
  return effects;
}

/// Whether the effect at that place says what the row holds from then on.
bool tells_row(const Effects& effects, std::size_t place) {
  const StepRecord& step = effects[place];
  if (step.store() != Store::database) {
    return false;
  }
  for (std::size_t earlier = 0; earlier < place; ++earlier) {
    const StepRecord& other = effects[earlier];
    if (other.command() != Command::write) {
      continue;
    }
    if (step.command() == Command::write && other.version() > step.version()) {
      return false;  // overtaken: the row already holds something newer
    }
    if (step.command() == Command::read && other.end_ns() > step.start_ns() && tells_row(effects, earlier)) {
      return false;  // it may have looked before that update
    }
  }
  return true;
}

bool tells_entry(const Effects& effects, std::size_t place) {
  const StepRecord& step = effects[place];
  return step.store() == Store::cache &&
         (step.command() != Command::get ||
          std::none_of(effects.begin(), effects.begin() + static_cast<std::ptrdiff_t>(place),
                       [&step](const StepRecord& other) {
                         return (other.command() == Command::set || other.command() == Command::erase) &&
                                other.end_ns() > step.start_ns();
                       }));
}

/// What was there from an instant on, until the next.
struct Sight {
  Nanoseconds from_ns = 0;
  Value value = absent;
};

std::vector<Sight> sights_of(const Effects& effects, bool (*tells)(const Effects&, std::size_t)) {
  std::vector<Sight> sights;
  for (std::size_t place = 0; place < effects.size(); ++place) {
    if (tells(effects, place)) {
      const bool is_gone = effects[place].command() == Command::erase;
      sights.push_back({effects[place].end_ns(), is_gone ? absent : row_after(effects[place].value())});
    }
  }
  return sights;
}

Value held_at(const std::vector<Sight>& sights, Nanoseconds at_ns, Value at_first) {
  Value held = at_first;
  for (const Sight& sight : sights) {
    held = sight.from_ns <= at_ns ? sight.value : held;
  }
  return held;
}

double poisson_at_most(std::uint64_t hits, double mean) {
  double term = std::exp(-mean);
  double sum = term;
  for (std::uint64_t i = 1; i <= hits; ++i) {
    term *= mean / static_cast<double>(i);
    sum += term;
  }
  return sum;
}

}  // namespace

std::uint64_t count_same_bases(const History& history, const std::set<OpIndex>& gone) {
  std::uint64_t count = 0;
  std::set<std::pair<std::uint32_t, Value>> bases;
  for (const OpRecord& op : history.ops()) {
    if (op.kind() != OpKind::add || op.outcome() != Outcome::ok || gone.contains(op.index())) {
      continue;
    }
    std::optional<Value> base;                                      // an attempt that was repeated loaded in vain
    for (const Store shown_by : {Store::database, Store::local}) {  // what the client says counts more
      for (const StepRecord& step : history.steps_of(op.index())) {
        if (step.store() == shown_by && step.command() == Command::read && step.outcome() == Outcome::ok) {
          base = step.value();
        }
      }
    }
    count += base && *base != no_row && !bases.emplace(op.key().index, *base).second ? 1 : 0;
  }
  return count;
}

std::uint64_t count_unconverged(const History& history) {
  return static_cast<std::uint64_t>(std::ranges::count_if(
      history.rest, [](const RestRecord& rest) { return rest.entry != absent && rest.entry != rest.row; }));
}

Incoherence incoherence_of(const History& history) {
  Incoherence found;
  Nanoseconds end_ns = history.trailer ? history.trailer->duration_ns : 0;
  for (const StepRecord& step : history.steps()) {
    end_ns = std::max(end_ns, step.end_ns());
  }
  for (std::uint32_t key = 0; key < history.header.key_count; ++key) {
    const Effects effects = effects_of_key(history, key);
    const bool has_entry =
        std::ranges::any_of(effects, [](const StepRecord& step) { return step.store() == Store::cache; });
    found.keys += has_entry ? 1 : 0;
    const std::vector<Sight> rows = sights_of(effects, tells_row);
    const std::vector<Sight> entries = sights_of(effects, tells_entry);
    std::set<Nanoseconds> instants = {end_ns};
    for (const StepRecord& step : effects) {
      instants.insert(step.end_ns());
    }
    std::optional<Nanoseconds> since_ns;
    for (const Nanoseconds at_ns : instants) {
      const Value entry = held_at(entries, at_ns, absent);
      const Value row = held_at(rows, at_ns, history.header.initial_value);
      const bool is_incoherent = entry != absent && entry != row;
      if (since_ns && (!is_incoherent || at_ns == end_ns)) {
        ++found.episodes;
        found.total_ns += at_ns - *since_ns;
        found.longest_ns = std::max(found.longest_ns, at_ns - *since_ns);
        since_ns.reset();
      } else if (!since_ns && is_incoherent && at_ns < end_ns) {
        since_ns = at_ns;
      }
    }
  }
  return found;
}

Loads loads_of(const History& history, Nanoseconds warm_up_ns) {
  const std::span<const StepRecord> steps = history.steps();
  const auto is_left_out = [](const StepRecord& step) {
    return step.outcome() == Outcome::fail && step.fault() != no_fault && step.end_ns() == step.start_ns();
  };
  const auto key_of = [&history](const StepRecord& step) { return history.find_op(step.op())->key(); };
  Loads found;
  std::map<Nanoseconds, std::uint64_t> by_second;
  for (std::size_t place = 0; place < steps.size(); ++place) {
    const StepRecord& step = steps[place];
    const bool is_early = step.start_ns() < warm_up_ns;
    if (step.role() == Role::fill && step.outcome() == Outcome::fail && step.error() == ErrorCode::none) {
      found.refused_fills += is_early || is_left_out(step) ? 0 : 1;
    }
    if (step.role() != Role::load || is_left_out(step)) {
      continue;
    }
    if (is_early) {
      ++found.in_warm_up;
      continue;
    }
    bool is_while_loading = false;
    for (std::size_t other = 0; other < steps.size(); ++other) {
      const StepRecord& load = steps[other];
      const bool is_load = other != place && load.role() == Role::load && !is_left_out(load);
      const bool is_before = std::pair(load.start_ns(), other) < std::pair(step.start_ns(), place);
      is_while_loading = is_while_loading ||
                         (is_load && is_before && key_of(load) == key_of(step) && load.end_ns() >= step.start_ns());
    }
    ++found.all;
    found.while_loading += is_while_loading ? 1 : 0;
    found.most_in_one_second = std::max(found.most_in_one_second, ++by_second[step.start_ns() / 1'000'000'000]);
  }
  return found;
}

double brute_share_upper_95(std::uint64_t hits, std::uint64_t sample) {
  if (sample == 0) {
    return 1;
  }
  if (hits == 0) {
    return std::min(1.0, 3.0 / static_cast<double>(sample));
  }
  static thread_local std::map<std::uint64_t, double> means;
  double& mean = means[hits];
  if (mean == 0) {
    double low = 0;
    double high = 10 * static_cast<double>(hits) + 10;
    for (int i = 0; i < 60; ++i) {
      mean = (low + high) / 2;
      (poisson_at_most(hits, mean) > 0.05 ? low : high) = mean;
    }
  }
  return std::min(1.0, mean / static_cast<double>(sample));
}

}  // namespace stalemate::test
