#include "application/channels/http_request.hpp"

namespace stalemate {
namespace {

std::string_view content_type_of(std::string_view body) {
  const std::size_t first = body.find_first_not_of(" \t\r\n");
  const bool is_json = first != std::string_view::npos && (body[first] == '{' || body[first] == '[');
  return is_json ? "application/json" : "text/plain; charset=utf-8";
}

/// Of other requests no length says that there is no body.
bool needs_length(const HttpParts& parts) {
  return !parts.body.empty() || parts.method == "POST" || parts.method == "PUT" || parts.method == "PATCH";
}

}  // namespace

std::string http_text(const HttpParts& parts) {
  constexpr std::size_t around = 96;
  std::string text;
  text.reserve(parts.method.size() + parts.target.size() + parts.headers.size() + parts.body.size() + around);
  text.append(parts.method).append(" ").append(parts.target).append(" HTTP/1.1\r\n").append(parts.headers);
  if (!parts.body.empty() && !parts.has_content_type) {
    text += header_line("Content-Type", content_type_of(parts.body));
  }
  if (needs_length(parts)) {
    text += header_line("Content-Length", std::to_string(parts.body.size()));
  }
  text.append("\r\n").append(parts.body);
  return text;
}

std::string header_line(std::string_view name, std::string_view value) {
  return std::string(name).append(": ").append(value).append("\r\n");
}

std::string host_line(const InstanceAddress& address) {
  return header_line("Host", place_of(address));
}

std::string user_agent_line() {
  return header_line("User-Agent", "stalemate");
}

std::string place_of(const InstanceAddress& address) {
  const bool is_ipv6 = address.host.find(':') != std::string::npos;
  return (is_ipv6 ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

}  // namespace stalemate
