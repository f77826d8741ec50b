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

/// Opened before the first use of libcurl, in whatever thread that is.
void require_curl();

/// A request to a URL that follows no redirect, and what of its answer has come.
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
  void leave_out_header(const std::string& name);  ///< one that libcurl would add
  void post_json(const std::string& json);         ///< which has to stay where it is

  CURL* easy() const { return easy_.get(); }
  int status() const;  ///< 0: there is none
  std::string& body() { return body_; }

  /// Why it failed, in words that are the same each time; empty when it did not.
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
