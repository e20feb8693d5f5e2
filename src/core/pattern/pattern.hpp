// A caching pattern: how a client reads and writes a key through a database and a cache.
#pragma once

#include <string_view>

#include "core/error.hpp"
#include "core/faults/call_names.hpp"
#include "core/pattern/cache_command.hpp"
#include "core/pattern/feed.hpp"
#include "core/pattern/ports.hpp"
#include "core/registry.hpp"
#include "core/task.hpp"
#include "core/types.hpp"

namespace stalemate {

/// What a pattern's writes do to the key's entry; decides which hit ratio a plan predicts.
enum class EntryAfterWrite : std::uint8_t { no_cache, removed, replaced, kept };

/// What a pattern needs of the stores beyond rows and entries.
struct PatternNeeds {
  bool row_versions = false;  ///< every row read or written tells its version
  bool replica = false;       ///< it reads from a replica
  FeedKind feed = FeedKind::none;
  CacheCalls cache_calls = CacheCalls::plain;  ///< of the cache; those to the server's memory need nothing
  Nanoseconds time_to_live_ns = 0;  ///< of entries, where the scenario gives them none; 0: they do not expire
  bool refreshes_ahead = false;     ///< an entry read in the second half of its life is loaded again
};

/// One caching pattern. Stateless between ops: all lasting state is in the stores.
/// Thread rule: one instance serves many clients; every call gets its own ports.
class Pattern {
 public:
  virtual ~Pattern() = default;
  /// The key's value, or `absent`.
  virtual Task<Result<Value>> read(Ports ports, Key key) const = 0;
  virtual Task<Result<void>> write(Ports ports, Key key, Value value) const = 0;
  /// One round of the part that serves no client: takes a change from the feed and deals with it. An engine calls it
  /// again and again, in one process a run, or for local_queue and invalidations in one an application server; never
  /// where the pattern needs no feed.
  virtual Task<Result<void>> background(Ports ports) const;
};

/// What the registry says of a pattern; `summary` is one line for the generated tables.
/// `calls`: those that its ops and its background part may make to the database, a replica and the cache (calls to the
/// memory of the application server never fail). A setting that needs another is refused.
struct PatternInfo {
  std::string_view name;
  std::string_view summary;
  EntryAfterWrite entry_after_write;
  RoleMask calls;
  PatternNeeds needs;
  const Pattern& (*instance)();
};

using PatternRegistry = Registry<PatternInfo>;

/// Registers `P` (default-constructible) at program start; one line at the end of the pattern's file.
template <class P>
[[nodiscard]] bool register_pattern(std::string_view name, std::string_view summary, EntryAfterWrite entry_after_write,
                                    RoleMask calls, PatternNeeds needs = {}) {
  constexpr auto instance = []() -> const Pattern& {
    static const P pattern;
    return pattern;
  };
  return PatternRegistry::add(PatternInfo{name, summary, entry_after_write, calls, needs, instance});
}

}  // namespace stalemate
