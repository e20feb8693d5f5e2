// The page of --ui: told what a command is doing, it tells the browsers that look.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "cli/text/waiting.hpp"
#include "cli/ui/event_server.hpp"
#include "core/error.hpp"
#include "report/page/page.hpp"
#include "report/screen/progress.hpp"

namespace CLI {  // NOLINT(readability-identifier-naming): the library's name
class App;
}

namespace stalemate {

/// Declares --ui[=PORT], whose port it puts into `port`: "0" is a free one; it stays empty where the flag is not given.
void describe_ui(CLI::App& app, std::string& port);

/// Three events, each with a JSON object. `stage`: `phase` (preparing, running, checking), `who`, `what` and `how_far`,
/// once it changes. `progress`: to_json(Progress), once a second. At the end `done`: the `title` and `data` of the page
/// as it is in `file`; or `failed`: `why` there is none. Nothing follows those two.
/// Thread rule: any thread.
class LivePage {
 public:
  /// Serves a page of that kind at --ui's port, and says where on standard error; nullptr where the port is empty.
  /// Errors: wrong_type: the text is no port; as EventServer::open.
  [[nodiscard]] static Result<std::unique_ptr<LivePage>> open(std::string_view port, std::string kind,
                                                              std::string title);
  /// Tells those who still look that there is no report.
  ~LivePage();
  LivePage(const LivePage&) = delete;
  LivePage& operator=(const LivePage&) = delete;

  void tell_stage(const std::string& who, const std::string& what, const std::string& how_far);
  void show(const Progress& progress);
  /// What the page becomes; `file`: where it lies, empty: nowhere. Returns once those who look have it, or after two
  /// seconds.
  void done(const Page& page, const std::string& file);
  /// There is no report: a sentence says why.
  void fail(const std::string& why);

 private:
  using Clock = std::chrono::steady_clock;

  explicit LivePage(std::unique_ptr<EventServer> server) : server_(std::move(server)) {}
  void end(std::string_view name, std::string_view data);

  std::unique_ptr<EventServer> server_;
  std::mutex mutex_ = {};
  // Under the mutex:
  std::string phase_ = "preparing";
  std::string who_ = {};
  std::string what_ = {};
  Clock::time_point next_how_far_ = {};
  Clock::time_point next_progress_ = {};
  bool over_ = false;
};

/// For a Waiting that `page`, which may be nullptr, outlives.
[[nodiscard]] Waiting::Listener listener_of(LivePage* page);

}  // namespace stalemate
