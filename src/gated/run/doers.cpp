#include "gated/run/doers.hpp"

#include <initializer_list>

#include "core/random.hpp"

namespace stalemate {

Step begin_step_of(Doer& doer, CallDeed deed, std::optional<Value> value) {
  const bool reads = doer.op.kind == OpKind::read;
  if (deed == CallDeed::script) {
    deed = value ? CallDeed::set : reads && !doer.looked ? CallDeed::lookup : CallDeed::erase;
  }
  Step step;
  step.op = doer.op.index;
  switch (deed) {
    case CallDeed::lookup:
      step.command = Command::get;
      step.role = Role::lookup;
      doer.looked = true;
      break;
    case CallDeed::load:
      step.command = Command::read;
      step.role = Role::load;
      doer.loaded = true;
      break;
    case CallDeed::set:
      step.command = Command::set;
      step.role = reads ? Role::fill : Role::refresh;
      doer.changed_entry = true;
      break;
    case CallDeed::erase:
      step.command = Command::erase;
      step.role = Role::invalidate;
      doer.changed_entry = true;
      break;
    default:
      step.command = Command::write;
      step.role = Role::update;
      doer.updated = true;
      break;
  }
  const bool sends_value = step.command == Command::set || step.command == Command::write;
  step.value = sends_value && value ? *value : absent;
  return step;
}

std::uint64_t draw_for(Doer& doer, Role role) {
  const std::uint64_t before = doer.made.at(static_cast<std::size_t>(role))++;
  return before == 0 ? doer.op.fault_draw : mix_bits(doer.op.fault_draw + before);
}

DoerChoice choose_doer(Doers& doers, CallDeed deed, Value value) {
  using Fits = bool (*)(const Doer& doer, Value value);
  const auto first_of = [&](std::initializer_list<Fits> wishes) {
    for (const Fits fits : wishes) {
      for (std::deque<Doer>* const among : {&doers.under_way, &doers.ended}) {
        DoerChoice choice;
        for (Doer& doer : *among) {
          if (!fits(doer, value)) {
            continue;
          }
          if (choice.doer != nullptr) {
            choice.of_several = true;
            return choice;
          }
          choice.doer = &doer;
        }
        if (choice.doer != nullptr) {
          return choice;
        }
      }
    }
    return DoerChoice();
  };
  switch (deed) {
    case CallDeed::lookup:
      return first_of({[](const Doer& doer, Value) { return doer.is_open() && doer.is_read() && !doer.looked; },
                       [](const Doer& doer, Value) { return doer.is_open() && doer.is_read() && !doer.loaded; },
                       [](const Doer& doer, Value) { return doer.is_open(); }});
    case CallDeed::load:
      return first_of(
          {[](const Doer& doer, Value) { return doer.is_open() && doer.is_read() && doer.missed && !doer.loaded; },
           [](const Doer& doer, Value) { return doer.is_open() && doer.is_read() && !doer.loaded; },
           [](const Doer& doer, Value) { return doer.is_open(); },
           [](const Doer& doer, Value) { return doer.is_read(); }});
    case CallDeed::script:
      if (value == absent) {
        return first_of({[](const Doer& doer, Value) { return doer.is_open() && doer.is_read() && !doer.looked; },
                         [](const Doer& doer, Value) { return !doer.is_read() && doer.updated && !doer.changed_entry; },
                         [](const Doer& doer, Value) { return !doer.is_read(); }});
      }
      [[fallthrough]];
    case CallDeed::set:
      return first_of({[](const Doer& doer, Value set) {
                         return doer.is_read() && doer.loaded && doer.got == set && !doer.changed_entry;
                       },
                       [](const Doer& doer, Value set) { return !doer.is_read() && doer.op.value == set; },
                       [](const Doer& doer, Value set) { return doer.is_read() && doer.got == set; },
                       [](const Doer& doer, Value set) { return !doer.is_read() && doer.got == set; }});
    case CallDeed::erase:
      return first_of({[](const Doer& doer, Value) { return !doer.is_read() && doer.updated && !doer.changed_entry; },
                       [](const Doer& doer, Value) { return !doer.is_read() && !doer.changed_entry; },
                       [](const Doer& doer, Value) { return !doer.is_read(); },
                       [](const Doer& doer, Value) { return doer.is_open(); }});
    case CallDeed::update:
      return first_of({[](const Doer& doer, Value written) { return !doer.is_read() && doer.op.value == written; }});
    default: return {};
  }
}

}  // namespace stalemate
