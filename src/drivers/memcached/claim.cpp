#include "drivers/memcached/claim.hpp"

#include <sys/random.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <utility>

#include "drivers/memcached/session.hpp"
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
  boost::asio::io_context context(1);
  MemcachedSession session(context, options);
  std::string token = new_token();
  const auto deadline = std::chrono::steady_clock::now() + claim_patience;
  while (true) {
    const Result<MemcachedReply> added = run_task(context, session.tell(claim_command(token)));
    if (!added) {
      return std::unexpected(added.error());
    }
    if (added->kind == Kind::done) {
      return std::unique_ptr<MemcachedClaim>(new MemcachedClaim(std::move(options), std::move(token)));
    }
    if (std::chrono::steady_clock::now() >= deadline) {
      return failed(ErrorCode::unavailable, "another run of stalemate is using the cache at " +
                                                url_without_password(options.url) +
                                                "; wait until it has ended, or use another cache for this run");
    }
    std::this_thread::sleep_for(claim_retry);
  }
}

MemcachedClaim::MemcachedClaim(MemcachedOptions options, std::string token)
    : options_(std::move(options)),
      token_(std::move(token)),
      renewing_([this](const std::stop_token& stopping) { renew(stopping); }) {}

MemcachedClaim::~MemcachedClaim() = default;

// A server that cannot be reached is asked again; one that has forgotten the claim is told it anew.
void MemcachedClaim::renew(const std::stop_token& stopping) {
  boost::asio::io_context context(1);
  MemcachedSession session(context, options_);
  std::mutex mutex;
  std::condition_variable_any waking;
  std::unique_lock lock(mutex);
  while (!waking.wait_for(lock, stopping, renewal_interval, [] { return false; }) && !stopping.stop_requested()) {
    const Result<MemcachedReply> found =
        run_task(context, session.tell("mg " + claim_name + " v" + life_flag() + "\r\n"));
    if (found && found->kind == Kind::miss) {
      const Result<MemcachedReply> again = run_task(context, session.tell(claim_command(token_)));
      static_cast<void>(again);
    }
    lost_ = lost_ || (found && found->kind == Kind::value && found->text != token_);
  }
  const Result<MemcachedReply> ours = run_task(context, session.tell("mg " + claim_name + " v c\r\n"));
  if (ours && ours->kind == Kind::value && ours->text == token_) {
    const Result<MemcachedReply> gone =
        run_task(context, session.tell("md " + claim_name + " C" + std::to_string(ours->cas) + "\r\n"));
    static_cast<void>(gone);
  }
}

std::string MemcachedClaim::lost() const {
  return lost_ ? "another run of stalemate has taken the cache at " + url_without_password(options_.url) +
                     " during this one, so that each has changed the other's entries"
               : "";
}

}  // namespace stalemate
