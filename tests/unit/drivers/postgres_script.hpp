// PostgreSQL's messages, written by hand, for scripts of a byte server.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "byte_server.hpp"

namespace stalemate {

inline std::string big_endian(std::uint32_t number, int bytes) {
  std::string text;
  for (int byte = bytes - 1; byte >= 0; --byte) {
    text += static_cast<char>((number >> (8 * byte)) & 0xffU);
  }
  return text;
}

inline std::string text_z(std::string_view text) {
  return std::string(text) + '\0';
}

inline std::string message(char kind, const std::string& body) {
  return kind + big_endian(static_cast<std::uint32_t>(body.size()) + 4, 4) + body;
}

inline std::string row_description(int columns) {
  std::string body = big_endian(static_cast<std::uint32_t>(columns), 2);
  for (int column = 0; column < columns; ++column) {
    body += text_z("column") + big_endian(0, 4) + big_endian(0, 2) + big_endian(25, 4) + big_endian(0xffff, 2) +
            big_endian(0xffffffff, 4) + big_endian(0, 2);
  }
  return message('T', body);
}

inline std::string data_row(const std::vector<std::string>& cells) {
  std::string body = big_endian(static_cast<std::uint32_t>(cells.size()), 2);
  for (const std::string& cell : cells) {
    body += big_endian(static_cast<std::uint32_t>(cell.size()), 4) + cell;
  }
  return message('D', body);
}

inline std::string sql_failure(std::string_view severity, std::string_view state, std::string_view text) {
  const std::string named(severity);
  return message('E', "S" + text_z(named) + "V" + text_z(named) + "C" + text_z(state) + "M" + text_z(text) + '\0');
}

inline const std::string parsed = message('1', "");
inline const std::string bound = message('2', "");
inline const std::string no_data = message('n', "");
inline const std::string ready_for_query = message('Z', "I");

inline std::string one_row(const std::vector<std::string>& cells) {
  return bound + row_description(static_cast<int>(cells.size())) + data_row(cells) + message('C', text_z("SELECT 1"));
}
inline const std::string no_rows = bound + row_description(1) + message('C', text_z("SELECT 0"));
inline const std::string done = parsed + bound + no_data + message('C', text_z("SET"));

// Reads messages until so many Syncs have come.
inline Act await_syncs(unsigned wanted) {
  return await_until([wanted](std::string_view received) {
    unsigned syncs = 0;
    while (received.size() >= 5) {
      std::size_t length = 0;
      for (int byte = 1; byte <= 4; ++byte) {
        length = length * 256 + static_cast<unsigned char>(received[static_cast<std::size_t>(byte)]);
      }
      if (received.size() < length + 1) {
        break;
      }
      syncs += received.front() == 'S' ? 1 : 0;
      received.remove_prefix(length + 1);
    }
    return syncs >= wanted;
  });
}

/// Until a whole statement has come of whose text `part` is a part.
inline Act await_statement(std::string part) {
  return await_until([part = std::move(part)](std::string_view received) {
    return received.find(part) != std::string_view::npos && received.back() == '\0';
  });
}

inline Act await_startup() {
  return await_until([](std::string_view received) {
    return received.size() >= 4 && received.size() >= static_cast<unsigned char>(received[3]);
  });
}

inline const std::string welcome = message('R', big_endian(0, 4)) +
                                   message('S', text_z("server_version") + text_z("15.8")) +
                                   message('K', big_endian(1, 4) + big_endian(2, 4)) + ready_for_query;

// The part of every conversation up to the prepared statements.
inline Conversation after_preparing(const Conversation& rest,
                                    const std::string& version = "PostgreSQL 15.8 (Debian) on x") {
  Conversation whole = {await_startup(),
                        send_bytes(welcome),
                        await_syncs(2),
                        send_bytes(parsed + one_row({version}) + ready_for_query + parsed +
                                   one_row({"read committed"}) + ready_for_query),
                        await_syncs(1),
                        send_bytes(done + parsed + parsed + parsed + ready_for_query)};
  whole.insert(whole.end(), rest.begin(), rest.end());
  return whole;
}

}  // namespace stalemate
