// crash: a process dies at any step. A client does no more; a background process begins its round again. The
// memory of its application server lives on, since other clients of that server use it.
#include "explore/model/virtual_fault.hpp"

namespace stalemate {
namespace {

[[maybe_unused]] const bool crash_registered = VirtualFaultRegistry::add(VirtualFaultInfo{
    .name = "crash", .summary = "a process dies at any step; a background process starts afresh", .crash = true});

}  // namespace
}  // namespace stalemate
