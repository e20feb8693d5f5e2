// delayed: a request is on its way for so long that the caller sees a timeout and goes on; it takes effect at any later
// moment.
#include "explore/model/virtual_fault.hpp"

namespace stalemate {
namespace {

[[maybe_unused]] const bool delayed_registered = VirtualFaultRegistry::add(
    VirtualFaultInfo{.name = "delayed",
                     .summary = "a request takes effect late, when its caller has seen a timeout and gone on",
                     .call = VirtualCallFault{.trouble = delayed_request, .words = "the request is stuck on its way"}});

}  // namespace
}  // namespace stalemate
