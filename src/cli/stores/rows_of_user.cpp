#include "cli/stores/rows_of_user.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <system_error>

#include "cli/output/results_folder.hpp"

namespace stalemate {
namespace {

std::unexpected<Error> unfit_option(std::string sentence) {
  return failed(ErrorCode::wrong_type, std::move(sentence));
}

std::string putting_back(const Scenario& scenario, const StoresWanted& wanted) {
  return database_of(scenario).script_command(wanted.database_urls.front(), rows_file(scenario, wanted).string());
}

Result<void> write_rows_file(const std::filesystem::path& file, const std::string& sql) {
  std::error_code error;
  if (sql.empty()) {
    std::filesystem::remove(file, error);
    return error ? failed(ErrorCode::defect, fmt::format("cannot remove {}, whose rows are as they were: {}",
                                                         file.string(), error.message()))
                 : Result<void>();
  }
  std::filesystem::create_directories(file.parent_path(), error);  // write_file says what is wrong
  return write_file(file, sql);
}

}  // namespace

Result<void> check_rows_of_user(std::span<const Scenario> scenarios, const StoresWanted& wanted) {
  const auto with_data =
      std::ranges::find_if(scenarios, [](const Scenario& scenario) { return scenario.data.has_value(); });
  if (with_data == scenarios.end()) {
    return wanted.use_existing_rows
               ? unfit_option(
                     "--use-existing-rows is for a scenario that names a table of yours in a section [data], "
                     "and this one has none; leave it out")
               : Result<void>();
  }
  const std::string& table = with_data->data->table;
  if (wanted.database_urls.empty()) {
    return unfit_option(
        fmt::format("data.table: '{}' is a table of a database of yours; name that with --db URL, as a "
                    "private one is empty",
                    table));
  }
  if (!wanted.use_existing_rows) {
    return unfit_option(
        fmt::format("data.table: the run would write to existing rows of '{}', and put them back at "
                    "its end; say that it may, with --use-existing-rows",
                    table));
  }
  if (wanted.replace_table) {
    return unfit_option(fmt::format("--replace is for the table 'stock', and the run uses '{}'; leave it out", table));
  }
  return {};
}

std::filesystem::path rows_file(const Scenario& scenario, const StoresWanted& wanted) {
  std::string name = scenario.data->table;
  std::ranges::replace_if(
      name, [](char letter) { return std::isalnum(static_cast<unsigned char>(letter)) == 0 && letter != '.'; }, '_');
  return std::filesystem::path(wanted.rows_folder) / (name + ".rows.sql");
}

Result<std::shared_ptr<RowsOfUser>> rows_of_user(const Scenario& scenario, const StoresWanted& wanted) {
  if (!scenario.data) {
    return nullptr;
  }
  const std::filesystem::path file = rows_file(scenario, wanted);
  std::error_code error;
  if (std::filesystem::exists(file, error)) {
    return unfit_option(
        fmt::format("data.table: {} is there, so another run uses the rows of '{}', or could not put "
                    "them back; if none does, do that ({}) and remove the file",
                    file.string(), scenario.data->table, putting_back(scenario, wanted)));
  }
  auto rows = std::make_shared<RowsOfUser>();
  rows->dataset = *scenario.data;
  rows->keep = [file](const std::string& sql) { return write_rows_file(file, sql); };
  return rows;
}

std::string words_of_rows_left(const Scenario& scenario, const StoresWanted& wanted, const std::string& trouble) {
  std::error_code error;
  if (!std::filesystem::exists(rows_file(scenario, wanted), error)) {
    return trouble;
  }
  return fmt::format("the rows of '{}' hold values of the run, as they could not be put back: {}; this does it: {}",
                     scenario.data->table, trouble, putting_back(scenario, wanted));
}

std::string words_of_rows_in_doubt(const Scenario& scenario, const StoresWanted& wanted) {
  return fmt::format("rows of '{}' may hold values of the run; this puts them back: {}", scenario.data->table,
                     putting_back(scenario, wanted));
}

}  // namespace stalemate
