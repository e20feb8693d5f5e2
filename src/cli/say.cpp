#include "cli/say.hpp"

#include <fmt/core.h>

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

}  // namespace

ExitCode say(ExitCode code, std::string_view sentence) {
  fmt::print(stderr, "stalemate: {}\n", sentence);
  return code;
}

ExitCode say(const Error& error) {
  return say(exit_code_of(error.code), error.detail);
}

void warn(std::string_view sentence) {
  fmt::print(stderr, "stalemate: warning: {}\n", sentence);
}

}  // namespace stalemate
