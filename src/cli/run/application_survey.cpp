#include "cli/run/application_survey.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <coroutine>
#include <functional>
#include <utility>

#include "report/words/words.hpp"

namespace stalemate {
namespace {

/// Looks on a thread of its own, since its connections block.
class ApplicationSurvey final : public SurveySession, public RowSurvey, public EntrySurvey {
 public:
  ApplicationSurvey(boost::asio::io_context& context, RunStage& stage, EntriesSeen& seen)
      : context_(context),
        seen_(seen),
        row_look_(*stage.backstage().database(), stage.application().row_query, stage.keys()),
        entry_look_(*stage.backstage().cache(), *stage.application().entry, stage.keys()),
        thread_(1) {}
  ~ApplicationSurvey() override { thread_.join(); }
  ApplicationSurvey(const ApplicationSurvey&) = delete;
  ApplicationSurvey& operator=(const ApplicationSurvey&) = delete;

  Task<Result<void>> connect() override { co_return Result<void>(); }
  RowSurvey& rows() override { return *this; }
  EntrySurvey& entries() override { return *this; }

  Task<Result<void>> read_rows(Key first, std::span<Value> values) override {
    Looking looking(*this, values.size(), [this, first] { return row_look_.read(first, found_); });
    Result<void> done = co_await looking;
    std::ranges::copy(found_, values.begin());
    co_return done;
  }
  Task<Result<void>> read_entries(Key first, std::span<Value> values) override {
    Looking looking(*this, values.size(), [this, first] { return entry_look_.read(first, found_); });
    Result<void> done = co_await looking;
    std::ranges::copy(found_, values.begin());
    seen_.note(entry_look_);
    co_return done;
  }

 private:
  /// Awaiting it looks, and resumes on the context's thread. What was found is in the session: whoever awaits it may be
  /// gone by then.
  class Looking {
   public:
    Looking(ApplicationSurvey& survey, std::size_t count, std::function<Result<void>()> look)
        : survey_(survey), look_(std::move(look)) {
      survey_.found_.assign(count, absent);
    }
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiting) {
      boost::asio::post(survey_.thread_, [&survey = survey_, look = std::move(look_), waiting] {
        survey.done_ = look();
        boost::asio::post(survey.context_, [waiting] { waiting.resume(); });
      });
    }
    [[nodiscard]] Result<void> await_resume() { return survey_.done_; }

   private:
    ApplicationSurvey& survey_;
    std::function<Result<void>()> look_;
  };

  boost::asio::io_context& context_;
  EntriesSeen& seen_;
  RowLook row_look_;
  EntryLook entry_look_;
  std::vector<Value> found_ = {};
  Result<void> done_ = {};
  boost::asio::thread_pool thread_;
};

}  // namespace

std::string why_no_survey(const Application& application) {
  if (!application.entry || application.row_query.empty()) {
    return !application.entry && application.row_query.empty()
               ? "neither [entry] nor [row] of its file says what to look at"
           : application.entry ? "[row] of its file has no query for the row"
                               : "[entry] of its file does not say what the entry is called";
  }
  return application.stores.wants_cache && application.stores.wants_database ? "" : "it has one store alone";
}

void EntriesSeen::note(const EntryLook& look) {
  const std::scoped_lock lock(mutex_);
  looked_ = true;
  found_ = look.found();
  unreadable_ = look.unreadable();
  first_unreadable_ = look.first_unreadable();
}

std::vector<std::string> EntriesSeen::words(const Application& application) const {
  const std::scoped_lock lock(mutex_);
  if (looked_ && found_ == 0) {
    return {fmt::format(
        "no sample found an entry, so rows were compared with none: is an entry called {}, as [entry] says?",
        application.entry->name.text())};
  }
  if (unreadable_ > 0) {
    return {fmt::format("of {} entries that samples found, {} are not as [entry] says and were left out; the first: {}",
                        with_thousands(found_), with_thousands(unreadable_), first_unreadable_)};
  }
  return {};
}

std::unique_ptr<SurveySession> make_application_survey(boost::asio::io_context& context, RunStage& stage,
                                                       EntriesSeen& seen) {
  return std::make_unique<ApplicationSurvey>(context, stage, seen);
}

}  // namespace stalemate
