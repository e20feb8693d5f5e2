#include "report/words/samples_words.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/assert.hpp"
#include "report/words/phrases.hpp"
#include "report/words/words.hpp"

namespace stalemate {
namespace {

std::string episodes_sentences(const SampleCounts& samples) {
  const std::uint64_t episodes = samples.transient + samples.persistent;
  std::string text =
      fmt::format("Over {} of {}, {}: {} gone by the next sample, {} not.", with_thousands(samples.keys_affected),
                  counted(samples.keys, "key"), counted(episodes, "episode"), with_thousands(samples.transient),
                  with_thousands(samples.persistent));
  add_sentence(text, fmt::format("They lasted {} in the mean, {} at most (to about {}).",
                                 spoken_duration(samples.mean_episode_ns), spoken_duration(samples.longest_episode_ns),
                                 spoken_duration(samples.interval_ns)));
  if (samples.unrepaired_keys > 0) {
    add_sentence(
        text, fmt::format(
                  "After the last op {} still wrong.",
                  samples.unrepaired_keys == 1 ? "1 key was" : with_thousands(samples.unrepaired_keys) + " keys were"));
  }
  return text;
}

std::string samples_paragraph(const SampleCounts& samples) {
  std::string text;
  if (samples.taken == 0) {
    text = "No sample could be taken, so nothing is known.";
  } else if (samples.incorrect == 0) {
    text = fmt::format(
        "{} of {} found an entry that differs from its row: {} of moments; so many samples cannot say more.", 0,
        counted(samples.taken, "sample"), bounds_phrase(0, samples.taken));
  } else {
    text = fmt::format(
        "{} found an entry that differs from its row ({}, wider where one disagreement shows in several samples).",
        share_phrase(samples.incorrect, samples.taken, "sample"), bounds_phrase(samples.incorrect, samples.taken));
    add_sentence(text, episodes_sentences(samples));
  }
  return text;
}

// What the samples cost, and why some are missing.
std::string sampler_sentences(const RunResults& results) {
  const SampleCounts& samples = *results.samples;
  const auto were = [](std::uint64_t count) {
    return count == 1 ? std::string("1 sample was") : with_thousands(count) + " samples were";
  };
  std::string text;
  if (const std::uint64_t failed = samples.skipped - samples.overrun; failed > 0) {
    add_sentence(text, fmt::format("{} given up, because a server refused or did not answer in time.", were(failed)));
  }
  if (samples.overrun > 0) {
    const std::uint64_t begun = std::max<std::uint64_t>(1, samples.taken + samples.skipped - samples.overrun);
    add_sentence(
        text, fmt::format("{} left out, because the one before was still under way: comparing {} took {} in the mean, "
                          "and one was due every {}.",
                          were(samples.overrun), counted(samples.keys, "key"),
                          spoken_duration(samples.busy_ns / static_cast<Nanoseconds>(begun)),
                          spoken_duration(samples.interval_ns)));
  }
  if (samples.calls > 0 && results.elapsed_ns > 0) {
    const double share = static_cast<double>(samples.busy_ns) / static_cast<double>(results.elapsed_ns);
    add_sentence(
        text,
        fmt::format("The sampler itself made {} of all {} store calls ({}), and was at it for {} of the time.",
                    with_thousands(samples.calls), with_thousands(samples.calls + results.history.steps),
                    percent_of(samples.calls, samples.calls + results.history.steps), percent(std::min(1.0, share))));
  }
  return text;
}

}  // namespace

std::string samples_words(const RunResults& results) {
  STALEMATE_ASSERT(results.samples, "the run was sampled");
  std::string text = samples_paragraph(*results.samples);
  add_sentence(text, sampler_sentences(results));
  return text;
}

}  // namespace stalemate
