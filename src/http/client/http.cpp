#include "http/client/http.h"

#include <algorithm>
#include <ctime>

#include <curl/curl.h>
#include <strings.h>

namespace sosw::aws {

const std::string* find_header(const Headers& headers, std::string_view name) {
  const auto found = std::find_if(headers.begin(), headers.end(), [&](const Header& header) {
    return header.name.size() == name.size() &&
           strncasecmp(header.name.data(), name.data(), name.size()) == 0;
  });
  return found == headers.end() ? nullptr : &found->value;
}

std::optional<Time> date_of(const Headers& headers) {
  const std::string* date = find_header(headers, "Date");
  const std::time_t moment = date ? curl_getdate(date->c_str(), nullptr) : -1;
  if (moment == -1) return std::nullopt;
  return Time(static_cast<double>(moment));
}

}  // namespace sosw::aws
