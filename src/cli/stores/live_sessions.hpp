// The sessions that drive needs, made of the engines' sessions.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>

#include "core/pattern/memory_cache.hpp"
#include "drive/session.hpp"
#include "engines/cache_engine.hpp"
#include "engines/database_engine.hpp"

namespace stalemate {

/// A client's. `cache` may be nullptr: it has none.
[[nodiscard]] std::unique_ptr<Session> make_live_session(std::unique_ptr<DatabaseSession> database,
                                                         std::unique_ptr<CacheSession> cache);
/// A background part's: a client's, and the feed that it lives on, which is in `local` where no store has it.
[[nodiscard]] std::unique_ptr<Session> make_live_background(WithFeed<DatabaseSession> database,
                                                            WithFeed<CacheSession> cache, MemoryCache& local);
/// The sampler's.
[[nodiscard]] std::unique_ptr<SurveySession> make_live_survey(std::unique_ptr<DatabaseSession> database,
                                                              std::unique_ptr<CacheSession> cache);

}  // namespace stalemate
