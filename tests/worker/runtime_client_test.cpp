#include "sosw/worker/runtime_client.h"

#include <cstdlib>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "http/server/server.h"

namespace sosw {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// A Runtime API that hands out the given events, then fails, which ends the client. It notes what it is
/// told.
class Events final : public web::Handler {
 public:
  explicit Events(std::vector<std::string> events) : events_(std::move(events)) {}

  void handle(web::Request request, web::Reply reply) override {
    if (request.method == "GET") {
      if (next_ == events_.size()) return reply.send(web::error_answer(500, "no more"));
      return reply.send({.body = events_[next_++],
                         .headers = {{"Lambda-Runtime-Aws-Request-Id", "id-" + std::to_string(next_)},
                                     {"Lambda-Runtime-Deadline-Ms", "1795490346500"},
                                     {"Lambda-Runtime-Trace-Id", next_ == 1 ? "Root=1" : ""},
                                     {"Lambda-Runtime-Invoked-Function-Arn", "arn:x"}}});
    }
    told.push_back(request.path[3] + " " + request.path[4] + " " + request.body);
    reply.send({.status = status});
  }
  std::uint64_t body_limit(const web::Request&) const override { return 100 << 20; }

  std::vector<std::string> told;
  int status = 202;

 private:
  std::vector<std::string> events_;
  std::size_t next_ = 0;
};

/// What a worker tells when it gets these events.
std::vector<std::string> turn_reporter(const WorkerFunction& function, std::vector<std::string> events,
                                       int status = 202) {
  const auto api = std::make_shared<Events>(std::move(events));
  api->status = status;
  web::Server server;
  setenv("AWS_LAMBDA_RUNTIME_API", ("127.0.0.1:" + std::to_string(server.listen({}, api))).c_str(), 1);
  EXPECT_EQ(run_worker(function), 1);
  server.stop(0);
  return api->told;
}

TEST(RuntimeClientTest, ReportsTheResultOfEachEvent) {
  const auto told = turn_reporter([](const WorkerEvent& event) { return event.json + "!"; }, {"1", "2", "3"});
  EXPECT_THAT(told, ElementsAre("id-1 response 1!", "id-2 response 2!", "id-3 response 3!"));
}

TEST(RuntimeClientTest, PassesTheCallContext) {
  std::vector<std::string> traces;
  turn_reporter(
      [&](const WorkerEvent& event) {
        const char* trace = std::getenv("_X_AMZN_TRACE_ID");
        traces.emplace_back(trace ? trace : "none");
        EXPECT_EQ(event.function_arn, "arn:x");
        EXPECT_EQ(event.deadline, Time(1795490346.5));
        return "";
      },
      {"1", "2"});
  EXPECT_THAT(traces, ElementsAre("Root=1", "none"));
}

TEST(RuntimeClientTest, ReportsExceptionsAsErrorsAndContinues) {
  int calls = 0;
  const auto told = turn_reporter(
      [&](const WorkerEvent&) -> std::string {
        if (++calls == 1) throw std::out_of_range("no \xff place");
        if (calls == 2) throw 42;  // NOLINT: what is not an exception class is told, too
        return "fine";
      },
      {"1", "2", "3"});
  ASSERT_EQ(told.size(), 3U);
  EXPECT_THAT(told[0], HasSubstr(R"(id-1 error {"errorMessage":"no )"));
  EXPECT_THAT(told[0], HasSubstr(R"("errorType":"std::out_of_range")"));
  EXPECT_THAT(told[1], HasSubstr("UnknownException"));
  EXPECT_EQ(told[2], "id-3 response fine");
}

TEST(RuntimeClientTest, CarriesLargeEventsAndResults) {
  const std::string large(5 << 20, 'x');
  const auto told = turn_reporter([](const WorkerEvent& event) { return event.json; }, {large});
  EXPECT_EQ(told.front().size(), large.size() + std::string("id-1 response ").size());
}

TEST(RuntimeClientTest, ContinuesWhenAnAnswerIsRefused) {
  for (const int status : {400, 403, 413})
    EXPECT_EQ(turn_reporter([](const WorkerEvent&) { return "x"; }, {"1", "2"}, status).size(), 2U) << status;
}

TEST(RuntimeClientTest, ExitsWhenTheRuntimeApiIsGone) {
  EXPECT_LT(turn_reporter([](const WorkerEvent&) { return "x"; }, {"1", "2", "3", "4", "5"}, 500).size(), 5U);
}

TEST(RuntimeClientTest, WithoutTheRuntimeApiSaysHowToStartIt) {
  unsetenv("AWS_LAMBDA_RUNTIME_API");
  EXPECT_EQ(run_worker([](const WorkerEvent&) { return ""; }), 2);
  setenv("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:1", 1);
  EXPECT_EQ(run_worker([](const WorkerEvent&) { return ""; }), 1);
}

}  // namespace
}  // namespace sosw
