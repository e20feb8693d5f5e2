// The EDN reader: Jepsen's history.edn, the kv and cas-register files, and our own exports.
#include "record/foreign/edn.hpp"
#include "record/foreign/import.hpp"
#include "record/foreign/import_op.hpp"

namespace stalemate {
namespace {

using edn::Form;

constexpr OpNotation edn_notation = {
    .before = ":",
    .behind = "",
    .shape = "an op should look like {:type :invoke, :process 0, :f :read, :value nil} or [0 :invoke :read nil]"};

/// Whether the bracket opens a collection of ops rather than one op. Requires: at a bracket.
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
  return parse_edn(text, name, false);
}

Result<EventHistory> parse_edn(std::string_view text, std::string_view name, bool is_excerpt) {
  edn::Reader reader(text, name);
  OpReader history(name, edn_notation, is_excerpt);
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
  Result<EventHistory> finished = history.finish();
  if (finished) {
    finished->has_end_mark = has_end_mark;
  }
  return finished;
}

}  // namespace stalemate
