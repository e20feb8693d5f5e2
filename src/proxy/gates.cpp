// The gates: listeners, connections and copies on one thread, and the messages that change them.
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <future>
#include <thread>
#include <utility>

#include "core/assert.hpp"
#include "core/try_start.hpp"
#include "proxy/connection.hpp"
#include "proxy/gate.hpp"

namespace stalemate {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr auto accept_pause = std::chrono::milliseconds(100);

struct Listener {
  OpenLink link = {};
  tcp::acceptor acceptor;
  asio::steady_timer pause;
};

std::string place_of(const std::string& host, std::uint16_t port) {
  return host + ":" + std::to_string(port);
}

Result<tcp::endpoint> resolved(asio::io_context& context, const std::string& host, std::uint16_t port) {
  tcp::resolver resolver(context);
  error_code error;
  const auto found = resolver.resolve(host, std::to_string(port), error);
  if (error || found.empty()) {
    return failed(ErrorCode::unavailable,
                  "the address " + place_of(host, port) + " cannot be resolved: " + error.message());
  }
  return found.begin()->endpoint();
}

class ThreadedGates final : public Gates {
 public:
  explicit ThreadedGates(GateKeeper* keeper)
      : context_(1),
        house_{context_, keeper, LateCopies(context_, keeper, house_.traffic)},
        work_(context_.get_executor()) {}

  ~ThreadedGates() override {
    if (thread_.joinable()) {
      asio::post(context_, [this] { shut(); });
      work_.reset();
      thread_.join();
    }
  }

  Result<void> listen(const LinkAddress& address) {
    const Result<tcp::endpoint> here = resolved(context_, address.listen_host, address.listen_port);
    if (!here) {
      return std::unexpected(here.error());
    }
    const Result<tcp::endpoint> store = resolved(context_, address.store_host, address.store_port);
    if (!store) {
      return std::unexpected(store.error());
    }
    if (const auto talk = make_conversation(address.protocol); !talk) {
      return std::unexpected(talk.error());
    }
    error_code error;
    tcp::acceptor acceptor(context_);
    acceptor.open(here->protocol(), error);
    const auto go_on = [&error](auto step) {
      if (!error) {
        step();
      }
    };
    go_on([&] { acceptor.set_option(tcp::acceptor::reuse_address(true), error); });
    go_on([&] { acceptor.bind(*here, error); });
    go_on([&] { acceptor.listen(asio::socket_base::max_listen_connections, error); });
    if (error) {
      return failed(
          ErrorCode::unavailable,
          "the gates cannot listen on " + place_of(address.listen_host, address.listen_port) + ": " + error.message());
    }
    ports_.push_back(acceptor.local_endpoint(error).port());
    listeners_.push_back(std::unique_ptr<Listener>(
        new Listener{OpenLink{listeners_.size(), address.protocol, *store, address.password, address.conditions},
                     std::move(acceptor), asio::steady_timer(context_)}));
    return {};
  }

  Result<void> start() {
    for (const auto& listener : listeners_) {
      accept(*listener);
    }
    Result<std::thread> thread = try_start("for the gates", [this] { return std::thread([this] { context_.run(); }); });
    if (!thread) {
      return std::unexpected(thread.error());
    }
    thread_ = std::move(*thread);
    return {};
  }

  std::uint16_t port_of(std::size_t link) const override { return ports_[link]; }

  Result<void> let_go(std::uint64_t call, const CallTrouble& trouble) override {
    return ask<Result<void>>([&]() -> Result<void> {
      const auto found = house_.held.find(call);
      if (found == house_.held.end()) {
        return failed(ErrorCode::unavailable, "no call " + std::to_string(call) + " waits at a gate");
      }
      return found->second->let_go(trouble);
    });
  }

  Result<void> send_copy(std::uint64_t call) override {
    std::promise<Result<void>> sent;
    asio::post(context_,
               [&] { house_.copies.send(call, [&sent](Result<void> done) { sent.set_value(std::move(done)); }); });
    return sent.get_future().get();
  }

  Result<void> close_all(std::size_t link) override {
    return ask<Result<void>>([&]() -> Result<void> {
      for (const auto& connection : connections_of(link)) {
        connection->close();
      }
      return {};
    });
  }

  Result<void> set_conditions(std::size_t link, const LinkConditions& conditions) override {
    return ask<Result<void>>([&]() -> Result<void> {
      listeners_[link]->link.conditions = conditions;
      for (const auto& connection : connections_of(link)) {
        connection->set_conditions(conditions);
      }
      return {};
    });
  }

  Result<void> set_reach(std::size_t link, LinkReach reach) override {
    return ask<Result<void>>([&]() -> Result<void> {
      OpenLink& open = listeners_[link]->link;
      open.is_cut = reach == LinkReach::cut;
      open.black_cause = 0;
      open.black_until = reach == LinkReach::dark ? GateTime::max() : GateTime();
      for (const auto& connection : connections_of(link)) {
        if (open.is_cut) {
          connection->reset();
        } else {
          connection->renew_blackhole();
        }
      }
      return {};
    });
  }

  Result<void> lift(std::uint64_t cause) override {
    return ask<Result<void>>([&]() -> Result<void> {
      for (std::size_t link = 0; link < listeners_.size(); ++link) {
        OpenLink& open = listeners_[link]->link;
        if (cause != 0 && open.black_cause == cause) {
          open.black_cause = 0;
          open.black_until = {};
        }
        for (const auto& connection : connections_of(link)) {
          connection->lift(cause);
          connection->renew_blackhole();
        }
      }
      return {};
    });
  }

  void in_between(const std::function<void()>& work) const override {
    ask<bool>([&work] {
      work();
      return true;
    });
  }

  GateTraffic traffic() const override {
    return ask<GateTraffic>([this] {
      GateTraffic traffic = house_.traffic;
      traffic.connections = house_.connections.size();
      for (const auto& [id, connection] : house_.connections) {
        traffic.bytes_under_way += connection->bytes_under_way();
      }
      return traffic;
    });
  }

 private:
  /// What `question` answers in the gates' thread, which never blocks: so neither does this for long.
  template <class Answer, class Question>
  Answer ask(Question question) const {
    std::promise<Answer> answer;
    asio::post(context_, [&] { answer.set_value(question()); });
    return answer.get_future().get();
  }

  [[nodiscard]] std::vector<std::shared_ptr<GateConnection>> connections_of(std::size_t link) const {
    std::vector<std::shared_ptr<GateConnection>> found;
    for (const auto& [id, connection] : house_.connections) {
      if (connection->link() == link) {
        found.push_back(connection);
      }
    }
    return found;
  }

  void accept(Listener& listener) {
    listener.acceptor.async_accept([this, &listener](const error_code& error, tcp::socket socket) {
      if (error == asio::error::operation_aborted) {
        return;
      }
      if (!error) {
        take_in(listener, std::move(socket));
        accept(listener);
        return;
      }
      // Too many open files, most likely: some will be closed.
      listener.pause.expires_after(accept_pause);
      listener.pause.async_wait([this, &listener](const error_code& stopped) {
        if (!stopped) {
          accept(listener);
        }
      });
    });
  }

  void take_in(Listener& listener, tcp::socket socket) {
    if (listener.link.is_cut) {
      error_code ignored;
      socket.set_option(asio::socket_base::linger(true, 0), ignored);
      return;  // which closes it
    }
    Result<std::unique_ptr<StoreConversation>> talk = make_conversation(listener.link.protocol);
    STALEMATE_ASSERT(talk, "a protocol that could be read when the link was opened still can");
    const auto connection = std::make_shared<GateConnection>(house_, listener.link, std::move(*talk));
    house_.connections.emplace(connection->id(), connection);
    connection->open(std::move(socket));
  }

  void shut() {
    error_code ignored;
    for (const auto& listener : listeners_) {
      listener->acceptor.close(ignored);
      listener->pause.cancel();
    }
    for (std::size_t link = 0; link < listeners_.size(); ++link) {
      for (const auto& connection : connections_of(link)) {
        connection->close();
      }
    }
    context_.stop();
  }

  mutable asio::io_context context_;
  GateHouse house_;
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  std::vector<std::unique_ptr<Listener>> listeners_ = {};
  std::vector<std::uint16_t> ports_ = {};
  std::thread thread_ = {};
};

}  // namespace

Result<std::unique_ptr<Gates>> start_gates(const GatesOptions& options) {
  auto gates = std::make_unique<ThreadedGates>(options.keeper);
  for (const LinkAddress& address : options.links) {
    if (const Result<void> listening = gates->listen(address); !listening) {
      return std::unexpected(listening.error());
    }
  }
  if (const Result<void> started = gates->start(); !started) {
    return std::unexpected(started.error());
  }
  return gates;
}

}  // namespace stalemate
