// The scope of an exploration: which clients there are, what each of them does, and beside which application server.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "core/op.hpp"
#include "core/types.hpp"

namespace stalemate {

/// One client: its ops in order (reads and writes), and the application server whose memory it shares.
struct ScopeProcess {
  std::vector<OpKind> ops = {};
  std::uint8_t server = 0;
  friend auto operator<=>(const ScopeProcess&, const ScopeProcess&) = default;
};

/// One op of a scope. The row holds 0 at first; the writes of a scope write 1, 2, ... in order of their processes.
struct ScopeOp {
  std::uint8_t process = 0;
  OpKind kind = OpKind::read;
  Value value = absent;  ///< written; `absent` of a read
};

/// What is explored: all clients work on one key.
struct Scope {
  std::vector<ScopeProcess> processes = {};
  friend auto operator<=>(const Scope&, const Scope&) = default;
};

inline constexpr std::size_t clients_max = 6;
inline constexpr std::size_t servers_max = 4;
inline constexpr std::size_t client_ops_max = 4;
inline constexpr std::size_t writes_max = 7;

/// All ops, process by process, in order.
[[nodiscard]] std::vector<ScopeOp> ops_of(const Scope& scope);
/// How many application servers there are: the highest one's number and 1.
[[nodiscard]] std::size_t servers_of(const Scope& scope);
/// Values are 0 to this.
[[nodiscard]] Value last_value_of(const Scope& scope);

/// Reads "w,w,rr,rr": one process a word, an r or w an op; behind it "@N" says which application server it is beside (0
/// to 3). Without, the n-th process that begins with a write and the n-th that begins with a read are beside server n.
/// Errors: ErrorCode::wrong_type with a sentence.
[[nodiscard]] Result<Scope> parse_scope(std::string_view text);
/// The text parse_scope reads back; the servers are named only where they are not the usual ones.
[[nodiscard]] std::string to_text(const Scope& scope);

/// Every scope that leaves out processes or ops of `scope`, itself included, each once up to the numbering of servers
/// and the order of processes; sorted by processes, then by ops. At least one op.
[[nodiscard]] std::vector<Scope> parts_of(const Scope& scope);

/// True if every run of `part` is one of `whole` in which some processes stop early or never begin: `part` leaves out
/// processes, and ops at the end of others. With `same_servers` it must also have as many application servers.
[[nodiscard]] bool covers(const Scope& whole, const Scope& part, bool same_servers);

/// "writer 1", "reader 2", or "client 1" where a process reads and writes.
[[nodiscard]] std::string name_of_process(const Scope& scope, std::size_t process);
/// "writer 1's write", "client 1's read".
[[nodiscard]] std::string words_of_op(const Scope& scope, const ScopeOp& op);

}  // namespace stalemate
