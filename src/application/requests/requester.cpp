#include "application/requests/requester.hpp"

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <future>
#include <map>
#include <thread>

#include "application/channels/instance_channel.hpp"

namespace stalemate {
namespace {

namespace asio = boost::asio;

class ThreadedRequester final : public Requester {
 public:
  explicit ThreadedRequester(const Application& application)
      : application_(application), work_(context_.get_executor()), thread_([this] { context_.run(); }) {}

  ~ThreadedRequester() override {
    done_in_thread([this] {
      for (const auto& [instance, channel] : channels_) {
        static_cast<void>(channel->cancel_all());
      }
    });
    work_.reset();
    thread_.join();
  }
  ThreadedRequester(const ThreadedRequester&) = delete;
  ThreadedRequester& operator=(const ThreadedRequester&) = delete;

  Result<void> log_in(const Instance& instance) override {
    std::promise<Result<void>> promise;
    asio::post(context_, [&] {
      channel_of(instance).log_in([&promise](Result<void> done) { promise.set_value(std::move(done)); });
    });
    return promise.get_future().get();
  }

  RequestId send(const Instance& instance, ApplicationRequest kind, std::string_view key, std::int64_t value,
                 OnAnswer on_answer) override {
    const RequestId id = ++last_id_;
    ++under_way_;
    PendingRequest request{.id = id, .kind = kind, .key = std::string(key), .value = value};
    request.on_answer = [this, on_answer = std::move(on_answer)](const Answer& answer) {
      --under_way_;
      on_answer(answer);
    };
    asio::post(context_, [this, &instance, request = std::move(request)]() mutable {
      channel_of(instance).send(std::move(request));
    });
    return id;
  }

  Answer ask(const Instance& instance, ApplicationRequest kind, std::string_view key, std::int64_t value) override {
    std::promise<Answer> promise;
    send(instance, kind, key, value, [&promise](const Answer& answer) { promise.set_value(answer); });
    return promise.get_future().get();
  }

  [[nodiscard]] std::unique_ptr<InstanceChannel> twin_of(const Instance& instance, asio::io_context& context) override {
    std::unique_ptr<InstanceChannel> twin;
    done_in_thread([&] { twin = channel_of(instance).twin(context); });
    return twin;
  }

  void cancel(RequestId request) override {
    done_in_thread([&] {
      for (const auto& [instance, channel] : channels_) {
        if (channel->cancel(request)) {
          --under_way_;
          return;
        }
      }
    });
  }

  void catch_up() override {
    // What was received just before a look is told behind it, and may be the first of two parts of an answer.
    constexpr int looks_enough = 3;
    for (int looks = 0; looks < looks_enough; ++looks) {
      done_in_thread([&] {
        for (const auto& [instance, channel] : channels_) {
          looks = channel->bytes_waiting() > 0 ? -1 : looks;
        }
      });
    }
  }

  [[nodiscard]] std::size_t under_way() const override { return under_way_; }

  void forget(const Instance& instance) override {
    done_in_thread([&] {
      const auto found = channels_.find(&instance);
      if (found != channels_.end()) {
        under_way_ -= found->second->cancel_all();
        channels_.erase(found);
      }
    });
  }

 private:
  InstanceChannel& channel_of(const Instance& instance) {
    std::unique_ptr<InstanceChannel>& channel = channels_[&instance];
    if (channel == nullptr) {
      channel = application_.adapter == Adapter::program ? make_program_channel(context_, application_, instance)
                                                         : make_http_channel(context_, application_, instance);
    }
    return *channel;
  }

  template <class Work>
  void done_in_thread(const Work& work) {
    std::promise<void> done;
    asio::post(context_, [&] {
      work();
      done.set_value();
    });
    done.get_future().get();
  }

  const Application application_;
  std::atomic<RequestId> last_id_ = 0;
  std::atomic<std::size_t> under_way_ = 0;
  asio::io_context context_;
  std::map<const Instance*, std::unique_ptr<InstanceChannel>> channels_ = {};  ///< of the thread
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  std::thread thread_;
};

}  // namespace

std::unique_ptr<Requester> Requester::make(const Application& application) {
  return std::make_unique<ThreadedRequester>(application);
}

}  // namespace stalemate
