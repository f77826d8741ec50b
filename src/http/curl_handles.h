#pragma once

#include <memory>

#include <curl/curl.h>

namespace sosw {

using EasyPtr = std::unique_ptr<CURL, decltype([](CURL* easy) { curl_easy_cleanup(easy); })>;
using MultiPtr = std::unique_ptr<CURLM, decltype([](CURLM* multi) { curl_multi_cleanup(multi); })>;
using ListPtr = std::unique_ptr<curl_slist, decltype([](curl_slist* list) { curl_slist_free_all(list); })>;

/// Opened before the first use of libcurl, in whatever thread that is.
void require_curl();

}  // namespace sosw
