// Scopes as text, and their parts.
#include "explore/scope.hpp"

#include <gtest/gtest.h>

namespace stalemate {
namespace {

TEST(Scope, reads_back_what_it_writes) {
  for (const std::string_view text : {"w", "w,w,rr,rr", "wr,w,r", "w@0,rr@1", "rw@3,r@3"}) {
    const Result<Scope> scope = parse_scope(text);
    ASSERT_TRUE(scope) << text;
    EXPECT_EQ(to_text(*scope), text);
  }
}

TEST(Scope, says_what_is_wrong_with_a_text) {
  for (const auto& [text, part] : {std::pair("", "1 to 4 ops"),
                                   {"w,x", "holds 'x'"},
                                   {"rrrrr", "1 to 4 ops"},
                                   {"w@7", "0 to 3"},
                                   {"w@1,r", "or none"},
                                   {"r,r,r,r,r,r,r", "at most 6"},
                                   {"wwww,wwww", "at most 7 writes"}}) {
    const Result<Scope> scope = parse_scope(text);
    ASSERT_FALSE(scope) << text;
    EXPECT_NE(scope.error().detail.find(part), std::string::npos) << scope.error().detail;
  }
}

TEST(Scope, puts_the_nth_writer_beside_the_nth_reader) {
  const Scope scope = *parse_scope("w,w,rr,rr");
  EXPECT_EQ(scope.processes[0].server, scope.processes[2].server);
  EXPECT_EQ(scope.processes[1].server, scope.processes[3].server);
  EXPECT_EQ(servers_of(scope), 2U);
}

TEST(Scope, has_parts_from_the_smallest_to_itself) {
  const Scope scope = *parse_scope("w,rr");
  const std::vector<Scope> parts = parts_of(scope);
  ASSERT_EQ(parts.size(), 5U);  // w; r; rr; w,r; w,rr
  EXPECT_EQ(parts.front().processes.size(), 1U);
  EXPECT_EQ(to_text(parts.back()), "w,rr");
}

TEST(Scope, tells_parts_apart_by_who_shares_a_server) {
  std::size_t pairs = 0;
  for (const Scope& part : parts_of(*parse_scope("w,w,r,r"))) {
    const std::string text = to_text(part);
    pairs += text == "w,r" || text == "w@0,r@1" ? 1 : 0;
  }
  EXPECT_EQ(pairs, 2U);
}

TEST(Scope, covers_what_leaves_out_processes_and_last_ops) {
  const auto covered = [](const char* whole, const char* part, bool same_servers = false) {
    return covers(*parse_scope(whole), *parse_scope(part), same_servers);
  };
  EXPECT_TRUE(covered("w,w,rr,rr", "w,w,rr,rr"));
  EXPECT_TRUE(covered("w,w,rr,rr", "w,r,r"));
  EXPECT_TRUE(covered("wr,w", "w,w"));
  EXPECT_FALSE(covered("wr,w", "r,w")) << "its first op is left out";
  EXPECT_FALSE(covered("w,rr", "w,r,r"));
  EXPECT_TRUE(covered("w,w,r,r", "w@0,r@1")) << "beside the other server's reader";
  EXPECT_FALSE(covered("w,r", "w@0,r@1")) << "there they share a server";
  EXPECT_FALSE(covered("w@0,r@1", "w,r")) << "there they do not";
  EXPECT_FALSE(covered("w,w,r,r", "w,r", true)) << "with fewer servers";
  EXPECT_TRUE(covered("w,w,r,r", "w,w,r", true));
}

}  // namespace
}  // namespace stalemate
