#include "cli/text/help_format.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "report/words/words.hpp"

namespace stalemate {

std::string HelpFormat::make_option(const CLI::Option* option, bool is_positional) const {
  std::string name = option->get_name(is_positional, !is_positional);
  if (option->get_type_size() != 0 && !is_positional) {
    name += " " + option->get_type_name();
  }
  // A flag that may be given a value: CLI11 writes "--ui{0}".
  if (const std::size_t brace = name.find('{'); brace != std::string::npos) {
    name = name.substr(0, brace) + "[=" + option->get_type_name() + "]";
  }
  std::string meaning = option->get_description();
  if (option->get_required()) {
    meaning += " (required)";
  } else if (!option->get_default_str().empty()) {
    meaning += " [" + option->get_default_str() + "]";
  }
  return row(name, meaning);
}

std::string HelpFormat::make_group(std::string group, bool is_positional,
                                   std::vector<const CLI::Option*> options) const {
  std::string text = "\n" + wrap(group + ":", width_);
  for (const CLI::Option* option : options) {
    text += make_option(option, is_positional);
  }
  return text;
}

std::string HelpFormat::make_usage(const CLI::App* app, std::string name) const {
  return paragraphs(CLI::Formatter::make_usage(app, std::move(name)));
}

std::string HelpFormat::make_subcommand(const CLI::App* subcommand) const {
  return row(subcommand->get_name(), subcommand->get_description());
}

std::string HelpFormat::make_description(const CLI::App* app) const {
  return paragraphs(app->get_description());
}

std::string HelpFormat::make_footer(const CLI::App* app) const {
  return paragraphs(app->get_footer());
}

// A name that is too long for its column gets its own line.
std::string HelpFormat::row(const std::string& name, const std::string& meaning) const {
  const std::size_t column = std::min<std::size_t>(get_column_width(), width_ / 2);
  const std::string left = "  " + name;
  if (display_width(left) + 2 <= column) {
    return wrap(meaning, width_, align_left(left, column));
  }
  return left + "\n" + wrap(meaning, width_, std::string(column, ' '));
}

std::string HelpFormat::paragraphs(const std::string& text) const {
  std::string all;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view paragraph = rest.substr(0, rest.find('\n'));
    all += wrap(paragraph, width_);
    rest.remove_prefix(std::min(paragraph.size() + 1, rest.size()));
  }
  return all;
}

}  // namespace stalemate
