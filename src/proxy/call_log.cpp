#include "proxy/call_log.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <utility>

#include "core/text/printable.hpp"
#include "record/foreign/import.hpp"

namespace stalemate {
namespace {

constexpr std::size_t buffer_bytes = 1UL << 20U;

bool needs_no_escape(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= ' ' && c < 0x7f && c != '"' && c != '\\'; });
}

void append_text(std::string& line, std::string_view foreign) {
  line += '"';
  if (needs_no_escape(foreign)) {
    line += foreign;
  } else {
    for (const char c : printable(foreign)) {
      if (c == '"' || c == '\\') {
        line += '\\';
      }
      line += c;
    }
  }
  line += '"';
}

void append_number(std::string& line, std::string_view name, std::uint64_t number) {
  std::array<char, 20> digits = {};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  line += name;
  line += std::string_view(digits.data(), static_cast<std::size_t>(end - digits.data()));
}

std::uint64_t nanoseconds(std::chrono::steady_clock::duration duration) {
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(duration).count());
}

}  // namespace

Result<std::unique_ptr<CallLog>> CallLog::begin(const std::string& path, std::vector<LinkAddress> links) {
  std::FILE* file = std::fopen(path.c_str(), "we");
  if (file == nullptr) {
    return failed(ErrorCode::defect, path + " cannot be written: " + std::strerror(errno));
  }
  std::setvbuf(file, nullptr, _IOFBF, buffer_bytes);
  std::unique_ptr<CallLog> log(new CallLog(path, std::move(links), file));
  log->write_begin();
  return log;
}

void CallLog::write_begin() {
  const auto now =
      std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch());
  line_ = std::string(calls_record_begin) + R"(1","begun_unix_ns":)" + std::to_string(now.count()) + ",\"links\":[";
  for (std::size_t index = 0; index < links_.size(); ++index) {
    line_ += index == 0 ? "" : ",";
    append_text(line_, links_[index].store_host + ":" + std::to_string(links_[index].store_port));
  }
  line_ += "]}\n";
  write_line();
}

void CallLog::write_line() {
  broken_ = broken_ || std::fwrite(line_.data(), 1, line_.size(), file_.get()) != line_.size();
}

void CallLog::arrived(const GateCall& call, std::string_view fault, bool reaches) {
  const Time now = std::chrono::steady_clock::now();
  tell(call);
  Waits& waits = waiting_[call.connection];
  waits.told.append(told_);
  waits.calls.push_back({call.id, now, told_.size(), std::string(fault), reaches});
}

void CallLog::tell(const GateCall& call) {
  told_ = links_[call.link].protocol == Protocol::redis ? R"(,"store":"cache")" : R"(,"store":"database")";
  append_number(told_, ",\"link\":", call.link);
  append_number(told_, ",\"connection\":", call.connection);
  told_ += ",\"name\":";
  append_text(told_, call.request.name);
  told_ += ",\"text\":";
  append_text(told_, call.request.text);
  told_ += ",\"keys\":[";
  bool is_first = true;
  for (const std::string& key : call.request.keys) {
    told_ += std::exchange(is_first, false) ? "" : ",";
    append_text(told_, key);
  }
  told_ += call.request.writes ? "],\"writes\":true" : "],\"writes\":false";
  told_ += call.request.touches_anything ? ",\"touches_anything\":true" : "";
}

void CallLog::answered(const GateCall& call, const StoreReply& reply, bool arrives) {
  const auto of_connection = waiting_.find(call.connection);
  if (of_connection == waiting_.end()) {
    return;
  }
  Waits& waits = of_connection->second;
  // Those before it are not answered, or not by the store.
  while (!waits.calls.empty() && waits.calls.front().call != call.id) {
    write_first(waits, nullptr, false);
  }
  if (!waits.calls.empty()) {
    write_first(waits, &reply, arrives);
  }
}

void CallLog::closed(std::uint64_t connection) {
  const auto found = waiting_.find(connection);
  if (found == waiting_.end()) {
    return;
  }
  while (!found->second.calls.empty()) {
    write_first(found->second, nullptr, false);
  }
  waiting_.erase(found);
}

void CallLog::copy_answered(const GateCall& call, const StoreReply& reply) {
  tell(call);
  write({.call = call.id, .at = std::chrono::steady_clock::now()}, told_, &reply, false, true);
}

/// The oldest call of the connection, which waits no longer.
void CallLog::write_first(Waits& waits, const StoreReply* reply, bool arrives) {
  const Waiting& first = waits.calls.front();
  write(first, waits.told.view().substr(0, first.told_bytes), reply, arrives, false);
  waits.told.go(first.told_bytes);
  waits.calls.pop_front();
}

void CallLog::write(const Waiting& waiting, std::string_view told, const StoreReply* reply, bool arrives,
                    bool is_copy) {
  line_.clear();
  append_number(line_, "{\"call\":", waiting.call);
  append_number(line_, ",\"at_ns\":", nanoseconds(waiting.at - begin_));
  append_number(line_, ",\"took_ns\":", nanoseconds(std::chrono::steady_clock::now() - waiting.at));
  line_ += told;
  line_ += !arrives ? R"(,"outcome":"info")" : reply->is_error ? R"(,"outcome":"fail")" : R"(,"outcome":"ok")";
  line_ += waiting.reaches ? "" : ",\"reaches_store\":false";
  line_ += is_copy ? ",\"late_copy\":true" : "";
  if (reply != nullptr) {
    line_ += ",\"reply\":";
    append_text(line_, reply->text);
  }
  if (!waiting.fault.empty()) {
    line_ += ",\"fault\":";
    append_text(line_, waiting.fault);
  }
  line_ += "}\n";
  write_line();
  ++lines_;
}

Result<void> CallLog::end() {
  std::vector<std::uint64_t> open;
  for (const auto& [connection, calls] : waiting_) {
    open.push_back(connection);
  }
  for (const std::uint64_t connection : open) {
    closed(connection);
  }
  broken_ = broken_ || std::fflush(file_.get()) != 0;
  return broken_ ? failed(ErrorCode::defect, path_ + " could not be written to its end") : Result<void>();
}

}  // namespace stalemate
