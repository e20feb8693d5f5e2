#include "explore/telling/token.hpp"

#include "explore/telling/token_bytes.hpp"

namespace stalemate {
namespace {

constexpr std::string_view opening = "s1-";

std::unexpected<Error> wrong(std::string sentence) {
  return failed(ErrorCode::wrong_type, std::move(sentence));
}

std::vector<Choice> read_choices(TokenReader& reader) {
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
  TokenWriter writer;
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
  return writer.token(opening);
}

Result<Witness> parse_token(std::string_view token) {
  const Result<std::string> bytes = bytes_of_token(token, opening);
  if (!bytes) {
    return std::unexpected(bytes.error());
  }
  TokenReader reader(*bytes);
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
