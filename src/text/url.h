#pragma once

#include <string>
#include <string_view>

namespace sosw::aws {

/// The parts of an absolute URL, unchanged.
struct UrlParts {
  std::string_view scheme;
  std::string_view authority;  ///< host, and the port if it is named
  std::string_view path;       ///< empty, or with its first slash
  std::string_view query;      ///< without the question mark
};
UrlParts split_url(std::string_view url);

/// The host of an authority, without port; an IPv6 address without its brackets.
std::string_view host_of(std::string_view authority);

/// Percent-encodes every byte but A-Z a-z 0-9 - _ . ~ and those in `keep`.
std::string percent_encode(std::string_view, std::string_view keep = "");
/// Invalid %XX sequences are left unchanged.
std::string percent_decode(std::string_view);

}  // namespace sosw::aws
