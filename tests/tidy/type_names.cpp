// One name, one type: no compiler and no linker tells of two, and the program mixes them up.
#include <map>
#include <optional>
#include <span>
#include <utility>

#include "tidy/rules.hpp"

namespace stalemate::tidy {
namespace {

struct TypeDefinition {
  std::string name;  // with its namespaces
  int line = 0;
};

/// Finds the types that a file defines at namespace scope, those in unnamed namespaces left out. It need not understand
/// more than which braces belong to namespaces.
class TypeReader {
 public:
  explicit TypeReader(std::span<const Token> tokens) : tokens_(tokens) {}

  std::vector<TypeDefinition> run() {
    while (place_ < tokens_.size()) {
      step();
    }
    return std::move(found_);
  }

 private:
  [[nodiscard]] std::string_view text(std::size_t index) const {
    return index < tokens_.size() ? tokens_[index].text : std::string_view();
  }
  [[nodiscard]] bool is_word(std::size_t index) const {
    return index < tokens_.size() && tokens_[index].kind == TokenKind::word;
  }

  void step() {
    const std::string_view word = text(place_);
    if (word == "namespace") {
      enter_namespace();
    } else if (word == "class" || word == "struct" || word == "union" || word == "enum") {
      read_type();
    } else if (word == "{") {
      skip_block();
    } else {
      if (word == "}" && !namespaces_.empty()) {
        namespaces_.pop_back();
      }
      ++place_;
    }
  }

  // `namespace a::b {`, `namespace {`; not `namespace a = b;` nor `using namespace a;`.
  void enter_namespace() {
    std::string name;
    for (++place_; is_word(place_) || text(place_) == "::"; ++place_) {
      name += text(place_) == "inline" ? std::string_view() : text(place_);
    }
    if (text(place_) == "{") {
      namespaces_.push_back(std::move(name));
      ++place_;
    }
  }

  // The definition of a type that has a name of its own here: no parameter of a template, no declaration, no member of
  // a class that is defined outside of it, no specialisation.
  void read_type() {
    const int line = tokens_[place_].line;
    ++place_;
    while (text(place_) == "class" || text(place_) == "struct" || text(place_) == "[[" || text(place_) == "alignas") {
      skip_attribute();
    }
    const std::string_view name = is_word(place_) ? text(place_) : std::string_view();
    const std::string_view next = text(place_ + 1);
    if (name.empty() || (next != "{" && next != ":" && next != "final")) {
      return;
    }
    while (place_ < tokens_.size() && text(place_) != "{" && text(place_) != ";") {
      ++place_;
    }
    const std::optional<std::string> scope = this->scope();
    if (text(place_) == "{" && scope) {
      found_.push_back({*scope + std::string(name), line});
    }
  }

  // Goes over `class`, `[[...]]` or `alignas(...)`.
  void skip_attribute() {
    const std::string_view closing = text(place_) == "[[" ? "]" : text(place_) == "alignas" ? ")" : "";
    while (!closing.empty() && place_ < tokens_.size() && text(place_) != closing) {
      ++place_;
    }
    place_ += closing == "]" ? 2 : 1;
  }

  void skip_block() {
    int depth = 0;
    do {
      depth += text(place_) == "{" ? 1 : text(place_) == "}" ? -1 : 0;
      ++place_;
    } while (place_ < tokens_.size() && depth > 0);
  }

  // "a::b::" within those namespaces; nothing in an unnamed one.
  [[nodiscard]] std::optional<std::string> scope() const {
    std::string names;
    for (const std::string& name : namespaces_) {
      if (name.empty()) {
        return std::nullopt;
      }
      names += name + "::";
    }
    return names;
  }

  std::span<const Token> tokens_;
  std::size_t place_ = 0;
  std::vector<std::string> namespaces_ = {};
  std::vector<TypeDefinition> found_ = {};
};

}  // namespace

Findings check_type_names(const std::vector<const SourceFile*>& files) {
  Findings findings;
  std::map<std::string, std::string_view> first_files;
  for (const SourceFile* file : files) {
    if (file->room().empty()) {
      continue;
    }
    std::vector<Token> tokens;
    for (const Token& token : file->tokens) {
      if (!token.in_directive) {
        tokens.push_back(token);
      }
    }
    for (const TypeDefinition& type : TypeReader(tokens).run()) {
      const auto [first, is_new] = first_files.emplace(type.name, file->path);
      if (!is_new) {
        findings.push_back(finding(file->path, type.line,
                                   "a type " + type.name + " is defined in " + std::string(first->second) +
                                       " too, and no linker would tell; give one of them another name"));
      }
    }
  }
  return findings;
}

}  // namespace stalemate::tidy
