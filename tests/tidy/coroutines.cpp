// Statements around `co_await`, and lambdas that are coroutines.
//
// The reader knows only what the rule needs: where a statement begins and ends, which braces are blocks and which
// initialisers, which bodies belong to lambdas.
#include <span>
#include <utility>

#include "tidy/rules.hpp"

namespace stalemate::tidy {
namespace {

bool is_coroutine_word(std::string_view word) {
  return word == "co_await" || word == "co_return" || word == "co_yield";
}

int step_of(std::string_view word, std::string_view open, std::string_view close) {
  return word == open ? 1 : word == close ? -1 : 0;
}

class CoroutineReader {
 public:
  CoroutineReader(std::string_view path, std::span<const Token> tokens) : path_(path), tokens_(tokens) {}

  Findings run() {
    read_block(false);
    return std::move(findings_);
  }

 private:
  struct Statement {
    int await_line = 0;  // 0: none
    bool brace = false;
    bool bracket = false;
    int parentheses = 0;
    int braces = 0;  // initialisers that are open
  };

  [[nodiscard]] std::string_view text(std::size_t index) const {
    return index < tokens_.size() ? tokens_[index].text : std::string_view();
  }

  // Reads up to the `}` that closes the block, and over it. True if it is the body of a coroutine, or part of one.
  bool read_block(bool nested) {
    bool coroutine = false;
    Statement statement;
    while (place_ < tokens_.size()) {
      const std::string_view word = text(place_);
      if (word == "}" && nested && statement.braces == 0) {
        ++place_;
        break;
      }
      coroutine = coroutine || is_coroutine_word(word);
      if (word == "{" && statement.parentheses == 0 && opens_block(place_)) {
        end(statement);
        ++place_;
        coroutine = read_block(true) || coroutine;
      } else if (word == "[[") {
        skip_attribute();
      } else if (word == "[" && begins_lambda(place_)) {
        read_lambda(statement);
      } else {
        read_word(word, statement);
      }
    }
    end(statement);
    return coroutine;
  }

  void read_word(std::string_view word, Statement& statement) {
    statement.brace = statement.brace || word == "{";
    statement.bracket = statement.bracket || word == "[";
    statement.braces += step_of(word, "{", "}");
    statement.parentheses += step_of(word, "(", ")");
    if (word == "co_await") {
      statement.await_line = tokens_[place_].line;
    } else if (word == ";" && statement.parentheses == 0 && statement.braces == 0) {
      end(statement);
    }
    ++place_;
  }

  void end(Statement& statement) {
    if (statement.await_line != 0 && (statement.brace || statement.bracket)) {
      const std::string sentence = std::string("a statement with co_await may not hold `") +
                                   (statement.bracket ? "[" : "{") +
                                   "`: GCC 12.2 destroys such temporaries twice; name the argument first";
      findings_.push_back(finding(path_, statement.await_line, sentence));
    }
    statement = {};
  }

  void skip_attribute() {
    while (place_ < tokens_.size() && !(text(place_) == "]" && text(place_ + 1) == "]")) {
      ++place_;
    }
    place_ += 2;
  }

  // Reads from the `[` of a lambda over the `}` of its body.
  void read_lambda(Statement& statement) {
    const int line = tokens_[place_].line;
    const bool captures = text(place_ + 1) != "]";
    statement.bracket = true;
    place_ = lambda_body(place_) + 1;
    if (read_block(true) && captures) {
      findings_.push_back(finding(path_, line,
                                  "a lambda that captures may not be a coroutine: its captures can die before it; "
                                  "make it a function and pass them"));
    }
  }

  // A `[` behind a name, a `)` or a `]` is a subscript; behind `auto` and its signs it names what a pair holds.
  [[nodiscard]] bool begins_lambda(std::size_t index) const {
    std::size_t before = index;
    while (before > 0 && text(before - 1) == "&") {
      --before;
    }
    if (before == 0) {
      return true;
    }
    const Token& token = tokens_[before - 1];
    if (before < index && token.text == "auto") {
      return false;
    }
    if (before < index) {
      return true;
    }
    return token.text == "return" || token.text == "case" || is_coroutine_word(token.text) ||
           (token.kind != TokenKind::word && token.text != ")" && token.text != "]");
  }

  // The `{` of the lambda that begins at `index`.
  [[nodiscard]] std::size_t lambda_body(std::size_t index) const {
    int parentheses = 0;
    while (index < tokens_.size() && (text(index) != "{" || parentheses > 0)) {
      parentheses += step_of(text(index), "(", ")");
      ++index;
    }
    return index;
  }

  // The `}` that closes the `{` at `index`.
  [[nodiscard]] std::size_t closing(std::size_t index) const {
    int depth = 0;
    for (; index < tokens_.size(); ++index) {
      depth += step_of(text(index), "{", "}");
      if (depth == 0) {
        return index;
      }
    }
    return index;
  }

  // Whether the `{` at `open` opens a block: it stands behind a `)` or a word that wants a block, or holds a `;`
  // outside of lambdas.
  [[nodiscard]] bool opens_block(std::size_t open) const {
    const std::string_view before = open > 0 ? text(open - 1) : std::string_view();
    if (before == ")" || before == "else" || before == "do" || before == "try") {
      return true;
    }
    const std::size_t close = closing(open);
    for (std::size_t index = open + 1; index < close; ++index) {
      if (text(index) == ";") {
        return true;
      }
      if (text(index) == "[" && begins_lambda(index)) {
        index = closing(lambda_body(index));
      }
    }
    return false;
  }

  std::string_view path_;
  std::span<const Token> tokens_;
  std::size_t place_ = 0;
  Findings findings_ = {};
};

}  // namespace

Findings check_coroutines(const SourceFile& file) {
  // Braces in macros need not match, and directives end no statement.
  std::vector<Token> tokens;
  for (const Token& token : file.tokens) {
    if (!token.in_directive) {
      tokens.push_back(token);
    }
  }
  return CoroutineReader(file.path, tokens).run();
}

}  // namespace stalemate::tidy
