#include "application/channels/http_answer.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <utility>

namespace stalemate {

namespace http = boost::beast::http;

namespace {

constexpr std::uint32_t header_bytes_max = 64U << 10U;
// Lower ones, such as "100 Continue", announce the answer.
constexpr unsigned first_status_of_answers = 200;
// Beast asserts that it sees this much of a last chunk's line when it sees it again: "0\r\n\r\n".
constexpr std::size_t last_chunk_bytes = 5;

}  // namespace

HttpAnswerReader::Parser::Parser(RawAnswer& answer, bool is_to_head) : answer_(answer) {
  eager(true);
  header_limit(header_bytes_max);
  body_limit(answer_bytes_max);
  skip(is_to_head);
}

void HttpAnswerReader::Parser::on_response_impl(int status, Text /*reason*/, int /*version*/, ErrorCodeOut& /*error*/) {
  answer_.status = static_cast<unsigned>(status);
}

void HttpAnswerReader::Parser::on_field_impl(http::field /*field*/, Text name, Text value, ErrorCodeOut& error) {
  // Beast's own limit is one of each piece.
  header_bytes_ += name.size() + value.size();
  if (header_bytes_ > header_bytes_max) {
    error = http::error::header_limit;
    return;
  }
  answer_.headers.emplace_back(name, value);
}

std::size_t HttpAnswerReader::Parser::on_body_impl(Text bytes, ErrorCodeOut& /*error*/) {
  answer_.body.append(bytes.data(), bytes.size());
  return bytes.size();
}

std::size_t HttpAnswerReader::Parser::on_chunk_body_impl(std::uint64_t /*left*/, Text bytes, ErrorCodeOut& error) {
  return on_body_impl(bytes, error);
}

void HttpAnswerReader::begin(bool is_to_head) {
  is_to_head_ = is_to_head;
  answer_ = {};
  rest_.clear();
  parser_.emplace(answer_, is_to_head_);
}

HttpAnswerReader::Progress HttpAnswerReader::feed(std::string_view bytes) {
  if (!rest_.empty()) {
    rest_.append(bytes);
    if (parser_->is_header_done() && parser_->chunked() && rest_.size() < last_chunk_bytes) {
      return Progress::more;
    }
    bytes = rest_;
  }
  while (!bytes.empty()) {
    boost::beast::error_code error;
    bytes.remove_prefix(parser_->put(boost::asio::buffer(bytes.data(), bytes.size()), error));
    if (error && error != http::error::need_more) {
      return break_off(error);
    }
    if (!parser_->is_done()) {
      break;
    }
    if (answer_.status >= first_status_of_answers) {
      keep(bytes);
      return Progress::done;
    }
    answer_ = {};
    parser_.emplace(answer_, is_to_head_);
  }
  keep(bytes);
  return rest_.size() > header_bytes_max ? break_off(http::error::header_limit) : Progress::more;
}

HttpAnswerReader::Progress HttpAnswerReader::end() {
  if (!parser_->got_some()) {
    return break_off(ErrorCode::connection_lost, "the connection was closed before an answer");
  }
  boost::beast::error_code error;
  parser_->put_eof(error);
  return error ? break_off(error) : Progress::done;
}

HttpAnswerReader::Progress HttpAnswerReader::break_off(ErrorCode code, std::string sentence) {
  problem_ = {code, Outcome::info, std::move(sentence)};
  return Progress::broken;
}

HttpAnswerReader::Progress HttpAnswerReader::break_off(const boost::beast::error_code& error) {
  if (error == http::error::body_limit || error == http::error::header_limit) {
    return break_off(ErrorCode::protocol, "the answer is longer than 1 MiB");
  }
  if (error == http::error::partial_message) {
    return break_off(ErrorCode::connection_lost, "the connection was closed within the answer");
  }
  return break_off(ErrorCode::protocol, "the answer is not HTTP: " + error.message());
}

/// Of what was fed, these are left. They may lie in `rest_`.
void HttpAnswerReader::keep(std::string_view bytes) {
  if (bytes.empty()) {
    rest_.clear();
  } else if (rest_.empty()) {
    rest_ = bytes;
  } else {
    rest_.erase(0, rest_.size() - bytes.size());
  }
}

}  // namespace stalemate
