// What a MariaDB says, byte by byte, for scripts of a ByteServer.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "unit/drivers/byte_server.hpp"

namespace stalemate::mariadb_script {

/// The number's `bytes` lower bytes, lowest first.
inline std::string little(std::uint64_t number, int bytes) {
  std::string text;
  for (int each = 0; each < bytes; ++each) {
    text += static_cast<char>(each < 8 ? (number >> (8 * each)) & 0xff : 0);
  }
  return text;
}
inline std::string counted(std::string_view text) {
  return little(text.size(), 1) + std::string(text);
}
inline std::string packet(int sequence, std::string_view payload) {
  return little(payload.size(), 3) + little(static_cast<std::uint64_t>(sequence), 1) + std::string(payload);
}
/// One packet after the other, numbered from `sequence`.
inline std::string packets(int sequence, const std::vector<std::string>& payloads) {
  std::string text;
  for (const std::string& payload : payloads) {
    text += packet(sequence++, payload);
  }
  return text;
}

constexpr std::uint64_t more_results = 8;

inline std::string ok(std::uint64_t affected = 0, std::uint64_t insert_id = 0, std::uint64_t status = 0) {
  return little(0, 1) + little(affected, 1) + little(insert_id, 1) + little(2 | status, 2) + little(0, 2);
}
inline std::string error(unsigned number, std::string_view state, std::string_view sentence) {
  return "\xff" + little(number, 2) + "#" + std::string(state) + std::string(sentence);
}
inline std::string end_of_list() {
  return "\xfe" + little(0, 2) + little(2, 2);
}
constexpr unsigned long_type = 3;
constexpr unsigned longlong_type = 8;
constexpr unsigned text_type = 253;
inline std::string column(std::string_view name, unsigned type) {
  return counted("def") + counted("") + counted("") + counted("") + counted(name) + counted("") + little(12, 1) +
         little(45, 2) + little(64, 4) + little(type, 1) + little(0, 2) + little(0, 1) + little(0, 2);
}

inline std::string greeting() {
  // Protocol 4.1 with plugins for logins, several statements and results, and without answers that leave out the end of
  // a list.
  constexpr std::uint64_t abilities = 0x000fa20bU;
  return packet(0, little(10, 1) + "10.11.6-MariaDB" + little(0, 1) + little(7, 4) + "abcdefgh" + little(0, 1) +
                       little(abilities, 2) + little(45, 1) + little(2, 2) + little(abilities >> 16, 2) +
                       little(21, 1) + little(0, 10) + "ijklmnopqrst" + little(0, 1) + "mysql_native_password" +
                       little(0, 1));
}
inline std::string facts(std::string_view isolation = "REPEATABLE-READ", std::string_view snapshots = "OFF") {
  return packets(
      1,
      {ok(0, 0, more_results), little(2, 1), column("Variable_name", text_type), column("Value", text_type),
       end_of_list(), counted("innodb_snapshot_isolation") + counted(snapshots),
       counted("tx_isolation") + counted(isolation), counted("version") + counted("10.11.6-MariaDB"), end_of_list()});
}
inline std::string prepared(unsigned id, const std::vector<unsigned>& parameter_types,
                            const std::vector<unsigned>& column_types) {
  std::vector<std::string> payloads = {little(0, 1) + little(id, 4) + little(column_types.size(), 2) +
                                       little(parameter_types.size(), 2) + little(0, 1) + little(0, 2)};
  for (const std::vector<unsigned>& types : {parameter_types, column_types}) {
    for (const unsigned type : types) {
      payloads.push_back(column("any", type));
    }
    if (!types.empty()) {
      payloads.push_back(end_of_list());
    }
  }
  return packets(1, payloads);
}
/// The answer to a read: a row, or none.
inline std::string row(std::int32_t quantity) {
  return packets(1, {little(1, 1), column("quantity", long_type), end_of_list(),
                     little(0, 2) + little(static_cast<std::uint32_t>(quantity), 4), end_of_list()});
}
inline std::string no_row() {
  return packets(1, {little(1, 1), column("quantity", long_type), end_of_list(), end_of_list()});
}
/// The answer to a write.
inline std::string written(std::uint64_t version) {
  return packet(1, ok(1, version));
}
inline std::string refused(unsigned number, std::string_view state) {
  return packet(1, error(number, state, "why"));
}

/// Waits for one request, or the login.
inline Act request() {
  return await_until([](std::string_view received) {
    constexpr std::size_t header = 4;
    if (received.size() < header) {
      return false;
    }
    const auto byte = [&](std::size_t place) {
      return static_cast<std::size_t>(static_cast<unsigned char>(received[place]));
    };
    return received.size() >= header + byte(0) + (byte(1) << 8) + (byte(2) << 16);
  });
}

/// What comes before the first read or write, then `rest`.
inline Conversation after_login(const Conversation& rest, const std::string& told = facts()) {
  Conversation all = {send_bytes(greeting()),
                      request(),
                      send_bytes(packet(2, ok())),
                      request(),
                      send_bytes(told),
                      request(),
                      send_bytes(prepared(1, {text_type}, {long_type})),
                      request(),
                      send_bytes(prepared(2, {long_type, text_type}, {})),
                      request(),
                      send_bytes(prepared(3, {text_type}, {longlong_type, long_type}))};
  all.insert(all.end(), rest.begin(), rest.end());
  return all;
}

}  // namespace stalemate::mariadb_script
