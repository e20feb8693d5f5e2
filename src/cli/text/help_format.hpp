// How help is laid out: two columns, wrapped to a width.
#pragma once

#include <CLI/App.hpp>
#include <string>
#include <vector>

namespace stalemate {

/// Help in lines of at most `width` cells, with each option's default behind its meaning.
class HelpFormat final : public CLI::Formatter {
 public:
  explicit HelpFormat(unsigned width) : width_(width) {}

  std::string make_option(const CLI::Option* option, bool is_positional) const override;
  std::string make_group(std::string group, bool is_positional, std::vector<const CLI::Option*> options) const override;
  std::string make_usage(const CLI::App* app, std::string name) const override;
  std::string make_subcommand(const CLI::App* subcommand) const override;
  std::string make_description(const CLI::App* app) const override;
  std::string make_footer(const CLI::App* app) const override;

 private:
  [[nodiscard]] std::string row(const std::string& name, const std::string& meaning) const;
  [[nodiscard]] std::string paragraphs(const std::string& text) const;

  unsigned width_;
};

}  // namespace stalemate
