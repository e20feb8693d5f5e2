#include "explore/telling/token.hpp"

#include <algorithm>

namespace stalemate {
namespace {

constexpr std::string_view opening = "s1-";
constexpr std::string_view digits = "0123456789abcdefghjkmnpqrstvwxyz";
constexpr std::size_t checksum_bytes = 3;

std::uint32_t checksum_of(std::string_view bytes) {
  std::uint64_t hash = bytes.size();
  for (const char byte : bytes) {
    hash = mixed(hash, static_cast<unsigned char>(byte));
  }
  return static_cast<std::uint32_t>(hash >> 40U);
}

class Writer {
 public:
  void number(std::uint64_t value) {
    while (value >= 128) {
      bytes_.push_back(static_cast<char>((value & 127U) | 128U));
      value >>= 7U;
    }
    bytes_.push_back(static_cast<char>(value));
  }
  void text(std::string_view text) {
    number(text.size());
    bytes_ += text;
  }
  [[nodiscard]] const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_ = {};
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  std::uint64_t number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 63; shift += 7) {
      if (place_ == bytes_.size()) {
        good_ = false;
        return 0;
      }
      const auto byte = static_cast<unsigned char>(bytes_[place_++]);
      value |= static_cast<std::uint64_t>(byte & 127U) << shift;
      if (byte < 128) {
        return value;
      }
    }
    good_ = false;
    return 0;
  }
  std::string_view text() {
    const std::uint64_t size = number();
    if (size > bytes_.size() - place_) {
      good_ = false;
      return {};
    }
    place_ += size;
    return bytes_.substr(place_ - size, size);
  }
  std::uint8_t byte() {
    const std::uint64_t value = number();
    good_ = good_ && value < 256;
    return static_cast<std::uint8_t>(value);
  }
  [[nodiscard]] bool at_end() const { return good_ && place_ == bytes_.size(); }
  [[nodiscard]] bool good() const { return good_; }

 private:
  std::string_view bytes_;
  std::size_t place_ = 0;
  bool good_ = true;
};

std::string encoded(std::string_view bytes) {
  std::string text;
  std::uint32_t held = 0;
  unsigned bits = 0;
  for (const char byte : bytes) {
    held = held << 8U | static_cast<unsigned char>(byte);
    for (bits += 8; bits >= 5; bits -= 5) {
      text += digits[held >> (bits - 5) & 31U];
    }
  }
  return bits == 0 ? text : text + digits[held << (5 - bits) & 31U];
}

/// Only of what encoded() gives: the bits of the last digit that belong to no byte are zeros.
std::optional<std::string> decoded(std::string_view text) {
  std::string bytes;
  std::uint32_t held = 0;
  unsigned bits = 0;
  for (const char letter : text) {
    const std::size_t digit = digits.find(letter);
    if (digit == std::string_view::npos) {
      return std::nullopt;
    }
    held = held << 5U | static_cast<std::uint32_t>(digit);
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push_back(static_cast<char>(held >> bits & 255U));
    }
  }
  if (bits >= 5 || (held & ((1U << bits) - 1)) != 0) {
    return std::nullopt;
  }
  return bytes;
}

std::unexpected<Error> wrong(std::string sentence) {
  return failed(ErrorCode::wrong_type, std::move(sentence));
}

/// The checked bytes of a token, without opening and checksum.
Result<std::string> bytes_of(std::string_view token) {
  if (!token.starts_with(opening)) {
    return wrong("a token begins with '" + std::string(opening) + "', and '" + std::string(token.substr(0, 12)) +
                 "' does not");
  }
  const std::optional<std::string> bytes = decoded(token.substr(opening.size()));
  if (!bytes || bytes->size() <= checksum_bytes) {
    return wrong(
        "the token was changed or cut off on its way: it does not end as tokens do, or has a sign that none has");
  }
  std::string body = bytes->substr(0, bytes->size() - checksum_bytes);
  std::uint32_t checksum = 0;
  for (std::size_t place = body.size(); place < bytes->size(); ++place) {
    checksum = checksum << 8U | static_cast<unsigned char>((*bytes)[place]);
  }
  if (checksum != checksum_of(body)) {
    return wrong("the token was changed or cut off on its way: its checksum is wrong");
  }
  return body;
}

std::vector<Choice> read_choices(Reader& reader) {
  std::vector<Choice> choices;
  const std::uint64_t count = reader.number();
  for (std::uint64_t place = 0; place < count && reader.good(); ++place) {
    const std::uint8_t first = reader.byte();
    Choice choice;
    choice.kind = static_cast<ChoiceKind>(first & 7U);
    choice.who = static_cast<std::uint8_t>(first >> 3U & 15U);
    if ((first & 128U) != 0) {
      choice.variant = reader.byte();
      choice.fault = reader.byte();
    }
    choices.push_back(choice);
  }
  return choices;
}

}  // namespace

std::string token_of(const Witness& witness) {
  const MachineOptions& options = witness.options;
  Writer writer;
  writer.text(options.pattern->name);
  writer.text(options.judges.front()->name);
  writer.text(to_text(options.scope));
  writer.number(options.faults_max);
  writer.number(options.faults.size());
  for (const VirtualFaultInfo* fault : options.faults) {
    writer.text(fault->name);
  }
  writer.number(static_cast<std::uint64_t>(options.time_to_live_ns));
  writer.number(options.every_event ? 1 : 0);
  writer.number(witness.choices.size());
  for (const Choice& choice : witness.choices) {
    const bool plain = choice.variant == 0 && choice.fault == 0;
    writer.number(static_cast<unsigned>(choice.kind) | static_cast<unsigned>(choice.who) << 3U | (plain ? 0U : 128U));
    if (!plain) {
      writer.number(choice.variant);
      writer.number(choice.fault);
    }
  }
  std::string bytes = writer.bytes();
  const std::uint32_t checksum = checksum_of(bytes);
  for (std::size_t place = checksum_bytes; place-- > 0;) {
    bytes.push_back(static_cast<char>(checksum >> 8U * place & 255U));
  }
  return std::string(opening) + encoded(bytes);
}

Result<Witness> parse_token(std::string_view token) {
  const Result<std::string> bytes = bytes_of(token);
  if (!bytes) {
    return std::unexpected(bytes.error());
  }
  Reader reader(*bytes);
  Witness witness;
  MachineOptions& options = witness.options;
  const std::string_view pattern = reader.text();
  const std::string_view judge = reader.text();
  const Result<Scope> scope = parse_scope(reader.text());
  options.pattern = PatternRegistry::find(pattern);
  options.judges = {JudgeRegistry::find(judge)};
  if (options.pattern == nullptr || options.judges.front() == nullptr || !scope) {
    return wrong("the token is of pattern '" + std::string(pattern) + "' and property '" + std::string(judge) +
                 "', and this program does not know both");
  }
  options.scope = *scope;
  options.faults_max = reader.byte();
  const std::uint64_t faults = reader.number();
  for (std::uint64_t place = 0; place < faults && reader.good(); ++place) {
    const std::string_view name = reader.text();
    options.faults.push_back(find_virtual_fault(name));
    if (options.faults.back() == nullptr) {
      return wrong("the token has the fault '" + std::string(name) + "', which this program does not know");
    }
  }
  options.time_to_live_ns = static_cast<Nanoseconds>(reader.number());
  options.every_event = reader.number() != 0;
  witness.choices = read_choices(reader);
  if (!reader.at_end()) {
    return wrong("the token's bytes are not those of a witness");
  }
  return witness;
}

}  // namespace stalemate
