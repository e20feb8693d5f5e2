#include "report/words/samples_words.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/summary.hpp"
#include "unit/report/example_results.hpp"

namespace stalemate {
namespace {

using testing::HasSubstr;
using testing::Not;

// 10,000 of a million keys, compared as often as that could be done.
RunResults too_many_keys() {
  RunResults results = example_before();
  results.asked.set("keys", std::uint64_t{1'000'006});
  results.samples =
      SampleCounts{100 * example_ms, 10'000, 30, 65, 28, 2, 2, 2, 0, 2, 0, 100 * example_ms, 100 * example_ms};
  results.samples->overrun = 65;
  results.samples->calls = 180;
  results.samples->busy_ns = 9 * example_s;
  results.elapsed_ns = 10 * example_s;
  results.history.steps = 17'820;
  return results;
}

TEST(SamplesWords, blame_no_server_for_samples_that_took_longer_than_the_interval) {
  const std::string text = samples_words(too_many_keys());
  EXPECT_THAT(text, HasSubstr("65 samples were left out, because the one before was still under way: comparing 10,000 "
                              "keys took 300 ms in the mean, and one was due every 100 ms."));
  EXPECT_THAT(text, Not(HasSubstr("server")));
}

TEST(SamplesWords, tell_what_the_sampler_asked_of_the_stores_itself) {
  EXPECT_THAT(samples_words(too_many_keys()),
              HasSubstr("The sampler itself made 180 of all 18,000 store calls (1 %), and was at it for 90 % of the "
                        "time."));
}

TEST(SamplesWords, tell_samples_that_no_server_answered_apart) {
  RunResults results = too_many_keys();
  results.samples->skipped = 66;
  EXPECT_THAT(samples_words(results),
              HasSubstr("1 sample was given up, because a server refused or did not answer in time. 65 "
                        "samples were left out"));
}

TEST(SamplesWords, count_the_keys_that_were_looked_at) {
  EXPECT_THAT(samples_words(too_many_keys()), HasSubstr("Over 2 of 10,000 keys"));
}

TEST(SamplesWords, say_in_the_summary_that_there_were_none_where_it_was_switched_off) {
  RunResults results = example_before();
  results.samples.reset();
  EXPECT_THAT(summarize(results, 200),
              HasSubstr("Sampling was switched off, so rows and entries were not compared while "
                        "it ran."));
}

}  // namespace
}  // namespace stalemate
