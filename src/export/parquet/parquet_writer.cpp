#include "export/parquet/parquet_writer.hpp"

#include <zlib.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "core/assert.hpp"
#include "export/parquet/thrift_text.hpp"

namespace stalemate {
namespace {

constexpr std::string_view magic = "PAR1";

// Numbers of the format's enumerations.
enum PhysicalType : int { physical_int32 = 1, physical_int64 = 2, physical_bytes = 6 };
enum Encoding : int { encoding_plain = 0, encoding_rle = 3, encoding_rle_dictionary = 8 };
enum PageType : int { page_data = 0, page_dictionary = 2 };
constexpr int codec_gzip = 2;

PhysicalType physical_type_of(CellType type) {
  switch (type) {
    case CellType::int32:
    case CellType::uint32: return physical_int32;
    case CellType::int64:
    case CellType::uint64: return physical_int64;
    case CellType::name: break;
  }
  return physical_bytes;
}

template <class Number>
void append_little_endian(std::string& bytes, Number number) {
  static_assert(std::endian::native == std::endian::little);
  char plain[sizeof number];
  std::memcpy(plain, &number, sizeof number);
  bytes.append(plain, sizeof number);
}

void append_varint(std::string& bytes, std::uint64_t number) {
  for (; number >= 0x80U; number >>= 7U) {
    bytes += static_cast<char>((number & 0x7FU) | 0x80U);
  }
  bytes += static_cast<char>(number);
}

/// Numbers of `width` bits as one run: all the same, or packed, the last group of eight filled up with zeros.
template <class Numbers>
std::string run_of(const Numbers& numbers, unsigned width) {
  std::string bytes;
  const std::size_t size = numbers.size();
  if (std::ranges::adjacent_find(numbers, std::ranges::not_equal_to()) == numbers.end()) {
    append_varint(bytes, size << 1U);
    const auto number = static_cast<std::uint32_t>(size == 0 ? 0U : numbers[0]);
    for (unsigned shift = 0; shift < width; shift += 8) {
      bytes += static_cast<char>(number >> shift);
    }
    return bytes;
  }
  const std::size_t eights = (size + 7) / 8;
  append_varint(bytes, eights << 1U | 1U);
  std::uint64_t bits = 0;
  unsigned kept = 0;
  for (std::size_t place = 0; place < eights * 8; ++place) {
    bits |= std::uint64_t{place < size ? static_cast<std::uint32_t>(numbers[place]) : 0U} << kept;
    for (kept += width; kept >= 8; kept -= 8, bits >>= 8U) {
      bytes += static_cast<char>(bits);
    }
  }
  return bytes;
}

std::string gzipped(std::string_view bytes) {
  z_stream stream = {};
  constexpr int fastest = 1;
  constexpr int gzip_window = 15 + 16;
  constexpr int usual_memory = 8;
  int done = deflateInit2(&stream, fastest, Z_DEFLATED, gzip_window, usual_memory, Z_DEFAULT_STRATEGY);
  STALEMATE_ASSERT(done == Z_OK, "zlib has memory to begin with");
  std::string packed(deflateBound(&stream, bytes.size()), '\0');
  // zlib only reads from there.
  stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(bytes.data()));  // NOLINT(*-const-cast)
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  done = deflate(&stream, Z_FINISH);
  STALEMATE_ASSERT(done == Z_STREAM_END, "there is room for what deflate makes of the bytes");
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

void write_schema_element(ThriftText& text, const ParquetColumn& column) {
  enum ConvertedType : int { converted_utf8 = 0, converted_uint32 = 13, converted_uint64 = 14 };
  text.begin_element();
  text.int32(1, physical_type_of(column.type));
  text.int32(3, column.is_nullable ? 1 : 0);
  text.text(4, column.name);
  const bool is_unsigned = column.type == CellType::uint32 || column.type == CellType::uint64;
  if (column.type == CellType::name) {
    text.int32(6, converted_utf8);
    text.begin_struct(10);
    text.begin_struct(1);  // a string
    text.end_struct();
    text.end_struct();
  } else if (is_unsigned) {
    text.int32(6, column.type == CellType::uint32 ? converted_uint32 : converted_uint64);
    text.begin_struct(10);
    text.begin_struct(10);  // an integer
    text.int8(1, column.type == CellType::uint32 ? 32 : 64);
    text.boolean(2, false);
    text.end_struct();
    text.end_struct();
  }
  text.end_struct();
}

}  // namespace

ParquetWriter::ParquetWriter(std::ostream& out, std::vector<ParquetColumn> columns,
                             std::vector<std::pair<std::string, std::string>> facts)
    : out_(out), columns_(std::move(columns)), facts_(std::move(facts)), cells_(columns_.size()) {
  for (std::size_t column = 0; column < columns_.size(); ++column) {
    cells_[column].id_of.resize(columns_[column].names.size(), 0);
  }
  write(magic);
}

void ParquetWriter::add(std::size_t column, std::int64_t cell) {
  Cells& cells = cells_[column];
  if (columns_[column].is_nullable) {
    cells.present.push_back(true);
  }
  switch (columns_[column].type) {
    case CellType::int32:
    case CellType::uint32: append_little_endian(cells.values, static_cast<std::uint32_t>(cell)); return;
    case CellType::int64:
    case CellType::uint64: append_little_endian(cells.values, cell); return;
    case CellType::name: break;
  }
  std::uint32_t& id = cells.id_of[static_cast<std::size_t>(cell)];
  if (id == 0) {
    cells.used.push_back(static_cast<std::uint32_t>(cell));
    id = static_cast<std::uint32_t>(cells.used.size());
  }
  cells.ids.push_back(id - 1);
}

void ParquetWriter::add_null(std::size_t column) {
  STALEMATE_ASSERT(columns_[column].is_nullable, "only a nullable column has empty cells");
  cells_[column].present.push_back(false);
}

void ParquetWriter::end_row() {
  if (++rows_ == group_rows) {
    write_group();
  }
}

void ParquetWriter::finish() {
  if (rows_ > 0) {
    write_group();
  }
  const std::string text = footer();
  write(text);
  std::string end;
  append_little_endian(end, static_cast<std::uint32_t>(text.size()));
  write(end);
  write(magic);
}

void ParquetWriter::write_group() {
  Group group{.rows = rows_};
  for (std::size_t column = 0; column < columns_.size(); ++column) {
    group.chunks.push_back(write_chunk(column));
  }
  groups_.push_back(std::move(group));
  rows_ = 0;
}

ParquetWriter::Chunk ParquetWriter::write_chunk(std::size_t column) {
  Cells& cells = cells_[column];
  Chunk chunk;
  std::string page;
  if (columns_[column].is_nullable) {
    const std::string levels = run_of(cells.present, 1);
    append_little_endian(page, static_cast<std::uint32_t>(levels.size()));
    page += levels;
  }
  const bool is_name = columns_[column].type == CellType::name;
  if (is_name) {
    std::string dictionary;
    for (const std::uint32_t name : cells.used) {
      const std::string& text = columns_[column].names[name];
      append_little_endian(dictionary, static_cast<std::uint32_t>(text.size()));
      dictionary += text;
      cells.id_of[name] = 0;
    }
    chunk.dictionary_at = at_;
    write_page(dictionary, page_dictionary, 7, cells.used.size(), encoding_plain, chunk);
    const auto width = static_cast<unsigned>(std::bit_width(cells.used.empty() ? 0U : cells.used.size() - 1));
    page += static_cast<char>(width);
    page += run_of(cells.ids, width);
  } else {
    page += cells.values;
  }
  chunk.data_at = at_;
  write_page(page, page_data, 5, rows_, is_name ? encoding_rle_dictionary : encoding_plain, chunk);
  cells.values.clear();
  cells.ids.clear();
  cells.used.clear();
  cells.present.clear();
  return chunk;
}

void ParquetWriter::write_page(const std::string& page, int type, int header_field, std::size_t values, int encoding,
                               Chunk& chunk) {
  const std::string packed = gzipped(page);
  ThriftText header;
  header.int32(1, type);
  header.int32(2, static_cast<std::int32_t>(page.size()));
  header.int32(3, static_cast<std::int32_t>(packed.size()));
  header.begin_struct(header_field);
  header.int32(1, static_cast<std::int32_t>(values));
  header.int32(2, encoding);
  if (type == page_data) {
    header.int32(3, encoding_rle);
    header.int32(4, encoding_rle);
  }
  header.end_struct();
  const std::string text = header.finished();
  write(text);
  write(packed);
  chunk.plain_bytes += static_cast<std::int64_t>(text.size() + page.size());
  chunk.bytes += static_cast<std::int64_t>(text.size() + packed.size());
}

std::string ParquetWriter::footer() const {
  ThriftText text;
  std::int64_t rows = 0;
  for (const Group& group : groups_) {
    rows += static_cast<std::int64_t>(group.rows);
  }
  text.int32(1, 1);
  text.begin_structs(2, columns_.size() + 1);
  text.begin_element();
  text.text(4, "schema");
  text.int32(5, static_cast<std::int32_t>(columns_.size()));
  text.end_struct();
  for (const ParquetColumn& column : columns_) {
    write_schema_element(text, column);
  }
  text.int64(3, rows);
  text.begin_structs(4, groups_.size());
  for (const Group& group : groups_) {
    std::int64_t plain_bytes = 0;
    text.begin_element();
    text.begin_structs(1, columns_.size());
    for (std::size_t column = 0; column < columns_.size(); ++column) {
      const Chunk& chunk = group.chunks[column];
      const bool is_name = columns_[column].type == CellType::name;
      plain_bytes += chunk.plain_bytes;
      text.begin_element();
      text.int64(2, is_name ? chunk.dictionary_at : chunk.data_at);
      text.begin_struct(3);
      text.int32(1, physical_type_of(columns_[column].type));
      text.int32s(2, {encoding_plain, encoding_rle, is_name ? encoding_rle_dictionary : encoding_plain});
      text.texts(3, {columns_[column].name});
      text.int32(4, codec_gzip);
      text.int64(5, static_cast<std::int64_t>(group.rows));
      text.int64(6, chunk.plain_bytes);
      text.int64(7, chunk.bytes);
      text.int64(9, chunk.data_at);
      if (is_name) {
        text.int64(11, chunk.dictionary_at);
      }
      text.end_struct();
      text.end_struct();
    }
    text.int64(2, plain_bytes);
    text.int64(3, static_cast<std::int64_t>(group.rows));
    text.end_struct();
  }
  text.begin_structs(5, facts_.size());
  for (const auto& [key, value] : facts_) {
    text.begin_element();
    text.text(1, key);
    text.text(2, value);
    text.end_struct();
  }
  text.text(6, "stalemate");
  return text.finished();
}

void ParquetWriter::write(std::string_view bytes) {
  out_.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  at_ += static_cast<std::int64_t>(bytes.size());
}

}  // namespace stalemate
