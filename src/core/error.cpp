#include "core/error.hpp"

#include "core/assert.hpp"

namespace stalemate {

std::string_view name_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::none: return "none";
    case ErrorCode::connection_refused: return "connection_refused";
    case ErrorCode::connection_lost: return "connection_lost";
    case ErrorCode::timed_out: return "timed_out";
    case ErrorCode::authentication: return "authentication";
    case ErrorCode::unknown_database: return "unknown_database";
    case ErrorCode::unknown_table: return "unknown_table";
    case ErrorCode::wrong_type: return "wrong_type";
    case ErrorCode::serialization_failure: return "serialization_failure";
    case ErrorCode::constraint: return "constraint";
    case ErrorCode::unavailable: return "unavailable";
    case ErrorCode::refused_by_server: return "refused_by_server";
    case ErrorCode::protocol: return "protocol";
    case ErrorCode::cancelled: return "cancelled";
    case ErrorCode::unsupported: return "unsupported";
    case ErrorCode::defect: return "defect";
  }
  STALEMATE_ASSERT(false, "an error code outside the enumeration");
}

std::string_view name_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::ok: return "ok";
    case Outcome::fail: return "fail";
    case Outcome::info: return "info";
  }
  STALEMATE_ASSERT(false, "an outcome outside the enumeration");
}

}  // namespace stalemate
