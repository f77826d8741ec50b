#include "sosw/worker/runtime_client.h"

#include <cstdlib>
#include <exception>
#include <memory>
#include <string_view>
#include <typeinfo>

#include <cxxabi.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "worker/http_connection.h"

namespace sosw {
namespace {

constexpr int kTries = 3;  // to ask for work, before the process gives up
constexpr std::string_view kPath = "/2018-06-01/runtime/invocation/";

/// The answer to an event: its kind and content.
struct Answer {
  std::string_view kind;  // "response" or "error"
  std::string body;
};

std::string type_name(const std::exception& error) {
  const char* name = typeid(error).name();
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> readable(
      abi::__cxa_demangle(name, nullptr, nullptr, &status), &std::free);
  return readable ? readable.get() : name;
}

Answer failure(const std::string& type, const std::string& message) {
  const nlohmann::json error = {
      {"errorType", type}, {"errorMessage", message}, {"stackTrace", nlohmann::json::array()}};
  return {"error", error.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)};
}

Answer answer_of(const WorkerFunction& function, const WorkerEvent& event) {
  try {
    return {"response", function(event)};
  } catch (const std::exception& error) {
    return failure(type_name(error), error.what());
  } catch (...) {
    return failure("UnknownException", "the function threw something that is no std::exception");
  }
}

class RuntimeClient {
 public:
  explicit RuntimeClient(const std::string& address)
      : connection_(address),
        next_(fmt::format("GET {}next HTTP/1.1\r\nHost: {}\r\nUser-Agent: sosw\r\n\r\n", kPath, address)) {}

  /// Requests the first event.
  WorkerEvent first() {
    return asking([&] { connection_.send(next_); });
  }

  /// Answers one event and requests the next with it, in one packet. A connection that broke in between
  /// leaves open what arrived: the answer is repeated, which is harmless if it was received already.
  WorkerEvent next(const WorkerEvent& event, const Answer& answer) {
    const std::string told =
        fmt::format(
            "POST {}{}/{} HTTP/1.1\r\nHost: {}\r\nUser-Agent: sosw\r\nContent-Type: application/json\r\n"
            "Content-Length: {}\r\n\r\n",
            kPath, event.request_id, answer.kind, connection_.address(), answer.body.size()) +
        answer.body;
    bool is_told = false;
    return asking([&] {
      if (is_told) return connection_.send(next_);
      connection_.send(told + next_);
      const HttpReception reception = connection_.receive();
      if (reception.status >= 500) throw std::runtime_error("the environment has ended: " + reception.body);
      is_told = true;
    });
  }

 private:
  template <class Send>
  WorkerEvent asking(Send send) {
    for (int tries = 1;; ++tries) {
      try {
        send();
        return event_of(connection_.receive());
      } catch (const std::exception&) {
        connection_.close();
        if (tries == kTries) throw;
      }
    }
  }

  static WorkerEvent event_of(HttpReception reception) {
    if (reception.status != 200)
      throw std::runtime_error(fmt::format("no event but status {}: {}", reception.status, reception.body));
    const std::string trace = reception.header("lambda-runtime-trace-id");
    trace.empty() ? unsetenv("_X_AMZN_TRACE_ID") : setenv("_X_AMZN_TRACE_ID", trace.c_str(), 1);
    return {.json = std::move(reception.body),
            .request_id = reception.header("lambda-runtime-aws-request-id"),
            .function_arn = reception.header("lambda-runtime-invoked-function-arn"),
            .client_context = reception.header("lambda-runtime-client-context"),
            .deadline =
                Time(std::strtod(reception.header("lambda-runtime-deadline-ms").c_str(), nullptr) / 1000)};
  }

  HttpConnection connection_;
  const std::string next_;
};

}  // namespace

int run_worker(const WorkerFunction& function) {
  const char* address = std::getenv("AWS_LAMBDA_RUNTIME_API");
  if (address == nullptr) {
    fmt::print(stderr,
               "AWS_LAMBDA_RUNTIME_API is not set: this program is started by `sosw` or AWS Lambda\n");
    return 2;
  }
  try {
    RuntimeClient client(address);
    for (WorkerEvent event = client.first();;) {
      const Answer answer = answer_of(function, event);
      event = client.next(event, answer);
    }
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}

}  // namespace sosw
