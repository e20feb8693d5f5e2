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

using namespace std::string_view_literals;

constexpr std::size_t unwritten_bytes_max = 64UL * 1024;

/// A bit is set where one of eight bytes is not shown as it is in a JSON text.
inline std::uint64_t special_bits(std::uint64_t bytes) {
  constexpr std::uint64_t ones = 0x0101010101010101;
  constexpr std::uint64_t tops = 0x80 * ones;
  const auto zeros = [](std::uint64_t of) { return (of - ones) & ~of; };
  const std::uint64_t controls = ((bytes - ' ' * ones) & ~bytes) | zeros(bytes ^ 0x7F * ones);
  return (bytes | controls | zeros(bytes ^ '"' * ones) | zeros(bytes ^ '\\' * ones)) & tops;
}

bool needs_no_escape(std::string_view text) {
  std::uint64_t bytes = 0;
  for (; text.size() >= sizeof bytes; text.remove_prefix(sizeof bytes)) {
    std::memcpy(&bytes, text.data(), sizeof bytes);
    if (special_bits(bytes) != 0) {
      return false;
    }
  }
  bytes = 0x2020202020202020;
  std::memcpy(&bytes, text.data(), text.size());
  return special_bits(bytes) == 0;
}

void append_text(ByteQueue& line, std::string_view foreign) {
  line.append("\"");
  if (needs_no_escape(foreign)) {
    line.append(foreign);
  } else {
    for (const char c : printable(foreign)) {
      if (c == '"' || c == '\\') {
        line.append("\\");
      }
      line.append({&c, 1});
    }
  }
  line.append("\"");
}

void append_number(ByteQueue& line, std::uint64_t number) {
  std::array<char, 20> digits = {};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  line.append({digits.data(), end});
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
  std::setvbuf(file, nullptr, _IONBF, 0);
  std::unique_ptr<CallLog> log(new CallLog(path, std::move(links), file));
  log->write_begin();
  return log;
}

void CallLog::write_begin() {
  const auto now =
      std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch());
  lines_.append(std::string(calls_record_begin) + R"(1","begun_unix_ns":)" + std::to_string(now.count()));
  lines_.append(",\"links\":[");
  for (std::size_t index = 0; index < links_.size(); ++index) {
    lines_.append(index == 0 ? "" : ",");
    append_text(lines_, links_[index].store_host + ":" + std::to_string(links_[index].store_port));
  }
  lines_.append("]}\n");
}

void CallLog::write_out() {
  const std::string_view lines = lines_.view();
  broken_ = broken_ || std::fwrite(lines.data(), 1, lines.size(), file_.get()) != lines.size();
  lines_.go(lines.size());
}

std::string CallLog::place_of(const GateCall& call) const {
  const bool is_cache = links_[call.link].protocol == Protocol::redis;
  return std::string(is_cache ? R"(,"store":"cache")" : R"(,"store":"database")") +
         ",\"link\":" + std::to_string(call.link) + ",\"connection\":" + std::to_string(call.connection);
}

void CallLog::arrived(const GateCall& call, std::string_view fault, bool reaches) {
  const Time now = std::chrono::steady_clock::now();
  Waits& waits = waiting_[call.connection];
  if (waits.place.empty()) {
    waits.place = place_of(call);
  }
  const std::size_t bytes_before = waits.told.size();
  tell(waits.told, call.request);
  waits.calls.push_back({call.id, now, waits.told.size() - bytes_before, std::string(fault), reaches});
}

void CallLog::tell(ByteQueue& to, const StoreRequest& request) {
  to.append(",\"name\":");
  append_text(to, request.name);
  to.append(",\"text\":");
  append_text(to, request.text);
  to.append(",\"keys\":[");
  for (const std::string& key : request.keys) {
    if (&key != &request.keys.front()) {
      to.append(",");
    }
    append_text(to, key);
  }
  to.append(request.writes ? "],\"writes\":true"sv : "],\"writes\":false"sv);
  if (request.touches_anything) {
    to.append(",\"touches_anything\":true");
  }
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
  ByteQueue told;
  told.append(place_of(call));
  tell(told, call.request);
  write({.call = call.id, .at = std::chrono::steady_clock::now()}, "", told.view(), &reply, false, true);
}

/// The oldest call of the connection, which waits no longer.
void CallLog::write_first(Waits& waits, const StoreReply* reply, bool arrives) {
  const Waiting& first = waits.calls.front();
  write(first, waits.place, waits.told.view().substr(0, first.told_bytes), reply, arrives, false);
  waits.told.go(first.told_bytes);
  waits.calls.pop_front();
}

void CallLog::write(const Waiting& waiting, std::string_view place, std::string_view told, const StoreReply* reply,
                    bool arrives, bool is_copy) {
  lines_.append("{\"call\":");
  append_number(lines_, waiting.call);
  lines_.append(",\"at_ns\":");
  append_number(lines_, nanoseconds(waiting.at - begin_));
  lines_.append(",\"took_ns\":");
  append_number(lines_, nanoseconds(std::chrono::steady_clock::now() - waiting.at));
  lines_.append(place);
  lines_.append(told);
  lines_.append(",\"outcome\":");
  lines_.append(!arrives ? "\"info\""sv : reply->is_error ? "\"fail\""sv : "\"ok\""sv);
  if (!waiting.reaches) {
    lines_.append(",\"reaches_store\":false");
  }
  if (is_copy) {
    lines_.append(",\"late_copy\":true");
  }
  if (reply != nullptr) {
    lines_.append(",\"reply\":");
    append_text(lines_, reply->text);
  }
  if (!waiting.fault.empty()) {
    lines_.append(",\"fault\":");
    append_text(lines_, waiting.fault);
  }
  lines_.append("}\n");
  ++calls_;
  if (lines_.size() >= unwritten_bytes_max) {
    write_out();
  }
}

Result<void> CallLog::end() {
  std::vector<std::uint64_t> open;
  for (const auto& [connection, calls] : waiting_) {
    open.push_back(connection);
  }
  for (const std::uint64_t connection : open) {
    closed(connection);
  }
  write_out();
  return broken_ ? failed(ErrorCode::defect, path_ + " could not be written to its end") : Result<void>();
}

}  // namespace stalemate
