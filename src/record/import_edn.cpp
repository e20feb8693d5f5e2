// The EDN reader: Jepsen's history.edn, the kv and cas-register files, and our own exports.
#include <limits>

#include "record/edn.hpp"
#include "record/event_assembler.hpp"
#include "record/import.hpp"

namespace stalemate {
namespace {

using edn::Form;
using edn::FormKind;

constexpr std::string_view shape_wanted =
    "an op should look like {:type :invoke, :process 0, :f :read, :value nil} or [0 :invoke :read nil]";

bool is_whole(const Form* form) {
  return form != nullptr && form->kind == FormKind::integer;
}

bool is_word(const Form* form) {
  return form != nullptr &&
         (form->kind == FormKind::keyword || form->kind == FormKind::text || form->kind == FormKind::symbol);
}

/// Collects the ops of one file.
class EdnHistory {
 public:
  explicit EdnHistory(edn::Reader& reader) : reader_(reader) {}

  Result<void> take(const Form& form, std::uint64_t line) {
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

  Result<EventHistory> finish(std::string_view name) { return assemble(std::move(events_), facts_, name); }

 private:
  std::unexpected<Error> wrong(const std::string& what) const {
    return reader_.wrong((line_ == reader_.line() ? "" : "in the op of line " + std::to_string(line_) + ": ") + what +
                         "; " + std::string(shape_wanted));
  }

  Result<void> take_map(const Form& map) {
    const Form* process = map.find("process");
    const Form* f = map.find("f");
    if (!is_whole(process)) {
      return is_word(process) ? take_other(map, f)
                              : wrong(process == nullptr ? "the op has no :process" : ":process is no whole number");
    }
    const Form* value = map.find("value");
    RawEvent event{.process = process->integer, .line = line_};
    if (value != nullptr) {
      event.value = *value;
    }
    if (const Form* key = map.find("key"); key != nullptr) {
      event.key = *key;
    }
    if (const Form* time = map.find("time"); is_whole(time)) {
      event.time_ns = time->integer;
    }
    if (const Form* intended = map.find("intended"); is_whole(intended)) {
      event.intended_ns = intended->integer;
    }
    if (const Form* op = map.find("op"); is_whole(op)) {
      if (op->integer < 0 || op->integer >= std::numeric_limits<std::uint32_t>::max()) {
        return wrong(":op " + std::to_string(op->integer) + " is not from 0 to 4294967294");
      }
      event.op_index = static_cast<std::uint32_t>(op->integer);
    }
    if (const Form* error = map.find("error"); is_word(error)) {
      event.error = error_code_of(error->text);
    }
    return add(std::move(event), map.find("type"), f);
  }

  /// `[process type f value]`.
  Result<void> take_row(const Form& row) {
    if (!is_whole(row.items.data())) {
      return is_word(row.items.data()) ? Result<void>() : wrong("the first element is no process");
    }
    RawEvent event{.process = row.items[0].integer, .value = row.items[3], .line = line_};
    return add(std::move(event), &row.items[1], &row.items[2]);
  }

  Result<void> add(RawEvent event, const Form* type, const Form* f) {
    const auto event_type = is_word(type) ? event_type_of(type->text) : std::nullopt;
    const auto kind = is_word(f) ? event_kind_of(f->text) : std::nullopt;
    if (!event_type) {
      return wrong(
          (type == nullptr ? "the op has no :type" : "the type " + print(*type).substr(0, 40) + " is unknown") +
          ", which should be :invoke, :ok, :fail or :info");
    }
    if (!kind) {
      return wrong((f == nullptr ? "the op has no :f" : "the function " + print(*f).substr(0, 40) + " is unknown") +
                   ", which should be :read, :write, :cas, :append or :add");
    }
    event.type = *event_type;
    event.kind = *kind;
    events_.push_back(std::move(event));
    return {};
  }

  /// Of the nemesis, or the facts of our own exports.
  Result<void> take_other(const Form& map, const Form* f) {
    const Form* value = map.find("value");
    if (is_word(f) && f->text == export_facts_f && value != nullptr && value->kind == FormKind::map) {
      const auto is_true = [&](std::string_view name) {
        const Form* member = value->find(name);
        return member != nullptr && member->text == "true";
      };
      facts_.emplace(ExportFacts{.is_keyed = is_true("keyed"), .is_timed = is_true("timed")});
      if (const Form* initial = value->find("initial"); initial != nullptr) {
        facts_->has_initial = true;
        facts_->initial = *initial;
      }
    }
    return {};
  }

  edn::Reader& reader_;
  std::uint64_t line_ = 0;
  std::vector<RawEvent> events_;
  std::optional<ExportFacts> facts_;
};

/// Whether the bracket opens a collection of ops, not an op of its own. Requires: at a bracket.
Result<bool> opens_collection(edn::Reader ahead) {
  const bool is_list = ahead.peek() == '(';
  ahead.take();
  if (const Result<void> skipped = ahead.skip(); !skipped) {
    return std::unexpected(skipped.error());
  }
  return ahead.is_at_end() || is_list || std::string_view("{[(#])").find(ahead.peek()) != std::string_view::npos;
}

}  // namespace

Result<EventHistory> parse_edn(std::string_view text, std::string_view name) {
  edn::Reader reader(text, name);
  EdnHistory history(reader);
  char close = '\0';
  bool has_end_mark = false;
  for (;;) {
    if (const Result<void> skipped = reader.skip(); !skipped) {
      return std::unexpected(skipped.error());
    }
    if (reader.is_at_end()) {
      break;
    }
    const char next = reader.peek();
    if (close != '\0' && next == close) {
      reader.take();
      close = '\0';
      has_end_mark = true;
      continue;
    }
    if (close == '\0' && (next == '[' || next == '(')) {
      const Result<bool> is_collection = opens_collection(reader);
      if (!is_collection) {
        return std::unexpected(is_collection.error());
      }
      if (*is_collection) {
        reader.take();
        close = next == '[' ? ']' : ')';
        continue;
      }
    }
    const std::uint64_t line = reader.line();
    const Result<Form> form = reader.next();
    if (!form) {
      return std::unexpected(form.error());
    }
    if (const Result<void> taken = history.take(*form, line); !taken) {
      return std::unexpected(taken.error());
    }
  }
  if (close != '\0') {
    return reader.wrong(std::string("the file ends within its list of ops; a \"") + close + "\" should close it");
  }
  Result<EventHistory> finished = history.finish(name);
  if (finished) {
    finished->has_end_mark = has_end_mark;
  }
  return finished;
}

}  // namespace stalemate
