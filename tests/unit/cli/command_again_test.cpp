// What is to be done once more is told so that it can be, and without what may be secret.
#include "cli/text/command_again.hpp"

#include <gtest/gtest.h>

#include <CLI/App.hpp>
#include <string>
#include <vector>

namespace stalemate {
namespace {

// A subcommand with options of every kind.
std::string again(const std::string& arguments) {
  CLI::App app("a subcommand", "decide");
  std::string scenario, cache, replica, budget, page;
  std::vector<std::string> databases;
  bool is_quick = false;
  app.add_option("SCENARIO", scenario);
  app.add_option("--db", databases);
  app.add_option("--cache", cache);
  app.add_option("--replica", replica);
  app.add_option("--budget", budget);
  app.add_option("--page", page);
  app.add_flag("--quick", is_quick);
  app.parse(arguments);
  return command_again(app);
}

TEST(CommandAgain, has_what_was_asked_for_and_not_how_it_is_told) {
  EXPECT_EQ(again("before --page out.html --quick --budget 90s"), "stalemate decide before --budget 90s --quick");
}

TEST(CommandAgain, names_engines_as_they_were_named) {
  EXPECT_EQ(again("before --db mariadb --cache memcached"), "stalemate decide before --db mariadb --cache memcached");
}

TEST(CommandAgain, tells_addresses_as_url_since_they_may_hold_passwords) {
  EXPECT_EQ(again("before --db postgres://u:hush@a/x --db postgres://u:hush@b/x --cache redis://:hush@c/0 "
                  "--replica postgres://u:hush@d/x"),
            "stalemate decide before --db URL --db URL --cache URL --replica URL");
  EXPECT_EQ(again("before --cache hush@nowhere"), "stalemate decide before --cache URL") << "what is no engine's name";
}

}  // namespace
}  // namespace stalemate
