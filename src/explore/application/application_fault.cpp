#include "explore/application/application_fault.hpp"

#include <array>
#include <string>

namespace stalemate {
namespace {

struct FaultRow {
  ApplicationFault fault;
  std::string_view name;
  CallTrouble trouble;
  std::string_view words;
};

// In the order of the enumeration.
constexpr std::array<FaultRow, 9> fault_rows = {
    FaultRow{ApplicationFault::none, "", {}, ""},
    FaultRow{ApplicationFault::crash, "crash", {}, ""},
    FaultRow{ApplicationFault::lost_request, "lost-request", lost_request, "the request is lost"},
    FaultRow{ApplicationFault::lost_reply, "lost-reply", lost_reply, "the reply is lost"},
    FaultRow{ApplicationFault::delayed, "delayed", delayed_request, "the request stays behind"},
    FaultRow{ApplicationFault::duplicated, "duplicated", duplicated_request, "a copy of the request stays behind"},
    FaultRow{ApplicationFault::evict, "evict", {}, ""},
    FaultRow{ApplicationFault::restart, "restart", {}, ""},
    FaultRow{ApplicationFault::rollback, "rollback", {}, ""}};

constexpr std::array<ApplicationFault, 8> all_faults = {ApplicationFault::crash,      ApplicationFault::lost_request,
                                                        ApplicationFault::lost_reply, ApplicationFault::delayed,
                                                        ApplicationFault::duplicated, ApplicationFault::evict,
                                                        ApplicationFault::restart,    ApplicationFault::rollback};

const FaultRow& fault_row(ApplicationFault fault) {
  return fault_rows.at(static_cast<std::size_t>(fault));
}

}  // namespace

std::span<const ApplicationFault> application_faults() {
  return all_faults;
}

std::string_view name_of(ApplicationFault fault) {
  return fault_row(fault).name;
}

Result<ApplicationFault> parse_application_fault(std::string_view name) {
  std::string known;
  for (const ApplicationFault fault : all_faults) {
    if (name == name_of(fault)) {
      return fault;
    }
    known += (known.empty() ? "" : ", ") + std::string(name_of(fault));
  }
  return failed(ErrorCode::wrong_type,
                "'" + std::string(name) + "' is no fault of an application; they are " + known + ", or all");
}

bool befalls_calls(ApplicationFault fault) {
  return !fault_row(fault).words.empty();
}

CallTrouble trouble_of(ApplicationFault fault) {
  return fault_row(fault).trouble;
}

std::string_view words_of(ApplicationFault fault) {
  return fault_row(fault).words;
}

}  // namespace stalemate
