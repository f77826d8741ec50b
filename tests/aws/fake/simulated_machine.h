#pragma once

#include <filesystem>
#include <fstream>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "aws/core/caller.h"
#include "aws/core/environment.h"

namespace sosw::aws {

/// A clock that only waiting moves.
struct SimulatedClock final : Clock, Waiting {
  Time now() override { return time; }
  MonotonicTime monotonic() override { return MonotonicTime(time.since_epoch()); }
  void wait(Seconds seconds) override {
    waits.push_back(seconds);
    time += seconds;
  }
  Time time{1'800'000'000};
  std::vector<Seconds> waits;
};

struct SeededRandom final : Random {
  std::uint64_t next() override { return engine(); }
  std::mt19937_64 engine{7};
};

/// The highest draw, so that delays are their upper bounds.
struct HighestDraw final : Random {
  std::uint64_t next() override { return ~0ULL; }
};

/// Answers requests by a function of the test, and remembers them.
struct ScriptedHttp final : Http {
  using Script = std::function<HttpAnswer(const HttpRequest&)>;
  explicit ScriptedHttp(Script script_ = {}) : script(std::move(script_)) {}

  std::vector<HttpAnswer> send(std::span<const HttpRequest> batch) override {
    std::vector<HttpAnswer> answers;
    for (const HttpRequest& request : batch) {
      requests.push_back(request);
      answers.push_back(script(request));
    }
    return answers;
  }

  Script script;
  std::vector<HttpRequest> requests;
};

inline HttpAnswer answered(int status, std::string body = "", Headers headers = {}) {
  return {.kind = HttpAnswer::Kind::answered,
          .status = status,
          .headers = std::move(headers),
          .body = std::move(body)};
}

inline HttpAnswer not_sent() { return {.kind = HttpAnswer::Kind::not_sent, .problem = "nobody there"}; }
inline HttpAnswer cut_off() { return {.kind = HttpAnswer::Kind::unknown, .problem = "cut"}; }

inline std::string header(const HttpRequest& request, std::string_view name) {
  const std::string* value = find_header(request.headers, name);
  return value ? *value : "";
}

inline Environment environment_of(std::map<std::string, std::string> variables) {
  return Environment(std::move(variables));
}

/// A folder that goes away with its content.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "sosw_aws_XXXXXX").string();
    if (!mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
    path = name;
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path); }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path / name) << text;
    return (path / name).string();
  }
  std::filesystem::path path;
};

}  // namespace sosw::aws
