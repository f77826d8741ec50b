#pragma once

#include <memory>

#include "http/client/http.h"

namespace sosw::aws {

/// HTTP/1.1 by libcurl, driven by the calling thread. Connections are kept and reused; certificates are
/// always checked; a proxy comes from the environment as in curl (https_proxy, no_proxy, ...). Concurrent
/// calls are serialized.
class CurlHttp final : public Http {
 public:
  struct Options {
    std::size_t in_flight = 256;  ///< requests under way at once
    /// PEM file of the trusted authorities. Empty: curl's own, or where curl was built for another system
    /// than it runs on, that system's.
    std::string ca_file;
  };

  CurlHttp() : CurlHttp(Options{}) {}
  explicit CurlHttp(Options);
  ~CurlHttp() override;

  std::vector<HttpAnswer> send(std::span<const HttpRequest>) override;

 private:
  class Transfers;
  std::unique_ptr<Transfers> transfers_;
};

}  // namespace sosw::aws
