#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include <curl/curl.h>

#include "sosw/model/time.h"

namespace sosw {

struct CurlCleanup {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
struct MultiCleanup {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
using EasyPtr = std::unique_ptr<CURL, CurlCleanup>;
using ListPtr = std::unique_ptr<curl_slist, CurlCleanup>;
using MultiPtr = std::unique_ptr<CURLM, MultiCleanup>;

/// Initialized before the first use of libcurl, on any thread.
void require_curl();

/// A request to a URL that follows no redirect, and the received part of its answer.
class CurlRequest {
 public:
  CurlRequest(const std::string& url, Seconds connect_timeout, Seconds timeout, std::size_t largest_answer);
  CurlRequest(const CurlRequest&) = delete;
  CurlRequest& operator=(const CurlRequest&) = delete;

  template <typename Value>
  void set(CURLoption option, Value value) {
    curl_easy_setopt(easy_.get(), option, value);
  }
  void add_header(const std::string& name, const std::string& text);
  void leave_out_header(const std::string& name);  ///< a header that libcurl would add
  void post_json(const std::string& json);         ///< the text must stay in memory

  CURL* easy() const { return easy_.get(); }
  int status() const;  ///< 0: no answer
  std::string& body() { return body_; }

  /// Why it failed, as a constant text; empty when it did not.
  std::string problem_of(CURLcode) const;

 private:
  void add_line(const std::string& line);
  static std::size_t receive(const char* bytes, std::size_t size, std::size_t count, void* request);

  EasyPtr easy_;
  ListPtr headers_;
  Seconds timeout_;
  std::size_t largest_answer_;
  std::string body_;
  bool too_large_ = false;
};

}  // namespace sosw
