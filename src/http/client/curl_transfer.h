#pragma once

#include <memory>

#include <curl/curl.h>

#include "http/client/http.h"

namespace sosw::aws {

/// One request at a time on one easy handle, which is reused.
class CurlTransfer {
 public:
  CurlTransfer();

  /// Prepares the handle. The request must stay alive until the answer is taken.
  void begin(const HttpRequest&, const std::string& ca_file);
  HttpAnswer take_answer(CURLcode);

  CURL* handle() const { return handle_.get(); }
  std::size_t index = 0;  ///< for the caller, to identify transfers

 private:
  static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t on_read(char* data, std::size_t size, std::size_t count, void* self);
  static int on_seek(void* self, curl_off_t offset, int origin);
  void set_body(const HttpRequest&);
  void set_headers(const HttpRequest&);

  struct HandleEnd {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  };
  struct ListEnd {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  };
  std::unique_ptr<CURL, HandleEnd> handle_;
  std::unique_ptr<curl_slist, ListEnd> header_list_;
  std::string_view unread_;  ///< of the request's body
  HttpAnswer answer_;
};

}  // namespace sosw::aws
