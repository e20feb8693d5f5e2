#include "application/instances/listening.hpp"

#include <gtest/gtest.h>

namespace stalemate {
namespace {

TEST(ListeningSockets, are_read_from_the_kernels_table) {
  const std::string table =
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
      "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4242 1 0 100 0 0 10 "
      "0\n"
      "   1: 0100007F:1F91 0100007F:0050 01 00000000:00000000 00:00000000 00000000  1000        0 4243 1 0 100 0 0 10 "
      "0\n"
      "   2: 00000000000000000000000001000000:0BB8 00000000000000000000000000000000:0000 0A 00000000:00000000 00:0 0 0 "
      "0 7\n"
      "junk\n";
  const std::map<std::uint64_t, std::uint16_t> expected = {{4242, 8080}, {7, 3000}};
  EXPECT_EQ(listening_sockets_in(table), expected);
  for (std::size_t length = 0; length < table.size(); ++length) {
    EXPECT_LE(listening_sockets_in(table.substr(0, length)).size(), 2U);
  }
}

}  // namespace
}  // namespace stalemate
