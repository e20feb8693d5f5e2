// What the steps say of an entry, and what only seems to.

#include <gtest/gtest.h>

#include "check/check.hpp"
#include "unit/check/cause_script.hpp"

namespace stalemate::test {
namespace {

/// 1000 is filled, 1001 is written and its delete never comes; the writer gives a lock back at 60, until a reader
/// misses at 100.
CauseScript an_entry_left_behind() {
  CauseScript script;
  script.reader_fills(1000, 10);
  script.op(OpKind::write, 1001, 30, 65);
  script.update(1001, 7, 40, 50);
  return script;
}

CheckResult incoherence_of(const CauseScript& script) {
  return *find_result(check_all(script.packed()), "incoherence");
}

TEST(Incoherence, goes_on_where_a_lock_is_given_back_and_ends_where_a_lookup_misses) {
  CauseScript script = an_entry_left_behind();
  script.gives_back(3, 60);
  script.reader_fills(1001, 99);
  const CheckResult found = incoherence_of(script);
  EXPECT_EQ(found.count, 1U);
  EXPECT_EQ(found.figures.at(0).value, 50) << "from the end of the update at 50 to the end of the lookup at 100";
}

TEST(Incoherence, ends_where_the_taking_of_a_lock_showed_that_there_is_no_entry) {
  CauseScript script = an_entry_left_behind();
  script.takes(Ward::hold, 3, 59);
  EXPECT_EQ(incoherence_of(script).figures.at(0).value, 10);
}

TEST(Incoherence, is_not_judged_of_a_key_of_which_no_step_shows_an_entry) {
  CauseScript script;
  script.op(OpKind::write, 1001, 30, 65);
  script.update(1001, 7, 40, 50);
  script.gives_back(3, 60);
  EXPECT_EQ(incoherence_of(script).sample, 0U);
}

}  // namespace
}  // namespace stalemate::test
