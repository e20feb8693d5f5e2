// Requests to a program: lines of JSON on its standard input, answered in the same order on its standard output.
#include <unistd.h>

#include <algorithm>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <deque>

#include "application/channels/instance_channel.hpp"
#include "core/text/duration.hpp"

namespace stalemate {
namespace {

namespace asio = boost::asio;

constexpr std::size_t line_bytes_max = 1U << 20U;

/// A request that was written, in the order of the answers. One that nobody waits for any more stays until its answer
/// has come, which would be taken for the next one's otherwise.
struct OwedAnswer {
  PendingRequest request;
  asio::steady_timer timer;
  bool is_awaited = true;
};

/// One run of a program, from its start to its end.
class ProgramTalk : public std::enable_shared_from_this<ProgramTalk> {
 public:
  ProgramTalk(asio::io_context& context, std::shared_ptr<const ProgramPipes> pipes, Nanoseconds limit_ns)
      : pipes_(std::move(pipes)),
        limit_ns_(limit_ns),
        context_(context),
        input_(context, dup(pipes_->input)),
        output_(context, dup(pipes_->output)) {}

  [[nodiscard]] const ProgramPipes* pipes() const { return pipes_.get(); }

  void begin() { read(); }

  void send(PendingRequest request) {
    if (has_ended_) {
      request.on_answer({.outcome = Outcome::fail, .detail = "the program does not run any more"});
      return;
    }
    waiting_ += line_that_asks(request.kind, request.key, request.value) + "\n";
    auto owed = std::make_shared<OwedAnswer>(OwedAnswer{std::move(request), asio::steady_timer(context_)});
    owed->timer.expires_after(std::chrono::nanoseconds(limit_ns_));
    owed->timer.async_wait([self = shared_from_this(), owed](boost::system::error_code error) {
      if (!error) {
        self->tell(*owed, {.detail = "no answer within " + format_duration_short(self->limit_ns_)});
      }
    });
    owed_.push_back(std::move(owed));
    write();
  }

  bool cancel(std::uint64_t id) {
    const auto found =
        std::ranges::find_if(owed_, [&](const auto& owed) { return owed->is_awaited && owed->request.id == id; });
    if (found == owed_.end()) {
      return false;
    }
    (*found)->is_awaited = false;
    (*found)->timer.cancel();
    return true;
  }

  std::size_t bytes_waiting() {
    asio::posix::stream_descriptor::bytes_readable waiting;
    boost::system::error_code ended;
    output_.io_control(waiting, ended);
    return ended || owed_.empty() ? 0 : waiting.get();
  }

  std::size_t close() {
    const auto count =
        static_cast<std::size_t>(std::ranges::count_if(owed_, [](const auto& owed) { return owed->is_awaited; }));
    for (const auto& owed : owed_) {
      owed->is_awaited = false;
      owed->timer.cancel();
    }
    owed_.clear();
    has_ended_ = true;
    boost::system::error_code ignored;
    input_.close(ignored);
    output_.close(ignored);
    return count;
  }

 private:
  static void tell(OwedAnswer& owed, const Answer& answer) {
    if (owed.is_awaited) {
      owed.is_awaited = false;
      owed.timer.cancel();
      owed.request.on_answer(answer);
    }
  }

  void write() {
    if (is_writing_ || waiting_.empty()) {
      return;
    }
    is_writing_ = true;
    written_ = std::move(waiting_);
    waiting_.clear();
    asio::async_write(input_, asio::buffer(written_),
                      [self = shared_from_this()](boost::system::error_code error, std::size_t) {
                        self->is_writing_ = false;
                        if (!error) {
                          self->write();
                        }
                      });
  }

  void read() {
    asio::async_read_until(output_, asio::dynamic_buffer(text_, line_bytes_max), '\n',
                           [self = shared_from_this()](boost::system::error_code error, std::size_t length) {
                             if (self->has_ended_) {
                               return;
                             }
                             if (error) {
                               self->end(error == asio::error::not_found ? "its answer is longer than 1 MiB"
                                                                         : "the program ended before an answer");
                               return;
                             }
                             self->take_line(length);
                             self->read();
                           });
  }

  void take_line(std::size_t length) {
    const std::string line = text_.substr(0, length - 1);
    text_.erase(0, length);
    // Lines that nobody asked for are no answers, such as what it says when it begins.
    if (!owed_.empty()) {
      const std::shared_ptr<OwedAnswer> owed = std::move(owed_.front());
      owed_.pop_front();
      tell(*owed, judge_line(owed->request.kind, line));
    }
  }

  void end(const std::string& why) {
    has_ended_ = true;
    const std::deque<std::shared_ptr<OwedAnswer>> owed = std::move(owed_);
    owed_.clear();
    for (const auto& one : owed) {
      tell(*one, {.detail = why});
    }
  }

  std::shared_ptr<const ProgramPipes> pipes_;
  Nanoseconds limit_ns_;
  asio::io_context& context_;
  asio::posix::stream_descriptor input_;
  asio::posix::stream_descriptor output_;
  std::deque<std::shared_ptr<OwedAnswer>> owed_ = {};
  std::string waiting_ = {};  ///< to be written after what is being written
  std::string written_ = {};
  std::string text_ = {};  ///< read and not yet taken
  bool is_writing_ = false;
  bool has_ended_ = false;
};

class ProgramChannel final : public InstanceChannel {
 public:
  ProgramChannel(asio::io_context& context, const Application& application, const Instance& instance)
      : context_(context), limit_ns_(application.requests.time_limit_ns), instance_(instance) {}

  ~ProgramChannel() override { static_cast<void>(ProgramChannel::cancel_all()); }
  ProgramChannel(const ProgramChannel&) = delete;
  ProgramChannel& operator=(const ProgramChannel&) = delete;

  void send(PendingRequest request) override {
    const std::shared_ptr<const ProgramPipes> pipes = instance_.pipes();
    if (talk_ == nullptr || talk_->pipes() != pipes.get()) {
      if (talk_ != nullptr) {
        talk_->close();
      }
      talk_ = std::make_shared<ProgramTalk>(context_, pipes, limit_ns_);
      talk_->begin();
    }
    talk_->send(std::move(request));
  }

  bool cancel(std::uint64_t id) override { return talk_ != nullptr && talk_->cancel(id); }

  std::size_t cancel_all() override {
    const std::size_t count = talk_ == nullptr ? 0 : talk_->close();
    talk_ = nullptr;
    return count;
  }

  std::size_t bytes_waiting() override { return talk_ == nullptr ? 0 : talk_->bytes_waiting(); }

  [[nodiscard]] std::unique_ptr<InstanceChannel> twin(boost::asio::io_context& /*context*/) const override {
    return nullptr;
  }
  void log_in(std::function<void(Result<void>)> on_done) override { on_done({}); }

 private:
  asio::io_context& context_;
  Nanoseconds limit_ns_;
  const Instance& instance_;
  std::shared_ptr<ProgramTalk> talk_ = {};
};

}  // namespace

std::unique_ptr<InstanceChannel> make_program_channel(asio::io_context& context, const Application& application,
                                                      const Instance& instance) {
  return std::make_unique<ProgramChannel>(context, application, instance);
}

}  // namespace stalemate
