// Requests over HTTP as their bytes.
#pragma once

#include <string>
#include <string_view>

#include "application/application.hpp"

namespace stalemate {

/// One request, ready to be sent.
struct HttpRequest {
  std::string text = {};
  bool is_head = false;      ///< its answer has no body
  Nanoseconds limit_ns = 0;  ///< from the connecting to the answer's last byte
};

/// What a request is made of.
struct HttpParts {
  std::string_view method = "GET";
  std::string_view target = "/";  ///< with the path of the instance
  std::string_view headers = {};  ///< lines of them, but those that tell of the body
  std::string_view body = {};     ///< where it is JSON, "Content-Type" says so
  bool has_content_type = false;  ///< among `headers`
};

[[nodiscard]] std::string http_text(const HttpParts& parts);

/// "Name: value", with the line's end.
[[nodiscard]] std::string header_line(std::string_view name, std::string_view value);

/// The headers that say where a request goes and who sends it.
[[nodiscard]] std::string host_line(const InstanceAddress& address);
[[nodiscard]] std::string user_agent_line();

/// "127.0.0.1:8080" or "[::1]:8080".
[[nodiscard]] std::string place_of(const InstanceAddress& address);

}  // namespace stalemate
