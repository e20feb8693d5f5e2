// Races known from the literature, by name, as tokens that the explorer found: each is repeated, and a search of the
// same scope finds none that is shorter.
#include <gtest/gtest.h>

#include <ostream>

#include "explore/telling/telling.hpp"
#include "explore/telling/token.hpp"

namespace stalemate {
namespace {

struct Race {
  std::string_view name;
  std::string_view token;
  std::string_view last_words;  ///< of the story
};

std::ostream& operator<<(std::ostream& out, const Race& race) {
  return out << race.name;
}

constexpr std::string_view missed = "The read missed a write that had been acknowledged before the read began.";

const Race races[] = {
    // Nishtala et al., "Scaling Memcache at Facebook", NSDI 2013: the stale set.
    {"cache_aside_stale_fill", "s1-1dhp2rv8cmpp2wv9chjgaskjcnspg13q5hs740000000c2080000g209pk70", missed},
    {"cache_aside_lost_delete",
     "s1-1dhp2rv8cmpp2wv9chjh0wk5c5j2tybfens2txvjd5t6awr3e9vq40811hp6ywvm5ns6awbncnsq80000r000000g00g0080wnydm",
     "The read missed a write that its own process had been acknowledged before."},
    {"cache_aside_crash_between_update_and_delete",
     "s1-1dhp2rv8cmpp2wv9chjgjrvfdsv6awk7cnsg4wkq040garvjc5spg0000m000000gc0g00cna2vg",
     "At rest the cache holds 0, and the row is 1."},
    {"invalidate_first_refill", "s1-21mpwxk1dhmp8rbmcmppctbjedt0jrvfdsv6awk7cnsg6xsce80000000m00g20011jydtg",
     "At rest the cache holds 0, and the row is 1."},
    {"double_delete_slow_fill", "s1-1nj6yxb2dhjjts35dhjq8s89cdqpwxk5e9kpawr3ewp740000000c0081000022zxy6g",
     "At rest the cache holds 0, and the row is 1."},
    {"update_after_write_other_order", "s1-29tq0s31ehjjtrb6ehjq4bbqe9mq8s89cdqpwxk5e9kpawr3ewp7e00000008008100f6zjt",
     "At rest the cache holds 1, and the row is 2."},
    {"update_first_write_that_never_was",
     "s1-1htq0s31ehjjtsk9e9sq82b3dxq7csbjcxjq60bq040grv3fedt2twk5e5tpawvm0000404004003p84hc",
     "At rest the cache holds 1, and the row is 0."},
    // Kleppmann, "How to do distributed locking", 2016: the lock expires during a pause.
    {"lock_expires_during_a_pause", "s1-0hp6yrvb15hpyvkpcns6esbk0dvjrwg10436ay3gd5s6a0001800h181000gg2000000g20npjr0",
     "At rest the cache holds 0, and the row is 1."},
    {"fenced_lock_forgets_its_token",
     "s1-1dk6avk3cnj2tv3fcdngjrvfdsv6awk7cnsg6xsce80g21vjcnsq8rbjeg0002g0122g2001104000001040rnam",
     "At rest the cache holds 0, and the row is 1."},
    {"write_behind_evicted_before_its_flush",
     "s1-1hvq4tbmcmpp4sb8d5q681b6e9jq6t03ewp740810njqctb3eg000180gm0g00881049nzc7", missed},
    {"write_through_two_owners", "s1-1nvq4tbmcmpq8t3jdxtpet09cdqpwxk5e9kpawr7ex030b3j80rg000000500208104000001040w7nv",
     "At rest the cache holds 0, and the row is 1."},
    {"versioned_tombstone_evicted",
     "s1-2dv6awkkd5qpwsb45nt6yvb2edt6yvk515hpyvkpcns6esbk0dvjrwg1042paxk9cdt00006104000450400220c34vg",
     "At rest the cache holds 0, and the row is 1."},
    {"gumball_forgets_its_time_stamp", "s1-0xkqavb2c5p6r2b3dxq7csbjcxjq60vq5hs02086cnw70tbjcm0001g810001181000ghfh1wc",
     "At rest the cache holds 0, and the row is 1."},
    {"outbox_relay_lags", "s1-0sqqax32dxw0askjcnspg13jewp740000000a0000000hx55p4", missed},
    {"lease_lost_delete", "s1-0np6arbkcm2pcwk5edm06wkqe80g233cdxsq8bbjcnrqasbkeg0001g000001001000g1z3pdw", missed},
    {"near_cache_keeps_what_others_replaced",
     "s1-19q6arbj5nhp2rv8cm2pcwk5edm0gxt060p74wj0640000001440g2000000g2082y2ar", missed},
    {"none_write_sent_twice", "s1-0hq6yvk51hp6jvk5c5s6jyk1c9p6a13qe8p7e08119j7aw3cd5hp2x35cg0001400400220400bf028",
     "No order of the ops, each at one instant between its begin and its end, explains what was read."},
};

class KnownRace : public testing::TestWithParam<Race> {};

TEST_P(KnownRace, repeats_itself) {
  const Result<Witness> witness = parse_token(GetParam().token);
  ASSERT_TRUE(witness) << witness.error().detail;
  const Result<Telling> telling = tell(*witness);
  ASSERT_TRUE(telling) << telling.error().detail;
  EXPECT_TRUE(telling->violated);
  EXPECT_EQ(telling->conclusion, GetParam().last_words) << story_of(*telling);
}

TEST_P(KnownRace, is_a_shortest_one) {
  const Result<Witness> witness = parse_token(GetParam().token);
  ASSERT_TRUE(witness);
  const SearchResult result = search(witness->options, {});
  ASSERT_EQ(result.violations.size(), 1U);
  EXPECT_EQ(result.violations.front().choices.size(), witness->choices.size());
  EXPECT_EQ(token_of(Witness{witness->options, result.violations.front().choices}), GetParam().token);
}

INSTANTIATE_TEST_SUITE_P(Races, KnownRace, testing::ValuesIn(races),
                         [](const testing::TestParamInfo<Race>& race) { return std::string(race.param.name); });

}  // namespace
}  // namespace stalemate
