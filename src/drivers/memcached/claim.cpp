#include "drivers/memcached/claim.hpp"

#include <sys/random.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <thread>
#include <utility>

#include "drivers/run_task.hpp"
#include "drivers/url.hpp"

namespace stalemate {
namespace {

using Kind = MemcachedReply::Kind;

// memcached's seconds are whole, and the first may be cut short.
constexpr int claim_life_s = 6;
constexpr std::chrono::seconds renewal_interval{1};
constexpr std::chrono::milliseconds claim_retry{250};
constexpr std::chrono::seconds claim_patience{claim_life_s + 2};

const std::string claim_name = "stalemate:run";

std::string new_token() {
  std::uint64_t bits = 0;
  const ssize_t drawn = ::getrandom(&bits, sizeof bits, 0);
  return std::to_string(::getpid()) + "-" + std::to_string(drawn == sizeof bits ? bits : 0);
}

std::string life_flag() {
  return " T" + std::to_string(claim_life_s);
}

// Adds the item where there is none.
std::string claim_command(const std::string& token) {
  return "ms " + claim_name + " " + std::to_string(token.size()) + life_flag() + " ME\r\n" + token + "\r\n";
}

}  // namespace

Result<std::unique_ptr<MemcachedClaim>> MemcachedClaim::take(MemcachedOptions options) {
  std::unique_ptr<MemcachedClaim> claim(new MemcachedClaim(std::move(options)));
  const auto deadline = std::chrono::steady_clock::now() + claim_patience;
  while (true) {
    const Result<MemcachedReply> added = claim->tell(claim_command(claim->token_));
    if (!added) {
      return std::unexpected(added.error());
    }
    if (added->kind == Kind::done) {
      claim->has_it_ = true;
      claim->keep(renewal_interval);
      return claim;
    }
    if (std::chrono::steady_clock::now() >= deadline) {
      return failed(ErrorCode::unavailable, "another run of stalemate is using the cache at " + claim->place_ +
                                                "; wait until it has ended, or use another cache for this run");
    }
    std::this_thread::sleep_for(claim_retry);
  }
}

MemcachedClaim::MemcachedClaim(MemcachedOptions options)
    : place_(url_without_password(options.url)), token_(new_token()), session_(context_, std::move(options)) {}

MemcachedClaim::~MemcachedClaim() {
  end();
  if (has_it_) {
    give_up();
  }
}

Result<MemcachedReply> MemcachedClaim::tell(std::string command) {
  const std::lock_guard lock(session_mutex_);
  return run_task(context_, session_.tell(std::move(command)));
}

// A server that has forgotten the claim is told it anew; if another run was first, the next renewal finds that run's.
Result<void> MemcachedClaim::renew() {
  const Result<MemcachedReply> found = tell("mg " + claim_name + " v" + life_flag() + "\r\n");
  if (found && found->kind == Kind::miss) {
    const Result<MemcachedReply> again = tell(claim_command(token_));
    return without_value(again);
  }
  if (found && found->kind == Kind::value && found->text != token_) {
    note_lost("another run of stalemate has taken the cache at " + place_ +
              " during this one, so that each has changed the other's entries");
  }
  return without_value(found);
}

void MemcachedClaim::give_up() {
  const Result<MemcachedReply> ours = tell("mg " + claim_name + " v c\r\n");
  if (ours && ours->kind == Kind::value && ours->text == token_) {
    const Result<MemcachedReply> gone = tell("md " + claim_name + " C" + std::to_string(ours->cas) + "\r\n");
    static_cast<void>(gone);
  }
}

}  // namespace stalemate
