#include "check/prefilter/key_proof.hpp"

#include <atomic>
#include <vector>

#include "check/prefilter/key_stream.hpp"

namespace stalemate {

KeyProof::KeyProof(const History& history, ValueRules rules, const Crew& crew) {
  rules.versions_known = tells_versions(history);
  if (!rules.versions_known) {
    return;
  }
  const unsigned bits = share_bits(crew.size);
  std::vector<KeyStream> streams;
  for (std::uint32_t share = 0; share < std::uint32_t{1} << bits; ++share) {
    streams.emplace_back(history, rules, KeyShare{.number = share, .bits = bits});
  }
  std::atomic<bool> is_over = false;
  crew([&](std::uint32_t member) {
    for (std::size_t share = member; share < streams.size(); share += crew.size) {
      if (!streams[share].run(is_over)) {
        is_over.store(true, std::memory_order_relaxed);
      }
    }
  });
  holds_ = !is_over;
  for (const KeyStream& stream : streams) {
    const KeyStream::Counts& counts = stream.counts();
    ops_ += counts.ops;
    has_writes_ = has_writes_ || counts.ok_writes + counts.other_writes > 0;
    clean_.keys += counts.keys;
    clean_.values += counts.ok_writes + counts.initial_reads;
    clean_.versions += counts.ok_writes + counts.keys;
    clean_.reads += counts.ok_reads;
  }
}

}  // namespace stalemate
