#pragma once

#include <map>
#include <memory>
#include <string>

#include <nlohmann/json.hpp>

#include "aws/core/session.h"
#include "aws/fake/server_process.h"
#include "aws/fake/simulated_machine.h"
#include "http/client/curl_http.h"
#include "system/system_clock.h"

namespace sosw::aws {

/// tests/aws/fake/server.py as a child process, and sessions that talk to it. One process serves all tests of
/// a binary: it knows nothing of those before.
class FakeAws {
 public:
  FakeAws();

  /// See server.py for what there is.
  nlohmann::json control(const std::string& name, const nlohmann::json& body);

  /// Trouble for the next calls of an operation.
  void inject(const std::string& operation, const std::string& what, int times = 1);

  /// Names of the operations since the last time, in their order.
  std::vector<std::string> operations();

  /// A session of the fake's known user, with more variables.
  std::unique_ptr<Session> session(std::map<std::string, std::string> variables = {});

  const std::string url;
  CurlHttp http;
  SystemClock clock;
  SeededRandom random;

  /// Waiting that takes no time.
  struct : Waiting {
    void wait(Seconds seconds) override { waits.push_back(seconds); }
    std::vector<Seconds> waits;
  } waiting;

  Machine machine() { return {http, clock, random, waiting}; }
};

}  // namespace sosw::aws
