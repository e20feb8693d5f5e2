#include "record/foreign/import_op.hpp"

#include <limits>

namespace stalemate {
namespace {

using edn::Form;
using edn::FormKind;

bool is_whole(const Form* form) {
  return form != nullptr && form->kind == FormKind::integer;
}

std::uint64_t forms_in(const Form& form) {
  std::uint64_t forms = 1;
  for (const Form& item : form.items) {
    forms += forms_in(item);
  }
  return forms;
}

}  // namespace

std::unexpected<Error> OpReader::wrong(const std::string& what) const {
  return failed(ErrorCode::protocol, std::string(name_) + ", line " + std::to_string(line_) + ": " + what + "; " +
                                         std::string(notation_.shape));
}

std::string OpReader::member(std::string_view name) const {
  return std::string(notation_.before) + std::string(name) + std::string(notation_.behind);
}

Result<void> OpReader::take(const Form& form, std::uint64_t line) {
  const Form& op = form.kind == FormKind::tagged ? form.items.front() : form;
  line_ = line;
  if (op.kind == FormKind::map) {
    return take_map(op);
  }
  if (op.kind == FormKind::vector && op.items.size() >= 4) {
    return take_row(op);
  }
  return wrong("\"" + print(form).substr(0, 60) + "\" is no op");
}

Result<void> OpReader::take_map(const Form& map) {
  const Form* process = map.find("process");
  const Form* f = map.find("f");
  if (process != nullptr && is_nemesis(*process)) {
    const Form* value = map.find("value");
    if (is_word(f) && word_of(*f) == export_facts_f && value != nullptr && value->kind == FormKind::map) {
      facts_ = export_facts_of(*value);
    }
    return {};
  }
  const std::optional<std::string> process_name = process == nullptr ? std::nullopt : process_name_of(*process);
  if (!process_name) {
    return wrong(process == nullptr ? "the op has no " + member("process")
                                    : member("process") + " is neither a whole number nor a text");
  }
  RawEvent event{.process = *process_name, .line = line_};
  if (Result<void> taken = take_details(map, event); !taken) {
    return taken;
  }
  if (const Form* index = map.find("index"); is_whole(index) && !first_index_) {
    first_index_ = index->integer;
  }
  return add(std::move(event), map.find("type"), f);
}

Result<void> OpReader::take_details(const Form& map, RawEvent& event) const {
  if (const Form* value = map.find("value"); value != nullptr) {
    event.value = *value;
  }
  if (const Form* key = map.find("key"); key != nullptr) {
    event.key = *key;
  }
  if (const Form* time = map.find("time"); is_whole(time)) {
    event.time_ns = time->integer;
  } else if (time != nullptr && time->kind != edn::FormKind::nil) {
    event.odd_time = print(*time).substr(0, 40);
  }
  if (const Form* intended = map.find("intended"); is_whole(intended)) {
    event.intended_ns = intended->integer;
  }
  if (const Form* op = map.find("op"); is_whole(op)) {
    if (op->integer < 0 || op->integer >= std::numeric_limits<std::uint32_t>::max()) {
      return wrong(member("op") + " " + std::to_string(op->integer) + " is not from 0 to 4294967294");
    }
    event.op_index = static_cast<std::uint32_t>(op->integer);
  }
  if (const Form* error = map.find("error"); is_word(error)) {
    event.error = error_code_of(word_of(*error));
  }
  if (const Form* update = map.find("update"); is_word(update)) {
    event.update = update_fate_of(word_of(*update));
  }
  if (const Form* version = map.find("version"); version != nullptr) {
    const std::optional<Version> number = version_of(*version);
    if (!number) {
      return wrong(member("version") + " " + print(*version).substr(0, 40) + " is no number of 64 bits above 0");
    }
    event.update = UpdateFate::applied;
    event.version = *number;
  }
  return {};
}

Result<void> OpReader::take_row(const Form& row) {
  if (is_nemesis(row.items[0])) {
    return {};
  }
  const std::optional<std::string> process = process_name_of(row.items[0]);
  if (!process) {
    return wrong("the first element is no process");
  }
  RawEvent event{.process = *process, .value = row.items[3], .line = line_};
  return add(std::move(event), &row.items[1], &row.items[2]);
}

Result<void> OpReader::add(RawEvent event, const Form* type, const Form* f) {
  const auto event_type = is_word(type) ? event_type_of(word_of(*type)) : std::nullopt;
  if (!event_type) {
    return wrong((type == nullptr ? "the op has no " + member("type")
                                  : "the type " + print(*type).substr(0, 40) + " is unknown") +
                 ", which should be " + member("invoke") + ", " + member("ok") + ", " + member("fail") + " or " +
                 member("info"));
  }
  event.type = *event_type;
  forms_ += forms_in(event.value) + (event.key ? forms_in(*event.key) : 0);
  if (forms_ > forms_max) {
    return wrong("the values of the file hold more than " + std::to_string(forms_max) + " forms");
  }
  if (f == nullptr) {
    return wrong("the op has no " + member("f") + ", which should be one of " + std::string(functions_known));
  }
  if (!is_word(f) || !take_function(word_of(*f), event)) {
    return wrong(is_word(f) ? why_not_read(word_of(*f)) : "the function " + print(*f).substr(0, 40) + " is unknown");
  }
  events_.push_back(std::move(event));
  return {};
}

Result<EventHistory> OpReader::finish() {
  Result<EventHistory> history = assemble(std::move(events_), facts_, {.name = name_, .is_excerpt = is_excerpt_});
  if (history && !facts_ && !is_excerpt_ && first_index_.value_or(0) > 0) {
    history->notes.push_back("The first op has the " + member("index") + " " + std::to_string(*first_index_) +
                             ": if the file is a part of a longer history, --excerpt says so.");
  }
  return history;
}

}  // namespace stalemate
