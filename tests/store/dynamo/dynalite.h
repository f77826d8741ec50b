#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "aws/core/session.h"
#include "aws/fake/server_process.h"
#include "aws/fake/simulated_machine.h"
#include "http/client/curl_http.h"
#include "system/system_clock.h"

namespace sosw::aws {

/// An implementation of DynamoDB that is not ours, as a child process, and sessions that talk to it. It knows
/// no transactions: those are played by tests/store/dynamo/dynalite/server.js.
class Dynalite {
 public:
  static bool is_installed() { return std::filesystem::exists(kFolder + "/node_modules/dynalite"); }

  std::unique_ptr<Session> session() {
    return std::make_unique<Session>(environment_of({{"AWS_ACCESS_KEY_ID", "AKIDTEST"},
                                                     {"AWS_SECRET_ACCESS_KEY", "test-secret"},
                                                     {"AWS_REGION", "eu-west-1"},
                                                     {"AWS_ENDPOINT_URL_DYNAMODB", server.url()}}),
                                     Machine{http, clock, random, waiting});
  }

  /// Without tables.
  void begin_anew() {
    const HttpRequest request{.method = "POST", .url = server.url() + "/_control/reset", .direct = true};
    if (http.send({&request, 1}).front().status != 200)
      throw std::runtime_error("dynalite does not begin anew");
  }

  static inline const std::string kFolder = SOSW_SOURCE_DIR "/tests/store/dynamo/dynalite";
  const ServerProcess server{{"node", kFolder + "/server.js"}};
  CurlHttp http;
  SystemClock clock;
  SeededRandom random;
  SimulatedClock waiting;
};

}  // namespace sosw::aws
