// A server on loopback that answers each request with bytes of a test's choice.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "application/instances/instance.hpp"

namespace stalemate {

class ScriptedServer {
 public:
  using Socket = boost::asio::ip::tcp::socket;
  /// Answers one request, given as its bytes. False: the connection is to be closed, which only the server does.
  using Script = std::function<bool(Socket&, const std::string& request)>;

  explicit ScriptedServer(Script script) : script_(std::move(script)), thread_([this] { accept_all(); }) {}
  ~ScriptedServer() {
    boost::system::error_code ignored;
    Socket waker(context_);
    is_ending_ = true;
    waker.connect(acceptor_.local_endpoint(), ignored);
    thread_.join();
    {
      const std::scoped_lock guard(mutex_);
      for (const auto& socket : sockets_) {
        socket->shutdown(Socket::shutdown_both, ignored);
      }
    }
    talks_.clear();
  }
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  [[nodiscard]] int connections() const { return connections_; }
  [[nodiscard]] std::vector<std::string> requests() const {
    const std::scoped_lock guard(mutex_);
    return requests_;
  }

 private:
  void accept_all() {
    while (true) {
      auto socket = std::make_shared<Socket>(context_);
      boost::system::error_code error;
      acceptor_.accept(*socket, error);
      if (error || is_ending_) {
        return;
      }
      ++connections_;
      const std::scoped_lock guard(mutex_);
      sockets_.push_back(socket);
      talks_.emplace_back([this, socket] { talk(*socket); });
    }
  }

  void talk(Socket& socket) {
    std::string text;
    boost::system::error_code error;
    while (true) {
      const std::size_t head = boost::asio::read_until(socket, boost::asio::dynamic_buffer(text), "\r\n\r\n", error);
      if (error) {
        return;
      }
      const std::size_t place = text.find("Content-Length: ");
      const std::size_t body = place < head ? std::stoul(text.substr(place + 16)) : 0;
      while (text.size() < head + body && !error) {
        std::string more(head + body - text.size(), '\0');
        more.resize(socket.read_some(boost::asio::buffer(more), error));
        text += more;
      }
      const std::string request = text.substr(0, head + body);
      text.erase(0, head + body);
      {
        const std::scoped_lock guard(mutex_);
        requests_.push_back(request);
      }
      if (!script_(socket, request)) {
        const std::scoped_lock guard(mutex_);
        socket.close(error);
        return;
      }
    }
  }

  Script script_;
  boost::asio::io_context context_;
  boost::asio::ip::tcp::acceptor acceptor_{context_, {boost::asio::ip::address_v4::loopback(), 0}};
  std::atomic<bool> is_ending_ = false;
  std::atomic<int> connections_ = 0;
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
  std::vector<std::shared_ptr<Socket>> sockets_;
  std::vector<std::jthread> talks_;
  std::thread thread_;
};

/// An instance of which only its address is known.
class AddressOnly final : public Instance {
 public:
  explicit AddressOnly(std::uint16_t port, std::string path = "") {
    address_.port = port;
    address_.path = std::move(path);
  }
  [[nodiscard]] std::uint32_t number() const override { return 1; }
  [[nodiscard]] const InstanceAddress& address() const override { return address_; }
  [[nodiscard]] std::shared_ptr<const ProgramPipes> pipes() const override { return nullptr; }
  [[nodiscard]] bool is_ours() const override { return false; }
  [[nodiscard]] Result<InstanceState> state() const override { return InstanceState(); }
  [[nodiscard]] std::vector<pid_t> pids() const override { return {}; }
  [[nodiscard]] bool asleep() const override { return false; }
  [[nodiscard]] Result<void> kill_now() override { return {}; }
  [[nodiscard]] Result<void> start_again() override { return {}; }
  [[nodiscard]] Result<void> stop() override { return {}; }

 private:
  InstanceAddress address_;
};

}  // namespace stalemate
