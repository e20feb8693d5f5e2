#include "proxy/postgres_login.hpp"

#include <unistd.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace stalemate {
namespace {

constexpr std::size_t bytes_before_settings = 8;  // the message's length and the protocol's version

/// Names and values of the start message, each with a zero byte behind it.
std::vector<std::pair<std::string, std::string>> settings_of(std::string_view message) {
  std::vector<std::pair<std::string, std::string>> settings;
  message.remove_prefix(std::min(bytes_before_settings, message.size()));
  const auto next = [&message] {
    const std::size_t end = std::min(message.find('\0'), message.size());
    std::string text(message.substr(0, end));
    message.remove_prefix(std::min(end + 1, message.size()));
    return text;
  };
  for (std::string name = next(); !name.empty(); name = next()) {
    settings.emplace_back(std::move(name), next());
  }
  return settings;
}

/// As `options` of a connection wants it.
std::string as_option(const std::string& name, const std::string& value) {
  std::string option = " -c " + name + "=";
  for (const char c : value) {
    option += c == ' ' || c == '\\' ? "\\" : "";
    option += c;
  }
  return option;
}

}  // namespace

PostgresLogin::PostgresLogin(boost::asio::io_context& context, const boost::asio::ip::tcp::endpoint& store,
                             std::string_view start_message, const std::string& password)
    : descriptor_(context) {
  std::string options;
  std::vector<std::pair<std::string, std::string>> words = {{"hostaddr", store.address().to_string()},
                                                            {"port", std::to_string(store.port())},
                                                            {"password", password},
                                                            {"sslmode", "disable"},
                                                            {"gssencmode", "disable"}};
  for (auto& [name, value] : settings_of(start_message)) {
    if (name == "user" || name == "application_name" || name == "client_encoding" || name == "replication") {
      words.emplace_back(name, value);
    } else if (name == "database") {
      words.emplace_back("dbname", value);
    } else if (name == "options") {
      options.insert(0, value);
    } else {
      options += as_option(name, value);
    }
  }
  words.emplace_back("options", options);
  std::vector<const char*> names;
  std::vector<const char*> values;
  for (const auto& [name, value] : words) {
    names.push_back(name.c_str());
    values.push_back(value.c_str());
  }
  names.push_back(nullptr);
  values.push_back(nullptr);
  connection_.reset(PQconnectStartParams(names.data(), values.data(), 0));
}

void PostgresLogin::start(Done done) {
  done_ = std::move(done);
  if (PQstatus(connection_.get()) == CONNECTION_BAD) {
    go_on();
  } else {
    wait(boost::asio::posix::stream_descriptor::wait_write);
  }
}

void PostgresLogin::wait(boost::asio::posix::stream_descriptor::wait_type what) {
  // libpq may have taken another socket since.
  boost::system::error_code error;
  descriptor_.close(error);
  descriptor_.assign(duplicated_socket(), error);
  descriptor_.async_wait(what, [kept = shared_from_this()](const boost::system::error_code& broken) {
    if (!broken) {
      kept->go_on();
    }
  });
}

void PostgresLogin::go_on() {
  const PostgresPollingStatusType status =
      PQstatus(connection_.get()) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PQconnectPoll(connection_.get());
  switch (status) {
    case PGRES_POLLING_READING: wait(boost::asio::posix::stream_descriptor::wait_read); return;
    case PGRES_POLLING_WRITING: wait(boost::asio::posix::stream_descriptor::wait_write); return;
    case PGRES_POLLING_OK: {
      boost::system::error_code ignored;
      descriptor_.close(ignored);
      std::exchange(done_, {})(shared_from_this());
      return;
    }
    default: {
      std::string words = PQerrorMessage(connection_.get());
      std::ranges::replace(words, '\n', ' ');
      std::exchange(done_, {})(failed(ErrorCode::authentication, words));
    }
  }
}

int PostgresLogin::duplicated_socket() const {
  return ::dup(PQsocket(connection_.get()));
}

}  // namespace stalemate
