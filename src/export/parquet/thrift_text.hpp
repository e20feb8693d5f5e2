// ThriftText: structs in Thrift's compact protocol, which is what the headers and the footer of a Parquet file are.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace stalemate {

/// Writes one struct, field after field in ascending order of their numbers. Structs within it are begun and ended in
/// between.
/// Source: Apache Thrift's compact protocol.
class ThriftText {
 public:
  ThriftText() { last_fields_.push_back(0); }

  void int8(int field, std::int8_t value);
  void int32(int field, std::int32_t value);
  void int64(int field, std::int64_t value);
  void boolean(int field, bool value);
  void text(int field, std::string_view value);
  void begin_struct(int field);
  /// Of `size` structs, each begun with begin_element and ended with end_struct.
  void begin_structs(int field, std::size_t size);
  void begin_element();
  void end_struct();
  void int32s(int field, const std::vector<std::int32_t>& values);
  void texts(int field, const std::vector<std::string>& values);

  /// The bytes of the whole struct. Requires: every other one has been ended.
  [[nodiscard]] std::string finished();

 private:
  void begin_field(int field, unsigned type);
  void begin_list(int field, std::size_t size, unsigned type);
  void varint(std::uint64_t number);
  void zigzag(std::int64_t number);

  std::string bytes_ = {};
  std::vector<int> last_fields_ = {};  ///< of each struct under way
};

}  // namespace stalemate
