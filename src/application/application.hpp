// What a user's file says about a service of their own: how it starts, where its stores are, what is asked of it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "application/requests/placeholders.hpp"
#include "application/requests/value_place.hpp"
#include "core/error.hpp"
#include "core/types.hpp"

namespace stalemate {

/// How requests reach the application: over HTTP, or as lines of JSON on a program's standard input.
enum class Adapter : std::uint8_t { http, program };

/// What is asked of the application.
enum class ApplicationRequest : std::uint8_t { create, read, write };
/// "create", "read" or "write".
[[nodiscard]] std::string_view name_of(ApplicationRequest kind);

/// One HTTP request, with places to fill in.
struct RequestTemplate {
  std::string method = {};
  Template target = {};  ///< begins with "/"; filled in with Escaping::url
  Template body = {};
};

/// A request that is made once an instance, before all others. Cookies that it sets are sent with all later ones.
struct LoginTemplate {
  RequestTemplate request = {};
  std::optional<ValuePlace> token = {};  ///< what {token} stands for in the headers of later requests
};

/// A set of HTTP status codes.
class StatusSet {
 public:
  StatusSet() = default;
  void add(unsigned first, unsigned last) { ranges_.emplace_back(first, last); }
  [[nodiscard]] bool holds(unsigned status) const;
  [[nodiscard]] bool empty() const { return ranges_.empty(); }

 private:
  std::vector<std::pair<unsigned, unsigned>> ranges_ = {};
};

/// What the requests of an application are, and what its answers mean.
struct ApplicationRequests {
  /// Makes a row that is not there; of a program always asked for. Where there is none, a write of the first value
  /// makes the row, or it is there already.
  std::optional<RequestTemplate> create = {};
  RequestTemplate read = {};
  ValuePlace value = {};  ///< where the answer to a read has its value
  RequestTemplate write = {};
  std::optional<LoginTemplate> login = {};
  std::vector<std::pair<std::string, Template>> headers = {};     ///< of every request
  std::vector<std::pair<std::string, std::string>> cookies = {};  ///< of every request, besides those of the login
  /// A status is looked for in `missing` (a read that found no row), `ok`, `fail` (certainly not done), in that order;
  /// all others, and requests without an answer, are unknown: Outcome::info.
  StatusSet missing = {};
  StatusSet ok = {};
  StatusSet fail = {};
  Nanoseconds time_limit_ns = 10'000'000'000;  ///< of a request
};

/// Texts of keys. Schedules count their keys from `first_key` on.
enum class KeyKind : std::uint8_t { numbers, uuids, listed };
inline constexpr std::uint32_t first_key = 100'001;

struct ApplicationKeys {
  KeyKind kind = KeyKind::numbers;
  std::vector<std::string> list = {};

  /// The text of a key: "100001"; "00000000-0000-4000-8000-0000000186a1"; of a list its first text for first_key.
  /// Errors: ErrorCode::unsupported, a sentence, where the list has no more keys.
  /// Requires: number >= first_key.
  [[nodiscard]] Result<std::string> text_of(std::uint32_t number) const;
};

/// Where an instance is reached over HTTP.
struct InstanceAddress {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
  std::string path = {};  ///< before every target: "" or "/shop"
};

/// Reads http://HOST[:PORT][/PATH].
/// Errors: ErrorCode::wrong_type, one sentence: no such URL, TLS, a login, a query.
[[nodiscard]] Result<InstanceAddress> read_instance_url(std::string_view url);

/// The stores. Where neither URL is given, private ones are started; where one is given, that store is used as it is
/// and only through the application's own requests and `prepare`.
struct ApplicationStores {
  std::optional<StoreAddress> database = {};
  std::optional<StoreAddress> cache = {};
  bool wants_database = true;  ///< false: `database = "none"`
  bool wants_cache = true;     ///< false: `cache = "none"`
  /// With `urls`: where our gates are to listen, one an instance, in the order of the URLs. Else empty.
  std::vector<std::uint16_t> database_gates = {};
  std::vector<std::uint16_t> cache_gates = {};
  Template prepare = {};  ///< a command line, run once with the stores' own addresses; empty: none
  Nanoseconds prepare_limit_ns = 120'000'000'000;
};

/// The cache entry of a key, for a comparison with the row.
struct EntryForm {
  Template name = {};      ///< "product:{key}"
  ValuePlace value = {};   ///< in the entry, read as the body of an answer
  std::string field = {};  ///< of a hash; empty: the entry is a string
};

/// A parsed file.
struct Application {
  std::filesystem::path file = {};
  std::string name = {};      ///< the file's name without ".toml"
  std::string question = {};  ///< may be empty
  Adapter adapter = Adapter::http;
  Template start = {};                     ///< a command line for /bin/sh; empty: `urls` are given
  std::filesystem::path folder = {};       ///< where it and `prepare` run; absolute
  std::vector<InstanceAddress> urls = {};  ///< of instances that run already
  std::vector<std::pair<std::string, Template>> environment = {};  ///< by name
  std::vector<std::string> inherited = {};                         ///< names of our own variables that are passed on
  std::optional<RequestTemplate> ready = {};                       ///< empty: ready when it takes connections
  Nanoseconds ready_limit_ns = 30'000'000'000;
  ApplicationStores stores = {};
  ApplicationRequests requests = {};
  ApplicationKeys keys = {};
  std::optional<EntryForm> entry = {};
  /// SQL that reads the value of a key's row, with "$1" where the file says {key}; empty: not told.
  std::string row_query = {};
};

/// Reads a user's file. `path` names it in errors and is where relative folders begin.
/// Errors: ErrorCode::wrong_type. Every mistake is one line: "FILE:LINE:COLUMN: sentence", by place in the file.
[[nodiscard]] Result<Application> parse_application(std::string_view toml, const std::filesystem::path& path);

/// The same of a file on disk, of at most 1 MiB. Errors: also those of read_input.
[[nodiscard]] Result<Application> load_application(const std::filesystem::path& path);

/// Whether the text has a section of an application's file, [application], and so is no scenario. Text that is not TOML
/// counts where a line begins with "[application]".
[[nodiscard]] bool is_application_file(std::string_view toml);

/// The tables of docs/applications.md: every key of the file, and every placeholder. Generated from the parser's table.
[[nodiscard]] std::string application_tables();

/// The commented file that `stalemate init` writes. It parses.
[[nodiscard]] std::string_view application_file_to_start_from();

}  // namespace stalemate
