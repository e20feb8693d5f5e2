#include "export/parquet/thrift_text.hpp"

#include "core/assert.hpp"

namespace stalemate {
namespace {

enum ThriftType : unsigned {
  yes = 1,
  no = 2,
  byte = 3,
  number32 = 5,
  number64 = 6,
  binary = 8,
  list = 9,
  structure = 12
};

}  // namespace

void ThriftText::int8(int field, std::int8_t value) {
  begin_field(field, ThriftType::byte);
  bytes_ += static_cast<char>(value);
}

void ThriftText::int32(int field, std::int32_t value) {
  begin_field(field, ThriftType::number32);
  zigzag(value);
}

void ThriftText::int64(int field, std::int64_t value) {
  begin_field(field, ThriftType::number64);
  zigzag(value);
}

void ThriftText::boolean(int field, bool value) {
  begin_field(field, value ? ThriftType::yes : ThriftType::no);
}

void ThriftText::text(int field, std::string_view value) {
  begin_field(field, ThriftType::binary);
  varint(value.size());
  bytes_ += value;
}

void ThriftText::begin_struct(int field) {
  begin_field(field, ThriftType::structure);
  begin_element();
}

void ThriftText::begin_structs(int field, std::size_t size) {
  begin_list(field, size, ThriftType::structure);
}

void ThriftText::begin_element() {
  last_fields_.push_back(0);
}

void ThriftText::end_struct() {
  bytes_ += '\0';
  last_fields_.pop_back();
}

void ThriftText::int32s(int field, const std::vector<std::int32_t>& values) {
  begin_list(field, values.size(), ThriftType::number32);
  for (const std::int32_t value : values) {
    zigzag(value);
  }
}

void ThriftText::texts(int field, const std::vector<std::string>& values) {
  begin_list(field, values.size(), ThriftType::binary);
  for (const std::string& value : values) {
    varint(value.size());
    bytes_ += value;
  }
}

std::string ThriftText::finished() {
  end_struct();
  STALEMATE_ASSERT(last_fields_.empty(), "every struct within has been ended");
  return std::move(bytes_);
}

void ThriftText::begin_field(int field, unsigned type) {
  const int delta = field - last_fields_.back();
  STALEMATE_ASSERT(delta > 0 && delta < 16, "fields are written in ascending order, without wide gaps");
  last_fields_.back() = field;
  bytes_ += static_cast<char>(static_cast<unsigned>(delta) << 4U | type);
}

void ThriftText::begin_list(int field, std::size_t size, unsigned type) {
  begin_field(field, ThriftType::list);
  constexpr std::size_t long_list = 15;
  bytes_ += static_cast<char>(static_cast<unsigned>(size < long_list ? size : long_list) << 4U | type);
  if (size >= long_list) {
    varint(size);
  }
}

void ThriftText::varint(std::uint64_t number) {
  for (; number >= 0x80U; number >>= 7U) {
    bytes_ += static_cast<char>((number & 0x7FU) | 0x80U);
  }
  bytes_ += static_cast<char>(number);
}

void ThriftText::zigzag(std::int64_t number) {
  varint(static_cast<std::uint64_t>(number) << 1U ^ static_cast<std::uint64_t>(number >> 63U));
}

}  // namespace stalemate
