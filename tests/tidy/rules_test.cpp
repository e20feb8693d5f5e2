// Every rule finds what is planted, and lets pass what only looks like it.
#include "tidy/rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stalemate::tidy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

bool nowhere(const std::string&) {
  return false;
}
bool everywhere(const std::string&) {
  return true;
}

Findings includes_of(const std::string& path, const std::string& text) {
  return check_includes(SourceFile(path, text), nowhere);
}

Findings determinism_of(const std::string& text, const std::string& path = "src/check/planted.cpp") {
  return check_determinism(SourceFile(path, text), nullptr);
}

Findings coroutines_of(const std::string& text) {
  return check_coroutines(SourceFile("src/a/planted.cpp", text));
}

// Of two headers and a source file of different rooms.
Findings type_names_of(const std::string& first, const std::string& second, const std::string& third = "") {
  const SourceFile one("src/cli/a.hpp", first);
  const SourceFile two("src/servers/b.hpp", second);
  const SourceFile three("src/servers/c.cpp", third);
  return check_type_names({&one, &two, &three});
}

Findings form_of(const std::string& path, const std::string& text) {
  return check_form(SourceFile(path, text), {}, nowhere);
}

TEST(IncludeRule, names_file_line_and_what_the_room_may_include) {
  const std::string text = "// A plan.\n#include <vector>\n#include \"drivers/postgres.hpp\"\n";
  EXPECT_THAT(includes_of("src/plan/planted.cpp", text),
              ElementsAre("src/plan/planted.cpp:3: plan may include only scenario and core, not "
                          "\"drivers/postgres.hpp\""));
}

TEST(IncludeRule, keeps_every_room_to_its_table) {
  const char* const wrong[][2] = {
      {"core", "record/reader.hpp"},  {"scenario", "plan/plan.hpp"},    {"patterns", "drivers/redis.hpp"},
      {"faults", "plan/plan.hpp"},    {"drivers", "record/writer.hpp"}, {"servers", "drivers/redis.hpp"},
      {"record", "plan/plan.hpp"},    {"plan", "record/writer.hpp"},    {"drive", "drivers/redis.hpp"},
      {"drive", "patterns/none.hpp"}, {"explore", "drivers/redis.hpp"}, {"check", "plan/plan.hpp"},
      {"report", "drive/drive.hpp"},  {"check", "cli/main.hpp"},        {"unheard_of", "core/op.hpp"}};
  for (const auto& [room, path] : wrong) {
    const std::string text = std::string("#include \"") + path + "\"\n";
    EXPECT_THAT(includes_of(std::string("src/") + room + "/planted.hpp", text), SizeIs(1)) << room << " " << path;
  }
}

TEST(IncludeRule, lets_pass_what_the_table_allows) {
  const char* const right[][2] = {{"plan", "scenario/scenario.hpp"},  {"drive", "record/writer.hpp"},
                                  {"drive", "scenario/scenario.hpp"}, {"report", "check/check.hpp"},
                                  {"cli", "drivers/redis.hpp"},       {"core", "core/op.hpp"}};
  for (const auto& [room, path] : right) {
    const std::string text = std::string("#include \"") + path + "\"\n";
    EXPECT_THAT(includes_of(std::string("src/") + room + "/planted.hpp", text), IsEmpty()) << room << " " << path;
  }
}

TEST(IncludeRule, keeps_what_is_inside_the_prefilter_to_itself) {
  const std::string inside = "#include \"check/prefilter/zone_table.hpp\"\n";
  const std::string open = "#include \"check/prefilter/prefilter.hpp\"\n";
  for (const char* path : {"src/check/planted.hpp", "src/check/exact/planted.hpp", "src/cli/planted.hpp",
                           "tests/unit/check/planted.cpp", "bench/planted.cpp"}) {
    EXPECT_THAT(includes_of(path, inside), ElementsAre(HasSubstr("others may include only"))) << path;
    EXPECT_THAT(includes_of(path, open), IsEmpty()) << path;
  }
  EXPECT_THAT(includes_of("src/check/prefilter/planted.hpp", inside), IsEmpty());
}

TEST(IncludeRule, keeps_asio_where_sockets_are) {
  const std::string text = "#include <boost/asio/ip/tcp.hpp>\n";
  EXPECT_THAT(includes_of("src/record/planted.hpp", text), ElementsAre(HasSubstr("planted.hpp:1: only drivers")));
  EXPECT_THAT(includes_of("src/drivers/planted.hpp", text), IsEmpty());
  EXPECT_THAT(includes_of("src/drive/planted.hpp", text), IsEmpty());
}

TEST(IncludeRule, refuses_paths_that_climb) {
  EXPECT_THAT(includes_of("tests/unit/core/planted.cpp", "#include \"../a.hpp\"\n"), SizeIs(1));
}

TEST(IncludeRule, wants_a_files_own_header_first) {
  const SourceFile wrong("src/plan/a.cpp", "#include <vector>\n#include \"plan/a.hpp\"\n");
  EXPECT_THAT(check_includes(wrong, everywhere), ElementsAre(HasSubstr("include src/plan/a.hpp first")));
  const SourceFile right("src/plan/a.cpp", "#include \"plan/a.hpp\"\n#include <vector>\n");
  EXPECT_THAT(check_includes(right, everywhere), IsEmpty());
}

TEST(IncludeRule, reads_no_include_in_a_comment_or_a_string) {
  const std::string text =
      "// #include \"cli/a.hpp\"\n/*\n#include \"cli/a.hpp\"\n*/\nauto s = R\"(\n#include \"cli/a.hpp\"\n)\";\n";
  EXPECT_THAT(includes_of("src/core/planted.hpp", text), IsEmpty());
}

TEST(DeterminismRule, refuses_clocks_chance_threads_and_the_environment) {
  for (const char* text :
       {"auto t = std::chrono::steady_clock::now();", "auto t = Clock_clock::now();", "clock_gettime(0, &t);",
        "auto t = time(nullptr);", "auto t = std::time(nullptr);", "auto t = ::time(0);", "std::random_device device;",
        "int x = rand();", "return std::rand();", "std::thread worker(f);", "auto f = std::async(g);", "std::mutex m;",
        "#include <thread>\n", "#include <mutex>\n", "std::getenv(\"HOME\");", "return getenv(\"HOME\");",
        "std::this_thread::yield();", "#define NOW std::chrono::system_clock::now()\n"}) {
    EXPECT_FALSE(determinism_of(text).empty()) << text;
  }
}

TEST(DeterminismRule, names_the_line) {
  EXPECT_THAT(determinism_of("// A check.\n\nint x = rand();\n"),
              ElementsAre("src/check/planted.cpp:3: check is deterministic: chance may not come in by `rand`"));
}

TEST(DeterminismRule, lets_pass_ports_names_comments_and_strings) {
  for (const char* text :
       {"auto t = ports.clock.now();", "// std::thread is refused here", "auto s = \"std::thread\";",
        "Nanoseconds time(Op op);", "op.time();", "op->random();", "int thread = 3;", "thread_local int kept = 0;",
        "Random& random() { return random_; }", "std::uint64_t clock() const;", "R\"x( getenv(\"HOME\") )x\";"}) {
    EXPECT_THAT(determinism_of(text), IsEmpty()) << text;
  }
}

TEST(DeterminismRule, refuses_iteration_over_unordered_containers) {
  for (const char* text :
       {"std::unordered_map<Key, std::vector<int>> seen; void f() { for (auto& [k, v] : seen) g(k); }",
        "void f(const std::unordered_set<int>& all) { for (int x : all) g(x); }",
        "using Index = std::unordered_map<int, int>; Index index; void f() { for (auto x : index) g(x); }",
        "std::unordered_set<int> all; auto first = all.begin();",
        "void f() { for (auto x : this->table_) g(x); } std::unordered_multimap<int, int> table_;"}) {
    EXPECT_THAT(determinism_of(text), SizeIs(1)) << text;
  }
}

TEST(DeterminismRule, knows_the_members_of_the_sibling_header) {
  const SourceFile header("src/check/a.hpp", "struct A { std::unordered_map<int, int> by_value_; };");
  const SourceFile file("src/check/a.cpp", "void A::f() { for (auto x : by_value_) g(x); }");
  EXPECT_THAT(check_determinism(file, &header), SizeIs(1));
  EXPECT_THAT(check_determinism(file, nullptr), IsEmpty());
}

TEST(DeterminismRule, lets_pass_lookups_and_ordered_containers) {
  for (const char* text :
       {"std::unordered_map<int, int> seen; bool b = seen.find(3) != seen.end();",
        "std::map<int, int> seen; void f() { for (auto x : seen) g(x); }",
        "std::unordered_map<int, int> seen; void f() { for (int i = 0; i < 3; ++i) seen.insert(i); }"}) {
    EXPECT_THAT(determinism_of(text), IsEmpty()) << text;
  }
}

TEST(DeterminismRule, leaves_the_other_rooms_alone) {
  EXPECT_THAT(determinism_of("std::thread worker(f);", "src/drive/planted.cpp"), IsEmpty());
}

TEST(CoroutineRule, refuses_temporaries_in_a_statement_with_co_await) {
  for (const char* text : {
           "co_await Awaiter{p};",
           "co_await f([p]{ g(); });",
           "co_await f(Options{p, 3});",
           "co_await f({p,\n 3});",
           "co_await f(Options{});",
           "co_await Awaiter{[p] { g(); h(); }};",
           "co_await Awaiter{std::move(named)};",
           "co_await [p]() -> Task<int> { return g(); }();",
           "auto r = co_await f(Key{3});",
           "if (auto r = co_await f(Key{3}); !r) { co_return r; }",
           "while ((co_await f({1})) > 0) { g(); }",
           "for (auto x : co_await f({1})) { g(); }",
           "auto r = Pair{1, co_await f()};",
           "switch (co_await f(Key{1})) { default: g(); }",
           "co_return co_await f(list[3]);",
       }) {
    const std::string function = "Task<int> f(int p) {\n  " + std::string(text) + "\n}\n";
    EXPECT_THAT(coroutines_of(function), SizeIs(1)) << text;
  }
}

TEST(CoroutineRule, names_the_line) {
  EXPECT_THAT(coroutines_of("Task<int> f() {\n  // co_await g({1});\n  co_await g(\n      {1});\n}\n"),
              ElementsAre(HasSubstr("src/a/planted.cpp:3: a statement with co_await may not hold `{`")));
}

TEST(CoroutineRule, lets_pass_named_arguments_and_neighbouring_braces) {
  for (const char* text : {
           "co_await f(p);",
           "Options o{1, 2}; co_await f(o);",
           "Awaiter a{p}; co_await a;",
           "auto named = [p] { return p; }; co_await f(named);",
           "if (auto r = co_await f(); !r) { co_return r; } else { Key k{3}; g(k); }",
           "while (co_await f()) {}",
           "if (co_await f()) { g({1}); }",
           "for (int i = 0; i < 3; ++i) { co_await f(i); }",
           "do { co_await f(); } while (list[3]);",
           "try { co_await f(); } catch (...) { g({}); }",
           "switch (x) { case 1: { co_await f(); break; } default: break; }",
           "[[maybe_unused]] auto r = co_await f();",
           "for (const auto& [key, value] : named) { co_await f(key); }",
           "auto s = \"{\"; co_await f('{');",
       }) {
    const std::string function = "Task<int> f(int p) {\n  " + std::string(text) + "\n}\n";
    EXPECT_THAT(coroutines_of(function), IsEmpty()) << text;
  }
}

TEST(CoroutineRule, refuses_coroutine_lambdas_that_capture) {
  for (const char* text :
       {"auto t = [&]() -> Task<int> { co_return 1; };", "spawn([this](int x) -> Task<> { co_await f(x); });",
        "auto t = [=]() mutable -> Task<int> { if (x) { co_return 1; } };"}) {
    EXPECT_THAT(coroutines_of(text), ElementsAre(HasSubstr("a lambda that captures may not be a coroutine"))) << text;
  }
}

TEST(CoroutineRule, lets_pass_coroutine_lambdas_that_capture_nothing) {
  EXPECT_THAT(coroutines_of("auto t = [](int x) -> Task<int> { co_await f(x); co_return 1; };"), IsEmpty());
  EXPECT_THAT(coroutines_of("auto t = [&](int x) { return x + y; };"), IsEmpty());
  EXPECT_THAT(coroutines_of("class A { Task<void> f() const override { co_await g(); } int x{3}; };"), IsEmpty());
}

TEST(TypeNameRule, names_both_files_and_the_type) {
  EXPECT_THAT(type_names_of("namespace stalemate {\nstruct RunFolder {\n  int a;\n};\n}\n",
                            "// A folder.\nnamespace stalemate {\nclass Other;\nclass RunFolder final : Base {};\n}\n"),
              ElementsAre("src/servers/b.hpp:4: a type stalemate::RunFolder is defined in src/cli/a.hpp too, and no "
                          "linker would tell; give one of them another name"));
}

TEST(TypeNameRule, sees_every_way_to_define_a_type) {
  for (const char* const definition :
       {"struct T {};", "class T {};", "union T {};", "enum T { a };", "enum class T : unsigned char { a };",
        "enum struct T { a };", "class T final {};", "class T : public Base<int> {};", "struct alignas(64) T {};",
        "struct [[nodiscard]] T {};", "template <class U, class V = int> class T {};",
        "int f() { return 1; } struct T {};", "struct Outer { struct T {}; };\nstruct T {};",
        "constexpr int a[] = {1, 2}; struct T {};", "inline namespace {}\nnamespace detail { class T; } struct T {};",
        "#define X {\nstruct T {};"}) {
    const std::string text = std::string("namespace stalemate {\n") + definition + "\n}\n";
    EXPECT_THAT(type_names_of("namespace stalemate { struct T {}; }", text), SizeIs(1)) << definition;
    EXPECT_THAT(type_names_of("", "namespace stalemate { struct T {}; }", text), SizeIs(1)) << definition;
  }
}

TEST(TypeNameRule, lets_pass_what_is_another_type_or_none) {
  for (const char* const text :
       {"class T;", "enum class T : int;", "void f(struct T* t) {}", "template <class T> void f() {}",
        "template <class T = int, class U> class V {};", "struct Outer { struct T {}; enum class E { T }; };",
        "void f() { struct T { int a; }; }", "namespace { struct T {}; }", "namespace detail { struct T {}; }",
        "struct Outer::T {};", "template <> struct T<int> {};", "using T = int;",
        "struct T* find() { return nullptr; }", "// struct T {};", "struct { int T; } a;"}) {
    EXPECT_THAT(
        type_names_of("namespace stalemate { struct T {}; }", std::string("namespace stalemate {\n") + text + "\n}"),
        IsEmpty())
        << text;
  }
  EXPECT_THAT(type_names_of("namespace stalemate { struct T {}; }", "namespace stalemate::tidy { struct T {}; }"),
              IsEmpty());
  EXPECT_THAT(type_names_of("namespace stalemate { struct T {}; }", "struct T {};"), IsEmpty());
}

TEST(TypeNameRule, knows_a_namespace_however_it_is_written) {
  EXPECT_THAT(type_names_of("namespace a::b { struct T {}; }", "namespace a { namespace b { struct T {}; } }"),
              SizeIs(1));
}

TEST(FormRule, refuses_long_lines_and_long_files) {
  EXPECT_THAT(form_of("src/core/a.hpp", "// A.\n#pragma once\n//" + std::string(119, 'x') + "\n"),
              ElementsAre("src/core/a.hpp:3: the line is longer than 120 characters"));
  std::string text = "// A.\n#pragma once\n";
  for (int line = 0; line < 399; ++line) {
    text += "int x;\n";
  }
  EXPECT_THAT(form_of("src/core/a.hpp", text), ElementsAre(HasSubstr("401 lines")));
  EXPECT_THAT(check_form(SourceFile("src/core/a.hpp", text), {"src/core/a.hpp"}, nowhere), IsEmpty());
}

TEST(FormRule, counts_characters_not_bytes) {
  std::string line = "//";
  for (int character = 0; character < 118; ++character) {
    line += "\u00b5";
  }
  EXPECT_THAT(form_of("src/core/a.hpp", "// A.\n#pragma once\n" + line + "\n"), IsEmpty());
}

TEST(FormRule, wants_an_opening_comment_and_pragma_once) {
  EXPECT_THAT(form_of("src/core/a.hpp", "\n#pragma once\n"), ElementsAre(HasSubstr("opens with a comment")));
  EXPECT_THAT(form_of("src/core/a.cpp", "int x;\n"), ElementsAre(HasSubstr("opens with a comment")));
  EXPECT_THAT(form_of("src/core/a.hpp", "// A.\nint x;\n"), ElementsAre(HasSubstr("#pragma once")));
  EXPECT_THAT(check_form(SourceFile("src/core/a.cpp", "int x;\n"), {}, everywhere), IsEmpty());
  EXPECT_THAT(form_of("tests/unit/core/a_test.cpp", "int x;\n"), IsEmpty());
}

TEST(FormRule, refuses_names_that_say_nothing) {
  for (const char* path : {"src/core/utils.hpp", "src/plan/helpers.hpp", "src/plan/misc.hpp"}) {
    EXPECT_THAT(form_of(path, "// A.\n#pragma once\n"), ElementsAre(HasSubstr("does not say"))) << path;
  }
}

TEST(FormRule, refuses_commented_out_code_but_not_prose) {
  for (const char* line :
       {"// return x;", "// std::vector<int> xs;", "// run(x, y);", "// if (x) {", "// #include <a>"}) {
    EXPECT_THAT(form_of("src/core/a.hpp", std::string("// A.\n#pragma once\n") + line + "\n"), SizeIs(1)) << line;
  }
  for (const char* line :
       {"// a server ends (with its last lines);", "// for every key there is one;", "// constant:"}) {
    EXPECT_THAT(form_of("src/core/a.hpp", std::string("// A.\n#pragma once\n") + line + "\n"), IsEmpty()) << line;
  }
}

TEST(MarkerRule, refuses_work_left_undone) {
  const std::string marker = std::string("TO") + "DO";
  EXPECT_THAT(check_markers("docs/a.md", "One.\nTwo, " + marker + ": three.\n"), ElementsAre(HasSubstr("docs/a.md:2")));
  EXPECT_THAT(check_markers("docs/a.md", "A " + marker + "S is not one, nor MY_" + marker + ".\n"), IsEmpty());
}

TEST(LinkRule, refuses_links_that_lead_nowhere) {
  const auto only_glossary = [](const std::string& path) { return path == "docs/glossary.md"; };
  EXPECT_THAT(check_links("docs/a.md", "See [it](glossary.md#op) and [that](gone.md).", only_glossary),
              ElementsAre("docs/a.md:1: the link leads nowhere: gone.md"));
  EXPECT_THAT(
      check_links("docs/decisions/a.md", "[up](../glossary.md) [web](https://a.org/b.md) [here](#op)", only_glossary),
      IsEmpty());
  EXPECT_THAT(check_links("README.md", "[it](docs/glossary.md)\n```\n[x](y)\n```\n[y](z)\n", only_glossary),
              ElementsAre(HasSubstr("README.md:5")));
}

TEST(RoomRule, wants_every_room_described) {
  EXPECT_THAT(check_rooms_are_described({"core", "plan"}, "`src/core/` is the centre"),
              ElementsAre(HasSubstr("src/plan/")));
}

}  // namespace
}  // namespace stalemate::tidy
