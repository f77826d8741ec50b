#include "http/client/curl_handles.h"

#include <algorithm>

#include <fmt/format.h>

namespace sosw {
namespace {

long milliseconds(Seconds seconds) { return std::max(1L, static_cast<long>(seconds * 1000)); }

}  // namespace

void require_curl() {
  struct Library {
    Library() { curl_global_init(CURL_GLOBAL_DEFAULT); }
    ~Library() { curl_global_cleanup(); }
  };
  static const Library library;
}

CurlRequest::CurlRequest(const std::string& url, Seconds connect_timeout, Seconds timeout,
                         std::size_t largest_answer)
    : easy_(curl_easy_init()), timeout_(timeout), largest_answer_(largest_answer) {
  set(CURLOPT_URL, url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds(std::min(connect_timeout, timeout)));
  set(CURLOPT_TIMEOUT_MS, milliseconds(timeout));
  set(CURLOPT_USERAGENT, "sosw");
  set(CURLOPT_WRITEFUNCTION, &CurlRequest::receive);
  set(CURLOPT_WRITEDATA, this);
}

void CurlRequest::add_header(const std::string& name, const std::string& text) {
  add_line(text.empty() ? name + ';' : fmt::format("{}: {}", name, text));
}

void CurlRequest::leave_out_header(const std::string& name) { add_line(name + ':'); }

void CurlRequest::add_line(const std::string& line) {
  headers_.reset(curl_slist_append(headers_.release(), line.c_str()));
  set(CURLOPT_HTTPHEADER, headers_.get());
}

void CurlRequest::post_json(const std::string& json) {
  add_header("Content-Type", "application/json");
  set(CURLOPT_POST, 1L);
  set(CURLOPT_POSTFIELDS, json.c_str());
  set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(json.size()));
}

int CurlRequest::status() const {
  long status = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
  return static_cast<int>(status);
}

std::string CurlRequest::problem_of(CURLcode code) const {
  if (too_large_) return fmt::format("the answer is larger than {} bytes", largest_answer_);
  if (code == CURLE_OPERATION_TIMEDOUT) return fmt::format("no answer within {} s", timeout_);
  return code == CURLE_OK ? "" : curl_easy_strerror(code);
}

std::size_t CurlRequest::receive(const char* bytes, std::size_t size, std::size_t count, void* request) {
  auto& self = *static_cast<CurlRequest*>(request);
  self.too_large_ = self.body_.size() + size * count > self.largest_answer_;
  if (self.too_large_) return 0;
  self.body_.append(bytes, size * count);
  return size * count;
}

}  // namespace sosw
