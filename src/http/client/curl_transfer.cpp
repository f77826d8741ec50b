#include "http/client/curl_transfer.h"

#include <algorithm>
#include <cstring>
#include <new>

namespace sosw::aws {
namespace {

long milliseconds(Seconds seconds) { return std::max(1L, static_cast<long>(seconds * 1000)); }

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

}  // namespace

CurlTransfer::CurlTransfer() : handle_(curl_easy_init()) {
  if (!handle_) throw std::bad_alloc();
}

void CurlTransfer::begin(const HttpRequest& request, const std::string& ca_file) {
  CURL* curl = handle_.get();
  answer_ = {};
  curl_easy_reset(curl);
  curl_easy_setopt(curl, CURLOPT_PRIVATE, this);
  curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, milliseconds(request.timeout));
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, milliseconds(request.connect_timeout));
  // An idle connection that the peer is about to close would turn a certain outcome into an unknown one.
  curl_easy_setopt(curl, CURLOPT_MAXAGE_CONN, 20L);  // seconds
  if (request.direct) curl_easy_setopt(curl, CURLOPT_PROXY, "");
  if (!ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, ca_file.c_str());
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, this);
  set_body(request);
  set_headers(request);
}

/// A body is read through a callback that can't rewind. So when a reused connection turns out to be dead
/// after the body was sent, curl can't resend the request by itself: it may have arrived.
void CurlTransfer::set_body(const HttpRequest& request) {
  CURL* curl = handle_.get();
  unread_ = request.body;
  if (request.method == "HEAD") {
    curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
    return;
  }
  if (request.body.empty() && request.method != "POST" && request.method != "PUT") {
    curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
  } else {
    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, on_read);
    curl_easy_setopt(curl, CURLOPT_READDATA, this);
    curl_easy_setopt(curl, CURLOPT_SEEKFUNCTION, on_seek);
    curl_easy_setopt(curl, CURLOPT_SEEKDATA, this);
    if (request.body.empty()) curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L);  // nothing to go back over
  }
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
}

void CurlTransfer::set_headers(const HttpRequest& request) {
  header_list_.reset();
  const auto add = [&](const std::string& line) {
    curl_slist* list = curl_slist_append(header_list_.get(), line.c_str());
    if (!list) throw std::bad_alloc();
    if (!header_list_) header_list_.reset(list);  // else it is the same list, now longer
  };
  add("Expect:");
  if (!find_header(request.headers, "Content-Type")) add("Content-Type:");  // else curl invents one
  if (!find_header(request.headers, "Accept")) add("Accept:");
  for (const Header& header : request.headers)
    add(header.value.empty() ? header.name + ";" : header.name + ": " + header.value);
  curl_easy_setopt(handle_.get(), CURLOPT_HTTPHEADER, header_list_.get());
}

HttpAnswer CurlTransfer::take_answer(CURLcode code) {
  unread_ = {};
  if (code == CURLE_OK) {
    long status = 0;
    curl_easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &status);
    answer_.kind = HttpAnswer::Kind::answered;
    answer_.status = static_cast<int>(status);
    return std::move(answer_);
  }
  long sent = 0;  // bytes of all requests that this transfer wrote, TLS not counted
  curl_easy_getinfo(handle_.get(), CURLINFO_REQUEST_SIZE, &sent);
  return {.kind = sent == 0 ? HttpAnswer::Kind::not_sent : HttpAnswer::Kind::unknown,
          .problem = curl_easy_strerror(code),
          .timed_out = code == CURLE_OPERATION_TIMEDOUT};
}

std::size_t CurlTransfer::on_header(char* data, std::size_t size, std::size_t count, void* self) {
  const std::string_view line(data, size * count);
  Headers& headers = static_cast<CurlTransfer*>(self)->answer_.headers;
  if (line.starts_with("HTTP/")) headers.clear();  // after an interim answer
  if (const auto colon = line.find(':'); colon != std::string_view::npos)
    headers.push_back({std::string(line.substr(0, colon)), std::string(trimmed(line.substr(colon + 1)))});
  return line.size();
}

std::size_t CurlTransfer::on_body(char* data, std::size_t size, std::size_t count, void* self) {
  static_cast<CurlTransfer*>(self)->answer_.body.append(data, size * count);
  return size * count;
}

std::size_t CurlTransfer::on_read(char* data, std::size_t size, std::size_t count, void* self) {
  std::string_view& unread = static_cast<CurlTransfer*>(self)->unread_;
  const std::size_t length = std::min(size * count, unread.size());
  std::memcpy(data, unread.data(), length);
  unread.remove_prefix(length);
  return length;
}

int CurlTransfer::on_seek(void* /*self*/, curl_off_t /*offset*/, int /*origin*/) {
  return CURL_SEEKFUNC_FAIL;
}

}  // namespace sosw::aws
