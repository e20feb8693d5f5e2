#include "cli/ui/event_server.hpp"

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <thread>
#include <utility>

#include "cli/ui/event_client.hpp"
#include "core/try_start.hpp"

namespace stalemate {
namespace {

constexpr auto pause_after_refusal = std::chrono::milliseconds(100);

}  // namespace

/// The thread, and what only it touches.
class EventServer::House {
 public:
  House(std::string page, EventServerLimits limits) : room_(std::move(page), limits) {}
  ~House() {
    context_.stop();
    if (thread_.joinable()) {
      thread_.join();
    }
  }
  House(const House&) = delete;
  House& operator=(const House&) = delete;

  Result<void> open(std::uint16_t port) {
    boost::system::error_code error;
    acceptor_.open(tcp::v4(), error);
    if (!error) {
      acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    }
    if (!error) {
      acceptor_.bind(tcp::endpoint(asio::ip::address_v4::loopback(), port), error);
    }
    if (!error) {
      acceptor_.listen(asio::socket_base::max_listen_connections, error);
    }
    if (error) {
      return failed(ErrorCode::unavailable,
                    "the page cannot be served at 127.0.0.1:" + std::to_string(port) + ": " + error.message());
    }
    port_ = acceptor_.local_endpoint(error).port();
    accept();
    Result<std::thread> thread = try_start("for the page", [this] { return std::thread([this] { context_.run(); }); });
    if (!thread) {
      return std::unexpected(thread.error());
    }
    thread_ = std::move(*thread);
    return {};
  }

  [[nodiscard]] std::uint16_t port() const { return port_; }

  void publish(EventFrame frame, std::string name, KeptEvent kept) {
    asio::post(context_, [this, frame = std::move(frame), name = std::move(name), kept] {
      room_.past.add(name, frame, kept, room_.limits.past_max);
      for (EventClient* listener : room_.listeners_now()) {
        listener->send(frame);
      }
    });
  }

  void finish(std::chrono::milliseconds limit) {
    asio::post(context_, [this] {
      room_.is_closing = true;
      for (EventClient* listener : room_.listeners_now()) {
        listener->end();
      }
      room_.note_left();
    });
    room_.wait_until_left(limit);
  }

 private:
  void accept() {
    acceptor_.async_accept([this](const boost::system::error_code& error, tcp::socket socket) {
      if (error == asio::error::operation_aborted) {
        return;
      }
      if (error) {
        pause_.expires_after(pause_after_refusal);
        pause_.async_wait([this](const boost::system::error_code& stopped) {
          if (!stopped) {
            accept();
          }
        });
        return;
      }
      if (room_.connections < room_.limits.connections_max) {
        std::make_shared<EventClient>(std::move(socket), room_)->read();
      }
      accept();
    });
  }

  EventRoom room_;  // goes last: clients that the context still holds leave it
  asio::io_context context_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_{context_.get_executor()};
  tcp::acceptor acceptor_{context_};
  asio::steady_timer pause_{context_};
  std::uint16_t port_ = 0;
  std::thread thread_ = {};
};

EventServer::EventServer(std::unique_ptr<House> house) : house_(std::move(house)) {}
EventServer::~EventServer() = default;

Result<std::unique_ptr<EventServer>> EventServer::open(std::uint16_t port, std::string page, EventServerLimits limits) {
  auto house = std::make_unique<House>(std::move(page), limits);
  if (const Result<void> opened = house->open(port); !opened) {
    return std::unexpected(opened.error());
  }
  return std::unique_ptr<EventServer>(new EventServer(std::move(house)));
}

std::uint16_t EventServer::port() const {
  return house_->port();
}

void EventServer::publish(std::string_view name, std::string_view data, KeptEvent kept) {
  house_->publish(frame_of(name, data), std::string(name), kept);
}

void EventServer::finish(std::chrono::milliseconds limit) {
  house_->finish(limit);
}

}  // namespace stalemate
