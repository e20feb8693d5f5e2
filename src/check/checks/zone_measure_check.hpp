// ZoneMeasureCheck: what delta and gamma share: how far the zones of a key are from being linearizable.
#pragma once

#include <algorithm>
#include <string>

#include "check/checks/key_check.hpp"
#include "check/exact/zones.hpp"

namespace stalemate {

/// `Measure` has `measure`, `figure` (its name), `repairs(const KeyHistory&)` whether some amount makes the key
/// linearizable, and `least(const KeyHistory&)`, the amount that its reads of the future take.
/// Cost: as ZoneFinder.
template <class Measure>
class ZoneMeasureCheck final : public KeyCheck {
 public:
  explicit ZoneMeasureCheck(const CheckOptions& options) : tally_(options) {}

  void check_ops(std::span<const KeyPart> parts) override {
    for (const KeyPart& part : parts) {
      if (part.is_first) {
        ++tally_.sample;
        check_key(*part.key);
      }
    }
  }

  void add_cleared(const Cleared& cleared) override { tally_.sample += cleared.keys; }
  void absorb(KeyCheck& other) override {
    auto& found = static_cast<ZoneMeasureCheck&>(other);
    tally_.absorb(found.tally_);
    amounts_.merge(found.amounts_);
    beyond_repair_ += found.beyond_repair_;
  }

  CheckResult result(const Summary& /*summary*/) override {
    CheckResult result = result_of(tally_, "keys");
    if (tally_.count > 0) {
      result.worst = Figure{.name = std::string(Measure::figure),
                            .value = static_cast<double>(beyond_repair_ > 0 ? never : tally_.worst),
                            .unit = Unit::nanoseconds};
    }
    result.distributions = {distribution_of(std::string(Measure::figure) + " by key", Unit::nanoseconds, amounts_)};
    if (beyond_repair_ > 0) {
      result.note = std::to_string(beyond_repair_) + (beyond_repair_ == 1 ? " key" : " keys") +
                    " cannot be made linearizable by any " + std::string(Measure::figure) +
                    ": a read returned a value that was not there to be read.";
    }
    return result;
  }

 private:
  void check_key(const KeyHistory& key) {
    if (!Measure::repairs(key)) [[unlikely]] {
      ++tally_.count;
      ++beyond_repair_;
      return;
    }
    Nanoseconds amount_ns = Measure::least(key);
    for (const ZoneConflict& conflict : finder_.find(key, Measure::measure)) {
      amount_ns = std::max(amount_ns, conflict.amount_ns);
    }
    if (amount_ns > 0) {
      ++tally_.count;
      tally_.worst = std::max(tally_.worst, amount_ns);
      amounts_.record(amount_ns);
    }
  }

  Tally tally_;
  LatencyHistogram amounts_;
  std::uint64_t beyond_repair_ = 0;
  ZoneFinder finder_;
};

}  // namespace stalemate
