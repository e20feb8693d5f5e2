// Files of HdrHistogram's tools hold the latencies of a history, to its three digits, and are encoded as its own are.
#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>

#include "export/hdr_histogram.hpp"
#include "unit/export/subject.hpp"

namespace stalemate::exporting {
namespace {

std::string from_base64(std::string_view text) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  std::uint32_t bits = 0;
  int kept = 0;
  for (const char digit : text.substr(0, text.find('='))) {
    bits = bits << 6U | static_cast<std::uint32_t>(digits.find(digit));
    kept += 6;
    if (kept >= 8) {
      kept -= 8;
      bytes += static_cast<char>(bits >> static_cast<unsigned>(kept));
    }
  }
  return bytes;
}

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t number = 0;
  for (const char byte : bytes) {
    number = number << 8U | static_cast<unsigned char>(byte);
  }
  return number;
}

/// What one line of an interval log holds.
struct Decoded {
  std::string plain = {};  ///< the encoding, inflated
  std::uint64_t digits = 0;
  std::uint64_t lowest = 0;
  std::vector<std::uint64_t> counts = {};
  [[nodiscard]] std::string payload() const { return plain.substr(40); }
  [[nodiscard]] std::uint64_t total() const {
    std::uint64_t sum = 0;
    for (const std::uint64_t count : counts) {
      sum += count;
    }
    return sum;
  }
};

std::vector<std::uint64_t> decoded_counts(std::string_view bytes) {
  std::vector<std::uint64_t> counts;
  while (!bytes.empty()) {
    std::uint64_t zigzag = 0;
    unsigned shift = 0;
    for (bool more = true; more; bytes.remove_prefix(1), shift += 7) {
      const auto byte = static_cast<unsigned char>(bytes.front());
      more = shift < 56 && byte >= 0x80;
      zigzag |= std::uint64_t{shift < 56 ? byte & 0x7FU : byte} << shift;
    }
    const auto number = static_cast<std::int64_t>(zigzag >> 1U) ^ -static_cast<std::int64_t>(zigzag & 1U);
    if (number < 0) {
      counts.resize(counts.size() + static_cast<std::size_t>(-number), 0);
    } else {
      counts.push_back(static_cast<std::uint64_t>(number));
    }
  }
  return counts;
}

Decoded decoded(std::string_view base64) {
  const std::string packed = from_base64(base64);
  EXPECT_EQ(big_endian(std::string_view(packed).substr(0, 4)), 0x1C849314U);
  EXPECT_EQ(big_endian(std::string_view(packed).substr(4, 4)), packed.size() - 8);
  Decoded result;
  uLongf size = std::size_t{1} << 20U;
  result.plain.resize(size);
  EXPECT_EQ(uncompress(reinterpret_cast<Bytef*>(result.plain.data()), &size,
                       reinterpret_cast<const Bytef*>(packed.data()) + 8, packed.size() - 8),
            Z_OK);
  result.plain.resize(size);
  const std::string_view plain = result.plain;
  EXPECT_EQ(big_endian(plain.substr(0, 4)), 0x1C849313U);
  EXPECT_EQ(big_endian(plain.substr(4, 4)), plain.size() - 40);
  result.digits = big_endian(plain.substr(12, 4));
  result.lowest = big_endian(plain.substr(16, 8));
  result.counts = decoded_counts(plain.substr(40));
  return result;
}

/// The least value that HdrHistogram counts at that place, of so many sub-buckets of a width of 1.
std::uint64_t lowest_at(std::size_t place, std::size_t sub_buckets) {
  const std::size_t half = sub_buckets / 2;
  const std::size_t shift = place < sub_buckets ? 0 : place / half - 1;
  return std::uint64_t{place - shift * half} << shift;
}

std::vector<std::string> fields_of(const std::string& line) {
  std::vector<std::string> fields = {""};
  for (const char character : line) {
    character == ',' ? fields.emplace_back() : fields.back() += character;
  }
  return fields;
}

RC_GTEST_PROP(HdrHistogram, keeps_every_value_to_a_thousandth_and_comes_back_from_its_encoding, ()) {
  const auto values = *rc::gen::container<std::vector<Nanoseconds>>(rc::gen::exec(random_history::any_duration));
  HdrHistogram histogram;
  histogram.record(5);
  histogram.clear();
  std::map<std::uint64_t, std::uint64_t> expected;
  for (const Nanoseconds value : values) {
    histogram.record(value);
    // The greatest value of its bucket: 11 bits are kept, the others are ones.
    const auto bits = std::max(0, static_cast<int>(std::bit_width(static_cast<std::uint64_t>(value))) - 11);
    const std::uint64_t highest = static_cast<std::uint64_t>(value) | ((std::uint64_t{1} << bits) - 1);
    RC_ASSERT(highest - static_cast<std::uint64_t>(value) <= static_cast<std::uint64_t>(value) / 1000);
    ++expected[highest];
  }
  std::map<std::uint64_t, std::uint64_t> found;
  const std::vector<std::uint64_t> counts = decoded(encoded_histogram(histogram)).counts;
  for (std::size_t place = 0; place < counts.size(); ++place) {
    if (counts[place] > 0) {
      found[lowest_at(place + 1, 2048) - 1] = counts[place];
    }
  }
  RC_ASSERT(found == expected);
  RC_ASSERT(histogram.count() == values.size());
  RC_ASSERT(histogram.max_ns() == (expected.empty() ? 0 : static_cast<Nanoseconds>(expected.rbegin()->first)));
}

TEST(HdrHistogram, encodes_counts_of_any_size_in_at_most_nine_bytes) {
  for (const std::uint64_t count : {1ULL, 63ULL, 64ULL, 1ULL << 34U, 1ULL << 55U, (1ULL << 63U) - 1}) {
    const std::vector<std::uint64_t> counts = {0, count, 0, 0, count};
    EXPECT_EQ(decoded_counts(encoded_counts(counts)), counts);
    EXPECT_LE(encoded_counts(counts).size(), 20U);
  }
}

// The totals are those of HdrHistogram's own tests of the file.
TEST(HdrHistogram, reads_and_writes_what_its_project_publishes_as_a_test_file) {
  const std::string path = std::string(STALEMATE_SOURCE_DIR) +
                           "/tests/readers/node_modules/hdr-histogram-js/test_files/jHiccup-2.0.7S.logV2.hlog";
  if (!std::filesystem::exists(path)) {
    GTEST_SKIP() << path << " is not there; ./dev test fetches it";
  }
  std::ifstream file(path);
  HdrHistogram sum;
  std::uint64_t total = 0;
  int lines = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.front() == '#' || line.front() == '"') {
      continue;
    }
    const Decoded one = decoded(fields_of(line).at(3));
    ASSERT_EQ(one.digits, 2U);
    EXPECT_EQ(encoded_counts(one.counts), one.payload()) << "the same bytes as Java's";
    for (std::size_t place = 0; place < one.counts.size(); ++place) {
      for (std::uint64_t count = 0; count < one.counts[place]; ++count) {
        sum.record(static_cast<Nanoseconds>(lowest_at(place, 256) * std::bit_floor(one.lowest)));
      }
    }
    total += one.total();
    ++lines;
  }
  EXPECT_EQ(lines, 62);
  EXPECT_EQ(total, 48761U);
  EXPECT_EQ(sum.count(), 48761U);
  EXPECT_EQ(sum.max_ns(), 1796210687);
  std::uint64_t so_far = 0;
  std::size_t place = 0;
  for (const auto counts = sum.used_counts(); so_far < static_cast<std::uint64_t>(std::ceil(0.999 * 48761)); ++place) {
    so_far += counts[place];
  }
  EXPECT_EQ(HdrHistogram::highest_at(place - 1), 1745879039);
}

RC_GTEST_PROP(IntervalLog, counts_each_ok_op_once_in_the_second_in_which_it_ended, ()) {
  const History history = any_history(40);
  std::map<std::pair<std::string, std::string>, std::map<Nanoseconds, std::uint64_t>> expected;
  for (const OpRecord& op : history.ops()) {
    if (op.outcome() == Outcome::ok) {
      const std::string second = std::to_string(op.completion_ns() / 1'000'000'000) + ".000";
      const std::string kind = op.kind() == OpKind::read ? "Tag=read_" : "Tag=write_";
      ++expected[{kind + "response", second}][op.completion_ns() - op.intended_ns()];
      ++expected[{kind + "service", second}][op.completion_ns() - op.invocation_ns()];
    }
  }
  std::istringstream lines(exported("hlog", history));
  std::string line;
  std::getline(lines, line);
  std::getline(lines, line);
  RC_ASSERT(line == "#[Histogram log format version 1.3]");
  std::getline(lines, line);
  RC_ASSERT(line == "#[StartTime: 1796006208.000 (seconds since epoch), 2026-11-30T02:36:48Z]");
  while (std::getline(lines, line)) {
    if (line.front() == '#' || line.front() == '"') {
      continue;
    }
    const std::vector<std::string> fields = fields_of(line);
    const auto place = expected.find({fields.at(0), fields.at(1)});
    RC_ASSERT(place != expected.end());
    HdrHistogram same;
    for (const auto& [latency, count] : place->second) {
      for (std::uint64_t time = 0; time < count; ++time) {
        same.record(latency);
      }
    }
    RC_ASSERT(fields.at(4) == encoded_histogram(same));
    expected.erase(place);
  }
  RC_ASSERT(expected.empty());
}

RC_GTEST_PROP(PercentileText, is_the_sorted_latencies_at_each_share, ()) {
  const History history = any_history(60);
  std::vector<Nanoseconds> sorted;
  for (const OpRecord& op : history.ops()) {
    if (op.outcome() == Outcome::ok && op.kind() == OpKind::read) {
      sorted.push_back(op.completion_ns() - op.intended_ns());
    }
  }
  std::ranges::sort(sorted);
  std::istringstream lines(exported("hgrm", history, "read_response"));
  std::string line;
  std::getline(lines, line);
  RC_ASSERT(line == "       Value     Percentile TotalCount 1/(1-Percentile)");
  std::getline(lines, line);
  double share = -1;
  while (std::getline(lines, line) && line.front() != '#') {
    double value_ms = 0;
    double next_share = 0;
    std::size_t count = 0;
    std::istringstream(line) >> value_ms >> next_share >> count;
    RC_ASSERT(next_share > share);
    share = next_share;
    const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size()) - 1e-6));
    const auto value_ns = static_cast<double>(sorted.at(std::max<std::size_t>(rank, 1) - 1));
    RC_ASSERT(std::abs(value_ms * 1e6 - value_ns) <= value_ns / 1000 + 501);
    RC_ASSERT(count >= rank);
  }
  RC_ASSERT(share == (sorted.empty() ? -1 : 1));
  RC_ASSERT(line.starts_with("#[Mean    = "));
}

}  // namespace
}  // namespace stalemate::exporting
