#include "api/invoke_api.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <optional>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "api/aws_answers.h"
#include "http/server/serving.h"
#include "system/system_clock.h"
#include "system/system_random.h"

namespace sosw {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::MatchesRegex;
using web::RawClient;

/// Functions that do what their event says; a call to "slow" ends when the test says so.
class FakeFunctions final : public NamedFunctions {
 public:
  FakeFunctions() {
    for (const char* name : {"echo", "slow", "sosw_scheduler"})
      all_.push_back({name, fmt::format("arn:aws:lambda:us-east-1:000000000000:function:{}", name), "", 60,
                      /*places=*/4, /*quick=*/name == std::string_view("sosw_scheduler")});
  }
  const std::vector<FunctionDescription>& descriptions() const override { return all_; }
  void call(FunctionCall call, std::function<void(CallResult)> done) override {
    const std::string event = call.event;
    events.push_back(event);
    calls.push_back(call);
    if (call.name == "slow") return slow.set(std::move(done));
    if (event == R"("fail")")
      return done({CallResult::Kind::failed, R"({"errorType":"E","errorMessage":"no"})"});
    if (event == R"("refuse")") return done({.kind = CallResult::Kind::refused, .reason = "full"});
    done({CallResult::Kind::succeeded, event == "{}" ? "" : event,
          event == R"("chatter")" ? std::string(4096, 'x') : "", /*took=*/0.0123});
  }

  bool withdraw(const std::string& name, const std::string& request_id) override {
    withdrawn.set(name + " " + request_id);
    return true;
  }

  web::Awaited<std::string> withdrawn;
  std::vector<std::string> events;
  std::vector<FunctionCall> calls;
  web::Awaited<std::function<void(CallResult)>> slow;

 private:
  std::vector<FunctionDescription> all_;
};

class InvokeApiTest : public ::testing::Test {
 protected:
  RawClient::Reception invoke(const std::string& function, const std::string& event,
                              const std::string& headers = "", const std::string& query = "") {
    RawClient client(port_);
    client.post("/2015-03-31/functions/" + function + "/invocations" + query, event, headers);
    return client.receive();
  }
  RawClient::Reception get(const std::string& path) {
    RawClient client(port_);
    client.get(path);
    return client.receive();
  }
  /// Returns when the server has read what others have sent before.
  void let_all_be_read() const {
    RawClient other(port_);
    for (int i = 0; i < 2; ++i) {
      other.get("/2015-03-31/functions");
      other.receive();
    }
  }
  static std::string output_of(const std::string& command) {
    FILE* pipe = popen(command.c_str(), "r");
    std::string output;
    std::array<char, 4096> bytes;
    while (const std::size_t count = fread(bytes.data(), 1, bytes.size(), pipe))
      output.append(bytes.data(), count);
    pclose(pipe);
    return output;
  }

  FakeFunctions functions_;
  SystemRandom random_;
  SystemClock clock_;
  std::shared_ptr<InvokeApi> api_ = std::make_shared<InvokeApi>(functions_, random_, clock_);
  web::Server server_;
  std::uint16_t port_ = server_.listen({}, api_);
};

TEST_F(InvokeApiTest, AnswersWithTheResult) {
  const auto reception = invoke("echo", R"({"n":1})");
  EXPECT_EQ(reception.status, 200);
  EXPECT_EQ(reception.body, R"({"n":1})");
  EXPECT_EQ(reception.headers.at("x-amz-executed-version"), "$LATEST");
  EXPECT_EQ(reception.headers.at("x-amzn-requestid"), functions_.calls.at(0).request_id);
  EXPECT_THAT(functions_.calls.at(0).request_id,
              MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
  EXPECT_EQ(reception.headers.count("x-amz-function-error"), 0U);
  EXPECT_EQ(reception.headers.count("x-amz-log-result"), 0U);
}

TEST_F(InvokeApiTest, SaysWhenItAnsweredAndWhatWasLogged) {
  const auto reception = invoke("echo", "1", "X-Amz-Log-Type: Tail\r\n");
  EXPECT_THAT(reception.headers.at("date"),
              MatchesRegex("[A-Z][a-z]{2}, [0-3][0-9] [A-Z][a-z]{2} 2[0-9]{3} .* GMT"));
  EXPECT_THAT(get("/2015-03-31/functions").headers.at("date"), HasSubstr(" GMT"));
  const std::string log = *from_base64(reception.headers.at("x-amz-log-result"));
  EXPECT_THAT(log,
              MatchesRegex("START RequestId: .* Version: .LATEST\n.*END RequestId: .*\nREPORT RequestId: .*\t"
                           "Duration: 12.30 ms\tBilled Duration: 13 ms\t\n"));
  const std::string tail =
      *from_base64(invoke("echo", R"("chatter")", "X-Amz-Log-Type: Tail\r\n").headers.at("x-amz-log-result"));
  EXPECT_EQ(tail.size(), 4096U);
}

TEST_F(InvokeApiTest, AnEmptyEventIsAnEmptyObjectAndAnEmptyResultIsNull) {
  EXPECT_EQ(invoke("echo", "").body, "null");
  EXPECT_THAT(functions_.events, ElementsAre("{}"));
}

TEST_F(InvokeApiTest, AFunctionErrorIsNotAnErrorOfTheCall) {
  const auto reception = invoke("echo", R"("fail")");
  EXPECT_EQ(reception.status, 200);
  EXPECT_EQ(reception.headers.at("x-amz-function-error"), "Unhandled");
  EXPECT_EQ(json::parse(reception.body)["errorMessage"], "no");
}

TEST_F(InvokeApiTest, TooManyCallsAreThrottled) {
  const auto reception = invoke("echo", R"("refuse")");
  EXPECT_EQ(reception.status, 429);
  EXPECT_EQ(reception.headers.at("x-amzn-errortype"), "TooManyRequestsException");
  EXPECT_EQ(json::parse(reception.body)["message"], "full");
}

TEST_F(InvokeApiTest, FunctionsAreFoundByEveryFormOfTheirName) {
  for (const char* name :
       {"echo", "echo%3A%24LATEST", "arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3Afunction%3Aecho",
        "000000000000%3Afunction%3Aecho", "echo%3A7", "eu-west-1%3A123456789012%3Afunction%3Aecho",
        "arn%3Aaws%3Alambda%3Aeu-west-1%3A123456789012%3Afunction%3Aecho%3APROD"})
    EXPECT_EQ(invoke(name, "1").body, "1") << name;
  for (const char* qualifier : {"%24LATEST", "PROD"})
    EXPECT_EQ(invoke("echo", "1", "", std::string("?Qualifier=") + qualifier).status, 200);
  for (const char* wrong : {"?Qualifier=8", "?Qualifier=%0d%0aX:1"})
    EXPECT_EQ(invoke("echo%3A7", "1", "", wrong).headers.at("x-amzn-errortype"),
              "InvalidParameterValueException");
  EXPECT_EQ(invoke("echo%3A7%0d%0aX", "1").status, 404);
  for (const auto& [name, query] :
       std::map<std::string, std::string>{{"other", ""}, {"other", "?Qualifier=PROD"}, {"%20", ""}}) {
    const auto reception = invoke(name, "1", "", query);
    EXPECT_EQ(reception.status, 404) << name << query;
    EXPECT_EQ(reception.headers.at("x-amzn-errortype"), "ResourceNotFoundException");
    EXPECT_EQ(reception.headers.at("x-amzn-requestid").size(), 36U);
    EXPECT_THAT(json::parse(reception.body)["Message"].get<std::string>(), HasSubstr("Function not found: "));
  }
}

TEST_F(InvokeApiTest, AFunctionGetsTheArnItWasCalledBy) {
  const std::string context = "eyJjdXN0b20iOiB7ImEiOiAiw6kifX0=";  // {"custom": {"a": "é"}}
  invoke("echo%3APROD", "1", "amz-sdk-invocation-id: one\r\nX-Amz-Client-Context: " + context + "\r\n");
  invoke("echo", "1", "X-Amz-Invocation-Type: Event\r\nX-Amz-Client-Context: " + context + "\r\n",
         "?Qualifier=7");
  invoke("eu-west-1%3A123456789012%3Afunction%3Aecho", "1");
  ASSERT_EQ(functions_.calls.size(), 3U);
  EXPECT_EQ(functions_.calls[2].arn, "arn:aws:lambda:eu-west-1:123456789012:function:echo");
  EXPECT_EQ(functions_.calls[0].arn, "arn:aws:lambda:us-east-1:000000000000:function:echo:PROD");
  EXPECT_EQ(functions_.calls[0].client_context, R"({"custom":{"a":"\u00e9"}})");
  EXPECT_EQ(functions_.calls[0].repeat_id, "one");
  EXPECT_EQ(functions_.calls[1].arn, "arn:aws:lambda:us-east-1:000000000000:function:echo:7");
  EXPECT_EQ(functions_.calls[1].client_context, "") << "AWS passes it to those that somebody waits for";
}

TEST_F(InvokeApiTest, AnEventIsAcceptedBeforeItRuns) {
  const auto reception = invoke("slow", "1", "X-Amz-Invocation-Type: Event\r\n");
  EXPECT_EQ(reception.status, 202);
  EXPECT_EQ(reception.body, "");
  functions_.slow.get()({});
}

TEST_F(InvokeApiTest, AnEventThatIsRefusedImmediatelyIsNotAccepted) {
  EXPECT_EQ(invoke("echo", R"("refuse")", "X-Amz-Invocation-Type: Event\r\n").status, 429);
  EXPECT_EQ(invoke("echo", R"("fail")", "X-Amz-Invocation-Type: Event\r\n").status, 202);
}

TEST_F(InvokeApiTest, ACallIsWithdrawnWhenAllItsClientsHaveDisconnected) {
  constexpr auto kId = "amz-sdk-invocation-id: one\r\n";
  RawClient first(port_);
  first.post("/2015-03-31/functions/slow/invocations", "1", kId);
  functions_.slow.get();
  RawClient second(port_);
  second.post("/2015-03-31/functions/slow/invocations", "1", kId);
  let_all_be_read();
  second.close();
  first.close();
  EXPECT_EQ(functions_.withdrawn.get(), "slow " + functions_.calls.at(0).request_id);
  RawClient repeat(port_);  // is a new call then
  repeat.post("/2015-03-31/functions/echo/invocations", "1", kId);
  EXPECT_EQ(repeat.receive().status, 200);
}

TEST_F(InvokeApiTest, AnEventForAQuickFunctionIsAcceptedWhenItIsDone) {
  const auto status_of = [&](const std::string& event) {
    return invoke("sosw_scheduler", event, "X-Amz-Invocation-Type: Event\r\n").status;
  };
  EXPECT_EQ(status_of("1"), 202);
  EXPECT_EQ(status_of(R"("fail")"), 202) << "AWS tells nobody either";
  EXPECT_EQ(status_of(R"("refuse")"), 429) << "it may be tried again";
  EXPECT_THAT(functions_.events, ElementsAre("1", R"("fail")", R"("refuse")"));
}

TEST_F(InvokeApiTest, ADryRunRunsNothing) {
  EXPECT_EQ(invoke("echo", "1", "X-Amz-Invocation-Type: DryRun\r\n").status, 204);
  EXPECT_TRUE(functions_.events.empty());
}

TEST_F(InvokeApiTest, InvalidCallsAreReported) {
  const auto bad_json = invoke("echo", "{n}");
  EXPECT_EQ(bad_json.status, 400);
  EXPECT_EQ(bad_json.headers.at("x-amzn-errortype"), "InvalidRequestContentException");
  const auto bad_type = invoke("echo", "1", "X-Amz-Invocation-Type: Sometimes\r\n");
  EXPECT_EQ(bad_type.headers.at("x-amzn-errortype"), "InvalidParameterValueException");
  const auto bad_log = invoke("echo", "1", "X-Amz-Log-Type: Head\r\n");
  EXPECT_EQ(bad_log.headers.at("x-amzn-errortype"), "InvalidParameterValueException");
  for (const char* context : {"e30", "e 0=", "#30=", "MQ=="})  // cut, with a blank, no base64, 1
    EXPECT_EQ(invoke("echo", "1", fmt::format("X-Amz-Client-Context: {}\r\n", context)).status, 400)
        << context;
  const auto large = invoke("echo", '"' + std::string(6 << 20, 'x') + '"');
  EXPECT_EQ(large.status, 413);
  EXPECT_EQ(large.headers.at("x-amzn-errortype"), "RequestTooLargeException");
  EXPECT_EQ(invoke("slow", '"' + std::string(1 << 20, 'x') + '"', "X-Amz-Invocation-Type: Event\r\n").status,
            413);
  EXPECT_TRUE(functions_.events.empty());
}

TEST_F(InvokeApiTest, ARepeatWhileTheFirstCallRunsIsAnsweredByIt) {
  constexpr auto kId = "amz-sdk-invocation-id: 11112222-3333-4444-5555-666677778888\r\n";
  RawClient first(port_);
  first.post("/2015-03-31/functions/slow/invocations", "1", kId);
  const auto done = functions_.slow.get();
  RawClient second(port_);
  second.post("/2015-03-31/functions/slow/invocations", "1", kId);
  let_all_be_read();
  done({CallResult::Kind::succeeded, R"("once")"});
  EXPECT_EQ(first.receive().body, R"("once")");
  EXPECT_EQ(second.receive().body, R"("once")");
  EXPECT_EQ(functions_.events.size(), 1U);
}

TEST_F(InvokeApiTest, ARepeatOfAnEndedCallGetsTheSameAnswer) {
  constexpr auto kId = "amz-sdk-invocation-id: 11112222-3333-4444-5555-666677778888\r\n";
  const auto first = invoke("echo", "1", kId);
  const auto second = invoke("echo", "1", kId);
  EXPECT_EQ(second.body, first.body);
  EXPECT_EQ(second.headers.at("x-amzn-requestid"), first.headers.at("x-amzn-requestid"));
  EXPECT_EQ(invoke("echo", "1", "amz-sdk-invocation-id: other\r\n").status, 200);
  EXPECT_EQ(functions_.events.size(), 2U);
}

TEST_F(InvokeApiTest, ARepeatOfARefusedCallIsTriedAgain) {
  for (int i = 0; i < 2; ++i)
    EXPECT_EQ(invoke("echo", R"("refuse")", "amz-sdk-invocation-id: one\r\n").status, 429);
  EXPECT_EQ(functions_.events.size(), 2U);
}

TEST_F(InvokeApiTest, OldCallsAreEvicted) {
  for (int i = 0; i < 1002; ++i) invoke("echo", "1", fmt::format("amz-sdk-invocation-id: {}\r\n", i));
  invoke("echo", "1", "amz-sdk-invocation-id: 1001\r\n");
  EXPECT_EQ(functions_.events.size(), 1002U);
  invoke("echo", "1", "amz-sdk-invocation-id: 0\r\n");
  EXPECT_EQ(functions_.events.size(), 1003U);
}

TEST_F(InvokeApiTest, DescribesItsFunctions) {
  const auto document = json::parse(get("/2015-03-31/functions/echo").body);
  EXPECT_EQ(document["Configuration"]["FunctionName"], "echo");
  EXPECT_EQ(document["Configuration"]["Timeout"], 60);
  EXPECT_EQ(document["Concurrency"]["ReservedConcurrentExecutions"], 4);
  EXPECT_EQ(json::parse(get("/2015-03-31/functions/echo/configuration").body)["State"], "Active");
  EXPECT_EQ(get("/2015-03-31/functions/other/configuration").status, 404);
  EXPECT_EQ(get("/2015-03-31/functions/echo/policy").status, 404);
  EXPECT_EQ(get("/").status, 404);
}

TEST_F(InvokeApiTest, ListsItsFunctionsPageByPage) {
  for (const char* path : {"/2015-03-31/functions", "/2015-03-31/functions/"}) {
    const auto all = json::parse(get(path).body);
    EXPECT_EQ(all["Functions"].size(), 3U);
    EXPECT_FALSE(all.contains("NextMarker"));
    EXPECT_FALSE(all["Functions"][0].contains("State"));
  }
  const auto page = json::parse(get("/2015-03-31/functions?MaxItems=2").body);
  EXPECT_EQ(page["Functions"].size(), 2U);
  const auto rest = json::parse(
      get("/2015-03-31/functions?MaxItems=2&Marker=" + page["NextMarker"].get<std::string>()).body);
  EXPECT_EQ(rest["Functions"][0]["FunctionName"], "sosw_scheduler");
  for (const char* wrong : {"Marker=x", "Marker=4", "MaxItems=0", "MaxItems=-1"})
    EXPECT_EQ(get(fmt::format("/2015-03-31/functions?{}", wrong)).headers.at("x-amzn-errortype"),
              "InvalidParameterValueException")
        << wrong;
}

TEST_F(InvokeApiTest, ServesBoto3) {
  if (std::system("python3 -c 'import boto3' 2> /dev/null") != 0) GTEST_SKIP() << "boto3 is not installed";
  const std::string output = output_of(fmt::format(
      R"(AWS_ACCESS_KEY_ID=x AWS_SECRET_ACCESS_KEY=x AWS_EC2_METADATA_DISABLED=true python3 - <<'END'
import base64, boto3
c = boto3.client('lambda', region_name='us-east-1', endpoint_url='http://127.0.0.1:{}')
r = c.invoke(FunctionName='echo', Payload=b'{{"n": 1}}', LogType='Tail')
print(r['StatusCode'], r['Payload'].read().decode(), r['ExecutedVersion'], base64.b64decode(r['LogResult'])[:6])
r = c.invoke(FunctionName='arn:aws:lambda:us-east-1:000000000000:function:echo', Qualifier='$LATEST', Payload=b'"fail"')
print(r['StatusCode'], r['FunctionError'], r['Payload'].read().decode())
print(c.invoke(FunctionName='echo', InvocationType='DryRun')['StatusCode'])
print(c.invoke(FunctionName='echo', InvocationType='Event', Payload=b'2')['StatusCode'])
try:
    c.invoke(FunctionName='nobody')
except c.exceptions.ResourceNotFoundException as e:
    print(e.response['Error']['Message'])
print(c.get_function_configuration(FunctionName='echo')['Timeout'])
print([f['FunctionName'] for f in c.list_functions()['Functions']])
END)",
      port_));
  EXPECT_EQ(output,
            "200 {\"n\": 1} $LATEST b'START '\n200 Unhandled "
            "{\"errorType\":\"E\",\"errorMessage\":\"no\"}\n204\n202\n"
            "Function not found: nobody\n60\n['echo', 'slow', 'sosw_scheduler']\n");
}

}  // namespace
}  // namespace sosw
