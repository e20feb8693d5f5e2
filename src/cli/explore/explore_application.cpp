#include "cli/explore/explore_application.hpp"

#include <fmt/core.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <utility>

#include "application/application.hpp"
#include "cli/interrupt.hpp"
#include "cli/run/run_job.hpp"
#include "cli/text/application_text.hpp"
#include "cli/text/explore_page.hpp"
#include "cli/text/name_lists.hpp"
#include "cli/text/say.hpp"
#include "cli/text/waiting.hpp"
#include "cli/ui/live_page.hpp"
#include "core/input_file.hpp"
#include "gated/gated_world.hpp"

namespace stalemate {
namespace {

constexpr std::uint64_t application_bytes_max = 1U << 20U;

/// A service that was read and started.
struct StartedApplication {
  Application application = {};
  std::string text = {};
  bool explores = false;                   // the last thing told is not that an instance is started
  std::unique_ptr<GatedWorld> world = {};  // gone before `application`
};

Result<std::unique_ptr<StartedApplication>> read_service(const std::string& file) {
  auto started = std::make_unique<StartedApplication>();
  Result<std::string> text = read_input(file, {.what = "an application's file", .bytes_max = application_bytes_max});
  if (!text) {
    return std::unexpected(text.error());
  }
  started->text = *std::move(text);
  Result<Application> application = parse_application(started->text, file);
  if (!application) {
    return std::unexpected(application.error());
  }
  started->application = *std::move(application);
  return started;
}

Result<void> start_service(StartedApplication& service, Waiting& waiting) {
  waiting.next("starting the service");
  GatedWorldOptions options;
  options.on_progress = [&waiting, &service](const std::string& what) {
    service.explores = false;
    waiting.next(what);
  };
  Result<std::unique_ptr<GatedWorld>> world = open_gated_world(service.application, options);
  if (!world) {
    return std::unexpected(world.error());
  }
  service.world = *std::move(world);
  return {};
}

ExitCode exit_code_of_finding(Finding finding) {
  return finding == Finding::violated  ? ExitCode::invalid
         : finding == Finding::unknown ? ExitCode::unknown
                                       : ExitCode::ok;
}

/// Why a fault cannot be had of this service; empty: it can.
std::string_view why_not(const Application& application, ApplicationFault fault) {
  using enum ApplicationFault;
  if (fault == crash && !application.urls.empty()) {
    return "it kills instances, and those that 'url' names are not ours; give 'start' instead";
  }
  if ((fault == evict || fault == restart || fault == rollback) && application.stores.cache) {
    return "it is done to a private cache only; leave 'cache' out of [stores]";
  }
  if ((fault == evict || fault == restart || fault == rollback) && !application.stores.wants_cache) {
    return "it is done to the cache, and the service has none";
  }
  return {};
}

/// The order as far as this service can be asked for it. Errors: wrong_type where what was named cannot be.
Result<ApplicationOrder> possible_of(ApplicationOrder order, const Application& application) {
  const bool all = order.faults.size() == application_faults().size();
  for (const ApplicationFault fault : order.faults) {
    if (const std::string_view why = why_not(application, fault); !why.empty() && !all) {
      return failed(ErrorCode::wrong_type, fmt::format("--faults: no {} of {}: {}", name_of(fault), order.file, why));
    }
  }
  std::erase_if(order.faults, [&](ApplicationFault fault) { return !why_not(application, fault).empty(); });
  const std::size_t instances = application.urls.empty() ? clients_max : application.urls.size();
  const auto too_many = [&](const Scope& scope) { return scope.processes.size() > instances; };
  if (const auto large = std::ranges::find_if(order.scopes, too_many); large != order.scopes.end()) {
    return failed(ErrorCode::wrong_type, fmt::format("--scope: {} needs {} instances, and 'url' in {} names {}",
                                                     to_text(*large), large->processes.size(), order.file, instances));
  }
  if (instances == 1 && order.scopes.empty()) {
    return failed(
        ErrorCode::wrong_type,
        fmt::format("'url' in {} names one instance, and it cannot be told for which client an instance makes "
                    "a call, so every client of a scope needs its own; name two or more, or give 'start'; "
                    "'stalemate run' needs one",
                    order.file));
  }
  order.grows = order.scopes.empty();
  order.scopes = order.grows ? growing_scopes() : order.scopes;
  std::erase_if(order.scopes, too_many);
  return order;
}

/// All that the order asks of a service that is ready.
Result<ApplicationExploration> explore_service(StartedApplication& service, const ApplicationOrder& order,
                                               Waiting& waiting) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point end = Clock::now() + std::chrono::nanoseconds(order.budget_ns);
  ApplicationExplorationOptions options;
  options.scopes = order.scopes;
  options.grows = order.grows;
  options.faults = order.faults;
  options.faults_max = order.faults_max;
  options.judges = order.judges;
  options.out_of_time = [end] { return Clock::now() >= end || InterruptWatch::came(); };
  options.on_schedule = [&](const ScheduleProgress& progress) {
    if (!std::exchange(service.explores, true)) {
      waiting.next("exploring every interleaving");
    }
    waiting.reached(words_of(progress));
  };
  return explore_application(*service.world, options);
}

void print(const ExploredApplication& explored, const ApplicationOrder& order) {
  if (order.json) {
    fmt::print("{}", json_of(explored));
  } else if (!order.ci.take_standard_output()) {
    order.ci.print(text_of(explored, order.diagram, columns_of(STDOUT_FILENO), terminal_marks()));
  }
}

}  // namespace

bool names_a_file(const std::string& argument) {
  return argument.ends_with(".toml");
}

Result<std::vector<ApplicationFault>> read_application_faults(const std::vector<std::string>& lists) {
  const std::vector<std::string> names = names_in(lists);
  std::vector<ApplicationFault> faults;
  if (names == std::vector<std::string>{"all"}) {
    faults.assign(application_faults().begin(), application_faults().end());
    return faults;
  }
  for (const std::string& name : names) {
    const Result<ApplicationFault> fault = parse_application_fault(name);
    if (!fault) {
      return failed(ErrorCode::wrong_type, "--faults: " + fault.error().detail);
    }
    if (std::ranges::find(faults, *fault) != faults.end()) {
      return failed(ErrorCode::wrong_type, fmt::format("--faults: '{}' is named twice; name it once", name));
    }
    faults.push_back(*fault);
  }
  return faults;
}

ExitCode explore_application_file(const ApplicationOrder& wanted) {
  const Result<std::unique_ptr<StartedApplication>> read = read_service(wanted.file);
  if (!read) {
    return say(read.error());
  }
  StartedApplication& service = **read;
  const Result<ApplicationOrder> possible = possible_of(wanted, service.application);
  if (!possible) {
    return say(possible.error());
  }
  const ApplicationOrder& order = *possible;
  const Result<std::unique_ptr<LivePage>> live = LivePage::open(order.ui, "explore", "explore " + order.file);
  if (!live) {
    return say(live.error());
  }
  ExploredApplication explored;
  {
    const InterruptWatch watch;
    Waiting waiting(std::filesystem::path(order.file).stem().string(), true, listener_of(live->get()));
    if (const Result<void> started = start_service(service, waiting); !started) {
      return say(started.error());
    }
    explored.file = order.file;
    explored.name = service.application.name;
    explored.question = service.application.question;
    explored.stores = service.world->facts().stores;
    explored.subject = subject_of(service.text);
    explored.faults = order.faults;
    explored.faults_max = order.faults_max;
    Result<ApplicationExploration> exploration = explore_service(service, order, waiting);
    if (!exploration) {
      return say(exploration.error());
    }
    explored.exploration = *std::move(exploration);
    service.world.reset();
  }
  print(explored, order);
  Result<void> written = order.ci.are_given() ? order.ci.write(sheet_of(explored)) : Result<void>();
  if (order.ci.want_page() || *live) {
    const Page page = page_of(explored, order.again);
    const Result<void> of_page = order.ci.write_page(page);
    written = written ? of_page : written;
    if (*live) {
      (*live)->done(page, of_page ? order.ci.page_file() : "");
    }
  }
  if (!written) {
    say(written.error());
  }
  if (InterruptWatch::came()) {
    return say(ExitCode::interrupted, "interrupted; what was not decided by then is unknown");
  }
  const ExitCode code = exit_code_of_finding(worst_of(explored.exploration));
  return code == ExitCode::ok && !written ? ExitCode::defect : code;
}

ExitCode replay_application_file(const std::string& token, const std::string& file, DiagramKind diagram, bool json) {
  const Result<ApplicationToken> parsed = parse_application_token(token);
  if (!parsed) {
    return say(ExitCode::usage, parsed.error().detail);
  }
  const Result<std::unique_ptr<StartedApplication>> read = read_service(file);
  if (!read) {
    return say(read.error());
  }
  Result<ForcedRun> forced = failed(ErrorCode::defect, "nothing was forced");
  {
    const InterruptWatch watch;
    Waiting waiting(std::filesystem::path(file).stem().string());
    if (const Result<void> started = start_service(**read, waiting); !started) {
      return say(started.error());
    }
    forced = force_run(*(*read)->world, *parsed);
    (*read)->world.reset();
    if (forced && subject_of((*read)->text) != parsed->subject) {
      forced->differences.insert(forced->differences.begin(), fmt::format("{} is not the same as then.", file));
    }
  }
  if (!forced) {
    return say(forced.error());
  }
  fmt::print("{}", json ? json_of(*forced, token) : text_of(*forced, diagram, columns_of(STDOUT_FILENO)));
  return forced->violated ? ExitCode::invalid : forced->differences.empty() ? ExitCode::ok : ExitCode::unknown;
}

}  // namespace stalemate
