// A file of all calls that went through the gates: one JSON object a line.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/error.hpp"
#include "proxy/byte_queue.hpp"
#include "proxy/gate.hpp"

namespace stalemate {

/// docs/proxy.md describes the file. Thread rule: one thread at a time.
class CallLog {
 public:
  /// Begins the file and writes its first line. Errors: defect: it cannot be written.
  [[nodiscard]] static Result<std::unique_ptr<CallLog>> begin(const std::string& path, std::vector<LinkAddress> links);

  /// `fault`: the rule that hits it, or empty. `reaches`: the store gets it.
  void arrived(const GateCall& call, std::string_view fault, bool reaches);
  /// `arrives`: the application gets the reply.
  void answered(const GateCall& call, const StoreReply& reply, bool arrives);
  /// Calls of the connection that were not answered never will be.
  void closed(std::uint64_t connection);
  void copy_answered(const GateCall& call, const StoreReply& reply);

  [[nodiscard]] std::uint64_t lines() const { return calls_; }
  /// Writes what is left. Errors: defect: not all could be written.
  [[nodiscard]] Result<void> end();

 private:
  using Time = std::chrono::steady_clock::time_point;
  struct Waiting {
    std::uint64_t call = 0;
    Time at = {};
    std::size_t told_bytes = 0;
    std::string fault = {};
    bool reaches = true;
  };
  /// The calls of one connection that are not answered yet.
  struct Waits {
    std::string place = {};  // where they are asked, as members of each one's object
    std::deque<Waiting> calls = {};
    ByteQueue told = {};  // what is known of each when it arrives, as the members behind those
  };
  struct FileCloser {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  CallLog(std::string path, std::vector<LinkAddress> links, std::FILE* file)
      : path_(std::move(path)), links_(std::move(links)), file_(file) {}
  [[nodiscard]] std::string place_of(const GateCall& call) const;
  static void tell(ByteQueue& to, const StoreRequest& request);
  void write_first(Waits& waits, const StoreReply* reply, bool arrives);
  void write(const Waiting& waiting, std::string_view place, std::string_view told, const StoreReply* reply,
             bool arrives, bool is_copy);
  void write_begin();
  void write_out();

  std::string path_;
  std::vector<LinkAddress> links_;
  std::unique_ptr<std::FILE, FileCloser> file_;
  Time begin_ = std::chrono::steady_clock::now();
  std::unordered_map<std::uint64_t, Waits> waiting_ = {};  // by connection
  ByteQueue lines_ = {};                                   // that are not written out yet
  std::uint64_t calls_ = 0;
  bool broken_ = false;
};

}  // namespace stalemate
