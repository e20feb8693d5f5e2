// duplicated: a request takes effect and is answered, and takes effect again at any later moment.
#include "explore/model/virtual_fault.hpp"

namespace stalemate {
namespace {

[[maybe_unused]] const bool duplicated_registered = VirtualFaultRegistry::add(VirtualFaultInfo{
    .name = "duplicated",
    .summary = "a request takes effect twice, the second time at any later moment",
    .call = VirtualCallFault{.trouble = duplicated_request, .words = "a second copy of the request is on its way"},
    .why_not = "no request of it changes a store"});

}  // namespace
}  // namespace stalemate
