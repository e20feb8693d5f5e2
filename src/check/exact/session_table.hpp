// SessionTable: the newest version that each client has read or written so far, for the session guarantees.
#pragma once

#include <cstdint>
#include <vector>

#include "check/exact/key_history.hpp"

namespace stalemate {

/// One key at a time. Beginning a key is one addition, whatever the number of clients.
class SessionTable {
 public:
  struct Entry {
    std::uint32_t key_number = 0;  // stale unless it is the table's
    Rank rank = 0;
    OpPosition op = 0;
    MaybeNewer maybe_newer = {};  // all that set a mark; kept where no versions are told
  };

  void begin_key() { ++key_number_; }

  /// The client's newest rank of this key; rank 0 without any.
  [[nodiscard]] Entry newest(ClientId client) const {
    return client < entries_.size() && entries_[client].key_number == key_number_ ? entries_[client] : Entry{};
  }
  void note(const KeyHistory& key, ClientId client, Rank rank, OpPosition op) {
    if (client >= entries_.size()) [[unlikely]] {
      entries_.resize(std::size_t{client} + 1);
    }
    Entry& entry = entries_[client];
    if (entry.key_number != key_number_) {
      entry = {.key_number = key_number_, .rank = rank, .op = op};
    } else if (entry.rank < rank) {
      entry.rank = rank;
      entry.op = op;
    }
    if (!key.versions_known) {
      entry.maybe_newer.add(rank, key.newer_from(rank));
    }
  }

 private:
  std::vector<Entry> entries_;
  std::uint32_t key_number_ = 0;
};

}  // namespace stalemate
