#include "proxy/connection.hpp"

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <utility>

namespace stalemate {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

std::uint64_t queued_bytes(const GateSocket& socket, unsigned long queue) {
  int count = 0;
  return socket.is_open() && ioctl(socket.handle(), queue, &count) == 0 && count > 0 ? static_cast<std::uint64_t>(count)
                                                                                     : 0;
}

}  // namespace

GateConnection::GateConnection(GateHouse& house, OpenLink& link, std::unique_ptr<StoreConversation> talk)
    : house_(house),
      link_(link),
      id_(house.next_connection++),
      connecting_(house.context),
      application_(house.context, *this),
      store_(house.context, *this),
      requests_(house.context, application_, store_, *this),
      replies_(house.context, store_, application_, *this),
      timer_(house.context),
      dawn_(house.context),
      talk_(std::move(talk)) {
  set_conditions(link.conditions);
}

/// False: the connection was given up.
bool GateConnection::take_over(tcp::socket& connected, GateSocket& socket) {
  error_code ignored;
  connected.set_option(tcp::no_delay(true), ignored);
  const bool is_watched = socket.open(connected.release(ignored));
  if (!is_watched) {
    give_up("the system watches no more sockets");
  }
  return is_watched;
}

void GateConnection::open(tcp::socket application) {
  if (!take_over(application, application_)) {
    return;
  }
  requests_.freeze(true);
  renew_blackhole();
  connecting_.async_connect(link_.store, [kept = shared_from_this()](const error_code& error) {
    GateConnection& self = *kept;
    if (self.closed_) {
      return;
    }
    if (error) {
      self.give_up("the store at " + self.link_.store.address().to_string() + ":" +
                   std::to_string(self.link_.store.port()) + " cannot be reached: " + error.message());
    } else if (self.take_over(self.connecting_, self.store_)) {
      self.connected();
    }
  });
  requests_.read();
}

void GateConnection::connected() {
  is_connected_ = true;
  requests_.freeze(frozen_);
  requests_.flush();
  requests_.read();
  replies_.read();
}

void GateConnection::socket_ready(GateSocket& socket) {
  if (&socket == &application_) {
    replies_.go_on_writing();
    requests_.read();
  } else {
    requests_.go_on_writing();
    replies_.read();
  }
}

void GateConnection::set_conditions(const LinkConditions& conditions) {
  requests_.set_conditions({conditions.to_store_ns, conditions.bytes_per_second});
  replies_.set_conditions({conditions.to_application_ns, conditions.bytes_per_second});
}

void GateConnection::close() {
  if (std::exchange(closed_, true)) {
    return;
  }
  const auto kept = shared_from_this();
  if (stage_ == Stage::held) {
    house_.held.erase(call_.id);
  }
  error_code ignored;
  timer_.cancel();
  dawn_.cancel();
  connecting_.close(ignored);
  application_.close();
  store_.close();
  house_.connections.erase(id_);
  if (house_.keeper != nullptr) {
    house_.keeper->closed(link_.index, id_);
  }
}

void GateConnection::reset() {
  constexpr linger at_once = {.l_onoff = 1, .l_linger = 0};
  if (application_.is_open()) {
    ::setsockopt(application_.handle(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  }
  close();
}

void GateConnection::give_up(const std::string& sentence) {
  if (house_.keeper != nullptr) {
    house_.keeper->troubled(link_.index, sentence);
  }
  close();
}

void GateConnection::note_unreadable() {
  if (!told_unreadable_ && house_.keeper != nullptr && !talk_->unreadable().empty()) {
    told_unreadable_ = true;
    house_.keeper->troubled(link_.index,
                            "a connection is passed on without being read: " + std::string(talk_->unreadable()));
  }
}

void GateConnection::came(Lane& lane) {
  if (&lane == &requests_) {
    take_requests();
  } else {
    take_replies();
  }
}

void GateConnection::source_ended(Lane& lane) {
  if (&lane == &requests_ && offer_declined_ && house_.keeper != nullptr) {
    house_.keeper->troubled(link_.index,
                            "a client wanted an encrypted connection or none (sslmode=require): gates read along, so "
                            "they decline TLS; let it connect without");
  }
  if (&lane == &replies_) {
    pass_reply();
    replies_.end_sink();
  } else if (stage_ == Stage::held || stage_ == Stage::mute || frozen_) {
    close();
  } else {
    if (stage_ != Stage::timed) {
      // Half a request goes as it is: the store says what it thinks of it.
      requests_.let_go(requests_.bytes().size() - requests_.gone(), std::chrono::steady_clock::now());
    }
    requests_.end_sink();
  }
}

void GateConnection::sink_ended(Lane& lane) {
  if (&lane == &replies_ || replies_.is_source_ended()) {
    close();
  }
}

void GateConnection::broke(Lane& /*lane*/) {
  close();
}

std::uint64_t GateConnection::bytes_under_way() const {
  if (closed_ || stage_ == Stage::mute) {
    return 0;
  }
  const bool waits = stage_ == Stage::held;
  const std::uint64_t of_requests =
      waits ? requests_.gone() : requests_.bytes().size() + queued_bytes(application_, FIONREAD);
  return of_requests + replies_.bytes().size() + queued_bytes(store_, FIONREAD) + queued_bytes(store_, SIOCOUTQNSD) +
         queued_bytes(application_, SIOCOUTQNSD);
}

}  // namespace stalemate
