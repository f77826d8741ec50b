#pragma once

#include <boost/beast/http/basic_parser.hpp>

#include "http/server/message.h"

namespace sosw::web {

/// Beast's parser, filling our Request directly.
class RequestParser final : public boost::beast::http::basic_parser<true> {
 public:
  using Text = boost::beast::string_view;
  using Code = boost::beast::error_code;
  using Verb = boost::beast::http::verb;
  using Field = boost::beast::http::field;

  explicit RequestParser(std::uint32_t header_bytes) {
    header_limit(header_bytes);
    body_limit(boost::none);  // comes from the handler, once the headers are known
  }

  Request request;
  bool old_version = false;  ///< HTTP/1.0

 private:
  void on_request_impl(Verb, Text method, Text target, int version, Code&) override;
  void on_field_impl(Field, Text name, Text value, Code&) override;
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, Code&) override;
  std::size_t on_body_impl(Text bytes, Code&) override;
  std::size_t on_chunk_body_impl(std::uint64_t remaining, Text bytes, Code&) override;
  void on_response_impl(int, Text, int, Code&) override {}
  void on_header_impl(Code&) override {}
  void on_chunk_header_impl(std::uint64_t, Text, Code&) override {}
  void on_finish_impl(Code&) override {}
};

}  // namespace sosw::web
