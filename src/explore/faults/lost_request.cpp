// lost-request: a request to the database or the cache never arrives; the caller sees a timeout and goes on.
#include "explore/model/virtual_fault.hpp"

namespace stalemate {
namespace {

[[maybe_unused]] const bool lost_request_registered = VirtualFaultRegistry::add(
    VirtualFaultInfo{.name = "lost-request",
                     .summary = "a request never arrives; its caller sees a timeout",
                     .call = VirtualCallFault{.trouble = lost_request, .words = "the request is lost"}});

}  // namespace
}  // namespace stalemate
