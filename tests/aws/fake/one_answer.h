#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sosw/ports/clock.h"
#include "sosw/ports/random.h"
#include "sosw/ports/waiting.h"

#include "aws/core/caller.h"

namespace sosw::aws {

inline constexpr std::string_view kSecret = "a-secret-key-that-nobody-sees";

/// A world in which every request gets the same answer, and time passes by waiting only.
struct OneAnswer final : Http, Clock, Waiting, Random, CredentialSource {
  OneAnswer(int status, std::string body)
      : answer{.kind = HttpAnswer::Kind::answered, .status = status, .body = std::move(body)} {}

  std::vector<HttpAnswer> send(std::span<const HttpRequest> requests) override {
    return std::vector<HttpAnswer>(requests.size(), answer);
  }
  Time now() override { return time; }
  void wait(Seconds seconds) override { time += seconds; }
  std::uint64_t next() override { return 1; }
  Credentials get() override {
    return {.access_key_id = "AKIDEXAMPLE", .secret_access_key = std::string(kSecret)};
  }
  void reject(const Credentials&) override {}

  Caller caller(const char* service) {
    return Caller({.service = service,
                   .signed_as = service,
                   .region = "eu-west-1",
                   .endpoint = "https://example.com",
                   .max_attempts = 2},
                  this, {*this, *this, *this, *this});
  }

  HttpAnswer answer;
  Time time{1'795'490'346};
};

}  // namespace sosw::aws
