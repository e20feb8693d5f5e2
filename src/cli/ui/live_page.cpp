#include "cli/ui/live_page.hpp"

#include <fmt/core.h>

#include <CLI/App.hpp>
#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

#include "cli/program.hpp"
#include "cli/text/say.hpp"
#include "report/screen/progress_json.hpp"

namespace stalemate {
namespace {

using namespace std::chrono_literals;

constexpr auto progress_every = 1s;
constexpr auto how_far_every = 250ms;
/// Longer than a browser needs, and short for someone who waits for the prompt.
constexpr auto farewell_limit = 2s;

std::string quoted(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

void describe_ui(CLI::App& app, std::string& port) {
  app.add_flag("--ui{0}", port, "a page to watch it in a browser, at this port of 127.0.0.1, or at a free one")
      ->type_name("PORT")
      ->group("Output");
}

Result<std::unique_ptr<LivePage>> LivePage::open(std::string_view port, std::string kind, std::string title) {
  if (port.empty()) {
    return nullptr;
  }
  std::uint16_t number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (error != std::errc() || end != port.data() + port.size()) {
    return failed(ErrorCode::wrong_type,
                  fmt::format("--ui: '{}' is no port; write for example --ui=8080, or --ui for a free one", port));
  }
  Page page{.title = std::move(title), .kind = std::move(kind), .data_json = "null", .is_live = true};
  page.words = "It shows what goes on, for which it needs JavaScript. The terminal shows it as well.";
  page.generator = std::string("stalemate ") + program_version();
  Result<std::unique_ptr<EventServer>> server = EventServer::open(number, html_of(page));
  if (!server) {
    return failed(server.error().code, "--ui: " + server.error().detail);
  }
  note(fmt::format("live page: http://127.0.0.1:{}/", (*server)->port()));
  return std::unique_ptr<LivePage>(new LivePage(std::move(*server)));
}

LivePage::~LivePage() {
  fail("It ended without a report. Its terminal says why.");
}

Waiting::Listener listener_of(LivePage* page) {
  if (page == nullptr) {
    return {};
  }
  return [page](const std::string& who, const std::string& what, const std::string& how_far) {
    page->tell_stage(who, what, how_far);
  };
}

void LivePage::tell_stage(const std::string& who, const std::string& what, const std::string& how_far) {
  const std::lock_guard lock(mutex_);
  const Clock::time_point now = Clock::now();
  if (over_ || (what == what_ && now < next_how_far_)) {
    return;
  }
  if (!who.empty() && who != who_) {
    who_ = who;
    phase_ = "preparing";
  }
  what_ = what;
  next_how_far_ = now + how_far_every;
  const nlohmann::ordered_json stage = {{"phase", phase_}, {"who", who_}, {"what", what}, {"how_far", how_far}};
  server_->publish("stage", stage.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

void LivePage::show(const Progress& progress) {
  const bool is_last = progress.phase == RunPhase::finished || progress.phase == RunPhase::interrupted;
  {
    const std::lock_guard lock(mutex_);
    const Clock::time_point now = Clock::now();
    if (over_ || (now < next_progress_ && !is_last)) {
      return;
    }
    next_progress_ = now + progress_every;
    phase_ = is_last ? "checking" : "running";
  }
  tell_stage("", is_last ? "the run is over" : "running", "");
  server_->publish("progress", to_json(progress), KeptEvent::all);
}

void LivePage::done(const Page& page, const std::string& file) {
  end("done", fmt::format(R"({{"title":{},"file":{},"data":{}}})", quoted(page.title), quoted(file), page.data_json));
}

void LivePage::fail(const std::string& why) {
  end("failed", fmt::format(R"({{"why":{}}})", quoted(why)));
}

void LivePage::end(std::string_view name, std::string_view data) {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(over_, true)) {
      return;
    }
  }
  server_->publish(name, data);
  server_->finish(farewell_limit);
}

}  // namespace stalemate
