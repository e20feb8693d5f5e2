#include "cli/text/say.hpp"

#include <cstdio>
#include <string>

#include "core/text/printable.hpp"

namespace stalemate {
namespace {

ExitCode exit_code_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::wrong_type:
    case ErrorCode::unsupported: return ExitCode::usage;
    case ErrorCode::none:
    case ErrorCode::defect:
    case ErrorCode::protocol: return ExitCode::defect;
    case ErrorCode::cancelled: return ExitCode::interrupted;
    case ErrorCode::connection_refused:
    case ErrorCode::connection_lost:
    case ErrorCode::timed_out:
    case ErrorCode::authentication:
    case ErrorCode::unknown_database:
    case ErrorCode::unknown_table:
    case ErrorCode::serialization_failure:
    case ErrorCode::constraint:
    case ErrorCode::unavailable:
    case ErrorCode::refused_by_server: return ExitCode::server_unavailable;
  }
  return ExitCode::defect;
}

// Where standard error cannot be written, the exit code remains.
void print_line(std::string_view beginning, std::string_view sentence) {
  std::string line(beginning);
  // Sentences about servers end with some lines of their logs.
  line += printable_lines(sentence);
  line += '\n';
  std::fwrite(line.data(), 1, line.size(), stderr);
}

}  // namespace

ExitCode say(ExitCode code, std::string_view sentence) {
  print_line("stalemate: ", sentence);
  return code;
}

ExitCode say(const Error& error) {
  return say(exit_code_of(error.code), error.detail);
}

void note(std::string_view sentence) {
  print_line("", sentence);
}

void warn(std::string_view sentence) {
  print_line("stalemate: warning: ", sentence);
}

}  // namespace stalemate
