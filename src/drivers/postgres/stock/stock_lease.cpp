#include "drivers/postgres/stock/stock_lease.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <random>
#include <utility>

#include "core/assert.hpp"
#include "drivers/url.hpp"

namespace stalemate {
namespace {

constexpr const char* create_text =
    "CREATE TABLE IF NOT EXISTS stock_claim (subject VARCHAR(16) PRIMARY KEY, holder VARCHAR(120) NOT NULL,"
    " token VARCHAR(32) NOT NULL, renewals BIGINT NOT NULL, expires_at TIMESTAMPTZ NOT NULL)";
constexpr const char* holder_text = "SELECT holder, token, renewals FROM stock_claim WHERE subject = 'stock'";

// How often another run's lease is checked for renewal.
constexpr std::chrono::milliseconds look_interval{200};
// Renewals within the length of one lease: some may fail.
constexpr int renewals_a_length = 6;
constexpr int creations_max = 5;

std::string interval_text(std::chrono::seconds length) {
  return "now() + INTERVAL '" + std::to_string(length.count()) + " seconds'";
}

// Unique over time, also among processes with the same number on several machines.
std::string make_token() {
  constexpr std::string_view digits = "0123456789abcdef";
  std::random_device device;
  std::string token;
  for (int word = 0; word < 4; ++word) {
    for (std::uint32_t left = device(), digit = 0; digit < 8; ++digit, left /= 16) {
      token += digits[left % 16];
    }
  }
  return token;
}

// "process 4711 on db-test-3". A host may be named with anything: what could end a text of SQL is left out.
std::string own_name() {
  std::array<char, 65> host = {};
  if (::gethostname(host.data(), host.size() - 1) != 0) {
    host = {"?"};
  }
  std::string name = "process " + std::to_string(::getpid()) + " on ";
  for (const char* letter = host.data(); *letter != '\0'; ++letter) {
    const char c = *letter;
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    name += plain || c == '.' || c == '-' || c == '_' ? c : '?';
  }
  return name;
}

// One statement, so one transaction: only the run that finds the row free or expired gets it.
std::string take_text(const std::string& token, std::chrono::seconds length) {
  return "INSERT INTO stock_claim (subject, holder, token, renewals, expires_at) VALUES ('stock', '" + own_name() +
         "', '" + token + "', 0, " + interval_text(length) +
         ") ON CONFLICT (subject) DO UPDATE SET holder = excluded.holder, token = excluded.token,"
         " renewals = excluded.renewals, expires_at = excluded.expires_at WHERE stock_claim.expires_at < now()"
         " RETURNING token";
}

std::string renew_text(const std::string& token, std::chrono::seconds length) {
  return "UPDATE stock_claim SET renewals = renewals + 1, expires_at = " + interval_text(length) +
         " WHERE subject = 'stock' AND token = '" + token + "' RETURNING renewals";
}

std::string give_back_text(const std::string& token) {
  return "DELETE FROM stock_claim WHERE subject = 'stock' AND token = '" + token + "'";
}

// A node that does not answer must not cost the time in which a lease has to be renewed.
std::vector<PostgresOptions> impatient(std::vector<PostgresOptions> nodes, Nanoseconds limit_ns) {
  for (PostgresOptions& node : nodes) {
    node.connect_limit_ns = std::min(node.connect_limit_ns, limit_ns);
  }
  return nodes;
}

bool lost_to_others(ErrorCode error) {
  return error == ErrorCode::serialization_failure;
}

}  // namespace

StockLease::StockLease(std::vector<PostgresOptions> nodes, std::chrono::seconds length)
    : KeptClaim(impatient(std::move(nodes), answer_limit_ns)), length_(length), token_(make_token()) {
  STALEMATE_ASSERT(length_.count() > 0, "a lease is for some time");
}

Result<std::unique_ptr<StockLease>> StockLease::take(std::vector<PostgresOptions> nodes, std::chrono::seconds length,
                                                     const std::function<void(const std::string& words)>& tell) {
  std::unique_ptr<StockLease> lease(new StockLease(std::move(nodes), length));
  if (const Result<void> there = lease->have_table(); !there) {
    return std::unexpected(there.error());
  }
  if (const Result<void> taken = lease->wait_for_it(tell); !taken) {
    return std::unexpected(taken.error());
  }
  lease->held_ = true;
  lease->keep(std::chrono::duration_cast<std::chrono::milliseconds>(length) / renewals_a_length);
  return lease;
}

StockLease::~StockLease() {
  end();
  if (held_) {
    const Result<ResultPointer> gone = run(give_back_text(token_));
    static_cast<void>(gone);  // where nobody answers it ends by itself
  }
}

// Whoever may not make tables can use one that is there.
Result<void> StockLease::have_table() {
  Result<std::optional<Holder>> found = find_holder();
  for (int attempt = 1; !found && found.error().code == ErrorCode::unknown_table && attempt <= creations_max;
       ++attempt) {
    const Result<ResultPointer> made = run(create_text);
    if (!made && attempt == creations_max) {
      return without_value(made);  // else another run may have made it at the same moment
    }
    found = find_holder();
  }
  if (!found && found.error().code == ErrorCode::unknown_table) {
    return failed(ErrorCode::constraint,
                  "there is a 'stock_claim' in the database that stalemate did not make; remove or rename it");
  }
  return without_value(found);
}

Result<void> StockLease::wait_for_it(const std::function<void(const std::string& words)>& tell) {
  std::optional<Holder> first;
  const auto deadline = std::chrono::steady_clock::now() + 2 * length_ + std::chrono::nanoseconds(answer_limit_ns);
  while (true) {
    const Result<ResultPointer> taken = run(take_text(token_, length_));
    if (taken && ::PQntuples(taken->get()) == 1) {
      return {};
    }
    if (!taken && !lost_to_others(taken.error().code)) {
      return without_value(taken);
    }
    const Result<std::optional<Holder>> holder = find_holder();
    if (!holder && !lost_to_others(holder.error().code)) {
      return without_value(holder);
    }
    if (holder && *holder && (*holder)->token == token_) {
      return {};  // the answer that it was ours was lost
    }
    if (holder && *holder) {
      const bool is_renewed = first && ((*holder)->token != first->token || (*holder)->renewals != first->renewals);
      if (is_renewed || std::chrono::steady_clock::now() > deadline) {
        return refusal(**holder);
      }
      if (!first && tell) {
        tell("the database is claimed by " + (*holder)->name + "; finding out whether it still runs, for " +
             std::to_string(length_.count()) + " s at most ...");
      }
      first = first ? first : *holder;
    }
    std::this_thread::sleep_for(look_interval);
  }
}

std::unexpected<Error> StockLease::refusal(const Holder& holder) const {
  return failed(ErrorCode::unavailable, "another run of stalemate (" + holder.name + ") is using the database " +
                                            place() +
                                            "; wait until it has ended, or use another database for this run");
}

Result<std::optional<StockLease::Holder>> StockLease::find_holder() {
  const Result<ResultPointer> row = run(holder_text);
  if (!row) {
    return std::unexpected(row.error());
  }
  if (::PQntuples(row->get()) == 0) {
    return std::nullopt;
  }
  const auto text = [&](int column) { return std::string(::PQgetvalue(row->get(), 0, column)); };
  return Holder{.name = text(0), .token = text(1), .renewals = text(2)};
}

Result<void> StockLease::renew() {
  const Result<ResultPointer> renewed = run(renew_text(token_, length_));
  if (!renewed || ::PQntuples(renewed->get()) == 1) {
    return without_value(renewed);
  }
  const Result<std::optional<Holder>> holder = find_holder();
  const std::string other = holder && *holder ? " (" + (*holder)->name + ")" : "";
  note_lost("this run lost its claim on the database " + place() + ", which it could not renew for " +
            std::to_string(length_.count()) + " s, and another run of stalemate" + other +
            " took it: the reads and writes of both are mixed, so nothing that either found is certain");
  return {};
}

Result<bool> StockLease::is_seen_by(BlockingConnection& connection) const {
  const Result<ResultPointer> row = connection.run_within(holder_text, answer_limit_ns);
  if (!row && row.error().code == ErrorCode::unknown_table) {
    return false;
  }
  if (!row) {
    return std::unexpected(row.error());
  }
  return ::PQntuples(row->get()) == 1 && token_ == ::PQgetvalue(row->get(), 0, 1);
}

}  // namespace stalemate
