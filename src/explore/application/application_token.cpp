#include "explore/application/application_token.hpp"

#include <algorithm>

#include "explore/model/intern.hpp"
#include "explore/telling/token_bytes.hpp"

namespace stalemate {
namespace {

constexpr std::string_view application_opening = "a1-";
// More steps than any search takes.
constexpr std::uint64_t choices_max = 10'000;

std::uint16_t bits_of(std::uint64_t seen) {
  return static_cast<std::uint16_t>(seen >> 48U);
}

std::vector<ScheduleStep> read_steps(TokenReader& reader, std::vector<std::uint16_t>& seen) {
  std::vector<ScheduleStep> steps;
  const std::uint64_t count = reader.number();
  for (std::uint64_t place = 0; place < count && count <= choices_max && reader.good(); ++place) {
    const std::uint8_t first = reader.byte();
    ScheduleStep step;
    step.kind = static_cast<StepKind>(first & 7U);
    step.process = static_cast<std::uint8_t>(first >> 3U & 15U);
    step.call = reader.byte();
    step.fault = static_cast<ApplicationFault>(std::min<std::uint64_t>(reader.byte(), application_faults().size()));
    seen.push_back(static_cast<std::uint16_t>(reader.number()));
    steps.push_back(step);
  }
  return steps;
}

}  // namespace

std::uint32_t subject_of(std::string_view file_text) {
  std::uint64_t hash = file_text.size();
  for (const char letter : file_text) {
    hash = mixed(hash, static_cast<unsigned char>(letter));
  }
  return static_cast<std::uint32_t>(hash >> 32U);
}

bool is_application_token(std::string_view text) {
  return text.starts_with(application_opening);
}

std::string token_of(const ApplicationWitness& witness, std::uint32_t subject) {
  TokenWriter writer;
  writer.text(witness.judge->name);
  writer.text(to_text(witness.scope));
  writer.number(subject);
  writer.number(witness.choices.size());
  for (std::size_t place = 0; place < witness.choices.size(); ++place) {
    const ScheduleStep& step = witness.choices[place];
    writer.number(static_cast<unsigned>(step.kind) | static_cast<unsigned>(step.process) << 3U);
    writer.number(step.call);
    writer.number(static_cast<unsigned>(step.fault));
    writer.number(place < witness.run.size() ? bits_of(witness.run[place].seen) : 0U);
  }
  return writer.token(application_opening);
}

Result<ApplicationToken> parse_application_token(std::string_view token) {
  const Result<std::string> bytes = bytes_of_token(token, application_opening);
  if (!bytes) {
    return std::unexpected(bytes.error());
  }
  TokenReader reader(*bytes);
  ApplicationToken read;
  const std::string judge(reader.text());
  const Result<Scope> scope = parse_scope(reader.text());
  read.witness.judge = JudgeRegistry::find(judge);
  if (read.witness.judge == nullptr || !scope) {
    return failed(ErrorCode::wrong_type,
                  "the token is of the property '" + judge + "', which this program does not know");
  }
  read.witness.scope = *scope;
  read.subject = static_cast<std::uint32_t>(reader.number());
  read.witness.choices = read_steps(reader, read.seen);
  if (!reader.at_end() || read.witness.choices.empty()) {
    return failed(ErrorCode::wrong_type, "the token's bytes are not those of an application's run");
  }
  return read;
}

Result<ForcedRun> force_run(ApplicationWorld& world, const ApplicationToken& token) {
  Result<RepeatedRun> again = repeat_run(world, token.witness);
  if (!again) {
    return std::unexpected(again.error());
  }
  ForcedRun forced{.witness = token.witness, .violated = again->violated};
  for (std::size_t step = 0; step < again->run.size(); ++step) {
    const TakenStep& taken = again->run[step];
    if (step < token.seen.size() && bits_of(taken.seen) != token.seen[step]) {
      const std::string number = std::to_string(step + 1);
      forced.differences.push_back(taken.step.kind == StepKind::rest
                                       ? "At rest it reads other values than then."
                                       : "Step " + number +
                                             (taken.call.text.empty() ? "" : " (" + taken.call.text + ")") +
                                             " led elsewhere than then; the calls that wait now: " +
                                             (taken.shown.empty() ? "none" : taken.shown) + ".");
      break;  // what follows differs because of it
    }
  }
  if (again->impossible) {
    forced.differences.push_back("Step " + std::to_string(*again->impossible + 1) +
                                 " is not possible: the application does not make the call that was let go then.");
  } else if (!again->violated) {
    forced.differences.push_back("The steps do not violate " + std::string(token.witness.judge->name) + ".");
  }
  forced.witness.run = std::move(again->run);
  forced.witness.trouble = std::move(again->trouble);
  return forced;
}

}  // namespace stalemate
