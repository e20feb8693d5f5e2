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

  [[nodiscard]] std::uint64_t lines() const { return lines_; }
  /// Writes what is left. Errors: defect: not all could be written.
  [[nodiscard]] Result<void> end();

 private:
  using Time = std::chrono::steady_clock::time_point;
  struct Waiting {
    std::uint64_t call = 0;
    Time at = {};
    std::string told = {};  // what is known of the call when it arrives, as members of its object
    std::string fault = {};
    bool reaches = true;
  };
  struct FileCloser {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  CallLog(std::string path, std::vector<LinkAddress> links, std::FILE* file)
      : path_(std::move(path)), links_(std::move(links)), file_(file) {}
  [[nodiscard]] Waiting begun(const GateCall& call, std::string_view fault, bool reaches) const;
  void write(const Waiting& waiting, const StoreReply* reply, bool arrives, bool is_copy);
  void write_begin();
  void write_line();

  std::string path_;
  std::vector<LinkAddress> links_;
  std::unique_ptr<std::FILE, FileCloser> file_;
  Time begin_ = std::chrono::steady_clock::now();
  std::unordered_map<std::uint64_t, std::deque<Waiting>> waiting_ = {};  // by connection
  std::string line_ = {};
  std::uint64_t lines_ = 0;
  bool broken_ = false;
};

}  // namespace stalemate
