// lost-reply: a request takes effect, but its reply never arrives; the caller sees a timeout and goes on.
#include "explore/model/virtual_fault.hpp"

namespace stalemate {
namespace {

[[maybe_unused]] const bool lost_reply_registered = VirtualFaultRegistry::add(
    VirtualFaultInfo{.name = "lost-reply",
                     .summary = "a request takes effect; its caller sees a timeout",
                     .call = VirtualCallFault{.trouble = lost_reply, .words = "the reply is lost"}});

}  // namespace
}  // namespace stalemate
