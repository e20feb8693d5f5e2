#include "explore/scope.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace stalemate {
namespace {

bool writes_first(const ScopeProcess& process) {
  return !process.ops.empty() && process.ops.front() == OpKind::write;
}

void assign_servers(Scope& scope) {
  std::uint8_t writers = 0;
  std::uint8_t readers = 0;
  for (ScopeProcess& process : scope.processes) {
    process.server = writes_first(process) ? writers++ : readers++;
  }
}

std::string word_of(const ScopeProcess& process) {
  std::string word;
  for (const OpKind kind : process.ops) {
    word += kind == OpKind::write ? 'w' : 'r';
  }
  return word;
}

Result<ScopeProcess> parse_process(std::string_view word, bool& server_given) {
  ScopeProcess process;
  const std::size_t at = word.find('@');
  for (const char letter : word.substr(0, at)) {
    if (letter != 'r' && letter != 'w') {
      return failed(ErrorCode::wrong_type,
                    "a process is written as its ops, r for a read and w for a write, such as "
                    "'rr'; '" +
                        std::string(word) + "' holds '" + std::string(1, letter) + "'");
    }
    process.ops.push_back(letter == 'w' ? OpKind::write : OpKind::read);
  }
  if (process.ops.empty() || process.ops.size() > client_ops_max) {
    return failed(ErrorCode::wrong_type, "a process has 1 to 4 ops, and '" + std::string(word) + "' has not");
  }
  server_given = at != std::string_view::npos;
  if (server_given) {
    const std::string_view number = word.substr(at + 1);
    if (number.size() != 1 || number[0] < '0' || number[0] >= static_cast<char>('0' + servers_max)) {
      return failed(ErrorCode::wrong_type,
                    "behind the @ of '" + std::string(word) + "' there should be a server, 0 to 3");
    }
    process.server = static_cast<std::uint8_t>(number[0] - '0');
  }
  return process;
}

/// Finds for each process of a part one of the whole that can do the same.
class Cover {
 public:
  Cover(const Scope& whole, const Scope& part) : whole_(whole), part_(part), used_(whole.processes.size()) {
    servers_.fill(none);
  }
  bool found(std::size_t place = 0) {
    if (place == part_.processes.size()) {
      return true;
    }
    const ScopeProcess& wanted = part_.processes[place];
    for (std::size_t process = 0; process < whole_.processes.size(); ++process) {
      const ScopeProcess& offered = whole_.processes[process];
      const bool fits = !used_[process] && wanted.ops.size() <= offered.ops.size() &&
                        std::equal(wanted.ops.begin(), wanted.ops.end(), offered.ops.begin());
      const std::uint8_t before = servers_.at(wanted.server);
      const bool is_other_server =
          before == none ? std::ranges::find(servers_, offered.server) != servers_.end() : before != offered.server;
      if (!fits || is_other_server) {
        continue;
      }
      used_[process] = true;
      servers_.at(wanted.server) = offered.server;
      if (found(place + 1)) {
        return true;
      }
      servers_.at(wanted.server) = before;
      used_[process] = false;
    }
    return false;
  }

 private:
  static constexpr std::uint8_t none = 255;
  const Scope& whole_;
  const Scope& part_;
  std::vector<bool> used_;
  std::array<std::uint8_t, servers_max> servers_ = {};  // of the whole, by the part's; none: not told yet
};

/// Servers numbered by first appearance in the sorted order of processes, so that equal scopes look equal.
Scope canonical(Scope scope) {
  std::ranges::stable_sort(scope.processes, [](const ScopeProcess& left, const ScopeProcess& right) {
    return writes_first(left) != writes_first(right) ? writes_first(left) : left.ops.size() < right.ops.size();
  });
  std::vector<std::uint8_t> seen;
  for (ScopeProcess& process : scope.processes) {
    const auto place = std::ranges::find(seen, process.server);
    const auto number = static_cast<std::uint8_t>(place - seen.begin());
    if (place == seen.end()) {
      seen.push_back(process.server);
    }
    process.server = number;
  }
  return scope;
}

std::size_t op_count(const Scope& scope) {
  std::size_t count = 0;
  for (const ScopeProcess& process : scope.processes) {
    count += process.ops.size();
  }
  return count;
}

}  // namespace

std::vector<ScopeOp> ops_of(const Scope& scope) {
  std::vector<ScopeOp> ops;
  Value value = 0;
  for (std::size_t process = 0; process < scope.processes.size(); ++process) {
    for (const OpKind kind : scope.processes[process].ops) {
      ops.push_back({static_cast<std::uint8_t>(process), kind, kind == OpKind::write ? ++value : absent});
    }
  }
  return ops;
}

std::size_t servers_of(const Scope& scope) {
  std::size_t servers = 1;
  for (const ScopeProcess& process : scope.processes) {
    servers = std::max<std::size_t>(servers, process.server + 1U);
  }
  return servers;
}

Value last_value_of(const Scope& scope) {
  Value last = 0;
  for (const ScopeOp& op : ops_of(scope)) {
    last += op.kind == OpKind::write ? 1 : 0;
  }
  return last;
}

Result<Scope> parse_scope(std::string_view text) {
  Scope scope;
  std::size_t given = 0;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    bool server_given = false;
    const Result<ScopeProcess> process = parse_process(text.substr(begin, end - begin), server_given);
    if (!process) {
      return std::unexpected(process.error());
    }
    scope.processes.push_back(*process);
    given += server_given ? 1 : 0;
    begin = end + 1;
  }
  if (scope.processes.size() > clients_max) {
    return failed(ErrorCode::wrong_type, "at most 6 processes can be explored, and '" + std::string(text) + "' has " +
                                             std::to_string(scope.processes.size()));
  }
  if (given != 0 && given != scope.processes.size()) {
    return failed(ErrorCode::wrong_type,
                  "either every process of '" + std::string(text) + "' names its server or none");
  }
  if (given == 0) {
    assign_servers(scope);
  }
  if (last_value_of(scope) > static_cast<Value>(writes_max) || servers_of(scope) > servers_max) {
    return failed(ErrorCode::wrong_type, "at most 7 writes, and 4 processes that begin alike, can be explored; '" +
                                             std::string(text) + "' has more");
  }
  return scope;
}

std::string to_text(const Scope& scope) {
  Scope usual = scope;
  assign_servers(usual);
  std::string text;
  for (const ScopeProcess& process : scope.processes) {
    text += (text.empty() ? "" : ",") + word_of(process);
    if (usual != scope) {
      text += "@" + std::to_string(process.server);
    }
  }
  return text;
}

std::vector<Scope> parts_of(const Scope& scope) {
  std::vector<Scope> partial = {Scope{}};
  for (const ScopeProcess& process : scope.processes) {
    std::set<ScopeProcess> choices;  // sorted, without repetition
    for (unsigned kept = 0; kept < 1U << process.ops.size(); ++kept) {
      ScopeProcess part{{}, process.server};
      for (std::size_t op = 0; op < process.ops.size(); ++op) {
        if ((kept >> op & 1U) != 0) {
          part.ops.push_back(process.ops[op]);
        }
      }
      choices.insert(part);
    }
    std::vector<Scope> extended;
    for (const Scope& begun : partial) {
      for (const ScopeProcess& choice : choices) {
        Scope next = begun;
        if (!choice.ops.empty()) {
          next.processes.push_back(choice);
        }
        extended.push_back(next);
      }
    }
    partial = std::move(extended);
  }
  std::set<Scope> unique;
  for (const Scope& part : partial) {
    if (!part.processes.empty()) {
      unique.insert(canonical(part));
    }
  }
  std::vector<Scope> parts(unique.begin(), unique.end());
  std::ranges::stable_sort(parts, [](const Scope& left, const Scope& right) {
    return std::pair(left.processes.size(), op_count(left)) < std::pair(right.processes.size(), op_count(right));
  });
  return parts;
}

bool covers(const Scope& whole, const Scope& part, bool same_servers) {
  return (!same_servers || servers_of(whole) == servers_of(part)) && Cover(whole, part).found();
}

std::string name_of_process(const Scope& scope, std::size_t process) {
  const auto role = [&](std::size_t index) -> std::string {
    const std::vector<OpKind>& ops = scope.processes[index].ops;
    const auto writes = std::ranges::count(ops, OpKind::write);
    return writes == 0 ? "reader" : writes == std::ssize(ops) ? "writer" : "client";
  };
  int number = 0;
  for (std::size_t index = 0; index <= process; ++index) {
    number += role(index) == role(process) ? 1 : 0;
  }
  return role(process) + " " + std::to_string(number);
}

std::string words_of_op(const Scope& scope, const ScopeOp& op) {
  return name_of_process(scope, op.process) + (op.kind == OpKind::read ? "'s read" : "'s write");
}

}  // namespace stalemate
