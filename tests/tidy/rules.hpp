// The rules of this house that no compiler checks. Each is a pure function of text that names file, line and rule.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tidy/source.hpp"

namespace stalemate::tidy {

/// One broken rule: "src/plan/plan.cpp:12: plan may not include drivers/...". An empty vector of them: nothing broken.
using Findings = std::vector<std::string>;

/// Whether a path, given from the root of the project, exists there.
using Exists = std::function<bool(const std::string& path)>;

/// Who may include whom (docs/whats-here.md), no "../", boost/asio only where sockets are, one header only of a folder
/// that is closed to others, and first of all includes of X.cpp the header X.hpp, if `exists`.
[[nodiscard]] Findings check_includes(const SourceFile& file, const Exists& exists);

/// In core, patterns, plan, check and explore: no clock, no chance but Random, no threads, no environment, no iteration
/// over unordered containers. `sibling` is X.hpp for X.cpp, whose members X.cpp may iterate over; nullptr if none.
[[nodiscard]] Findings check_determinism(const SourceFile& file, const SourceFile* sibling);

/// GCC 12.2 destroys temporaries of a `co_await` twice (src/core/task.hpp): no `{` or `[` in its statement, and no
/// coroutine lambdas with captures.
[[nodiscard]] Findings check_coroutines(const SourceFile& file);

/// Files of rooms: no type (class, struct, union, enum) is defined twice under one name at namespace scope, in
/// whichever files; in unnamed namespaces it may be.
[[nodiscard]] Findings check_type_names(const std::vector<const SourceFile*>& files);

/// Lines of at most 120 characters, at most 400 of them unless `long_files` says otherwise, an opening comment, pragma
/// once, no names that say nothing, no commented-out code.
[[nodiscard]] Findings check_form(const SourceFile& file, const std::set<std::string>& long_files,
                                  const Exists& exists);

/// Any text file: no markers of work left undone.
[[nodiscard]] Findings check_markers(std::string_view path, std::string_view text);

/// A Markdown file: every link to a place in this project leads to a file that exists.
[[nodiscard]] Findings check_links(std::string_view path, std::string_view text, const Exists& exists);

/// Every room is walked through in docs/whats-here.md.
[[nodiscard]] Findings check_rooms_are_described(const std::vector<std::string>& rooms, std::string_view whats_here);

/// "PATH:LINE: SENTENCE".
[[nodiscard]] std::string finding(std::string_view path, int line, std::string_view sentence);

}  // namespace stalemate::tidy
