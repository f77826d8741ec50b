// Everything that takes JSON from outside is offered the same hostile documents: it takes what is good,
// refuses the rest with a reason, and stays alive.

#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>

#include <gmock/gmock.h>
#include <unistd.h>

#include "admin/admin_in_memory.h"
#include "admin/task_view.h"
#include "api/invoke_api.h"
#include "api/json_api.h"
#include "aws/clients/dynamo_db.h"
#include "aws/clients/row_mapper.h"
#include "aws/clients/secrets_manager.h"
#include "aws/core/credential_sources.h"
#include "aws/core/digest.h"
#include "aws/core/xml.h"
#include "aws/fake/one_answer.h"
#include "config/config.h"
#include "config/config_layers.h"
#include "config/text_file.h"
#include "doors/hostile_documents.h"
#include "essentials/essentials_fixture.h"
#include "health/metric_details.h"
#include "http/server/serving.h"
#include "job/job_request.h"
#include "runners/process/worker_result.h"
#include "runners/runtime/runtime_api.h"
#include "store/dynamo/event_rows.h"
#include "system/system_clock.h"
#include "system/system_random.h"

namespace sosw {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using web::RawClient;

/// Takes a document and says why it was refused; empty: it was taken.
using Listener = std::function<std::string(const std::string& document)>;

/// With the document as the value of a key, beside others.
std::string object_with(const std::string& document, const std::string& others = "") {
  return "{" + others + "\"x\":" + document + "}";
}

/// What a part of the program throws for bad input; anything else ends the test.
template <class Part>
std::string refusal_by(const Part& part) {
  try {
    part();
    return "";
  } catch (const Error& error) {
    return error.what();
  } catch (const UselessAnswer& error) {
    return error.what();
  }
}

class Doors : public ::testing::Test {
 protected:
  static void expect_all(const Listener& listener) {
    for (const HostileDocument& document : hostile_documents()) {
      const std::string refusal = listener(document.text);
      EXPECT_EQ(refusal.empty(), document.is_good()) << document.name << ": " << refusal;
      if (document.is_deep()) {
        EXPECT_THAT(refusal, HasSubstr("nested deeper than")) << document.name;
      }
    }
  }
  /// For those that keep as a text what they can't read: they only stay alive.
  static void expect_alive(const Listener& listener) {
    for (const HostileDocument& document : hostile_documents()) {
      const std::string refusal = listener(document.text);
      if (!document.is_good()) {
        EXPECT_NE(refusal, "") << document.name;
      }
    }
  }
};

TEST_F(Doors, Values) {
  expect_all([](const std::string& text) { return refusal_by([&] { parse_json(text); }); });
  expect_all([](const std::string& text) { return refusal_by([&] { JsonText{text}; }); });
  expect_all([](const std::string& text) { return refusal_by([&] { json_of_file("job.json", text); }); });
  expect_alive([](const std::string& text) { return is_json(text) ? "" : "no"; });
  expect_alive([](const std::string& text) { return json_or_discarded(text).is_discarded() ? "no" : ""; });
}

TEST_F(Doors, ResultsOfWorkers) {
  Listener listener = [](const std::string& text) { return worker_result(text).problem; };
  for (const HostileDocument& document : hostile_documents())
    if (!document.text.empty()) {
      EXPECT_EQ(listener(document.text).empty(), document.is_good()) << document.name;
    }
  EXPECT_EQ(listener(nested_lists(60'000)),
            "its output is nested deeper than 200 levels of lists and objects");
  EXPECT_EQ(worker_result("\xEF\xBB\xBF {\"n\": 1.10}\n").json, "{\"n\": 1.10}");
}

TEST_F(Doors, Reports) {
  expect_all([](const std::string& text) {
    EssentialsFixture fixture(R"({"labourers": {"a": {}}})");
    const std::string id = fixture.schedule(R"({"lambda_name":"a"})").at(0);
    fixture.orchestrator->run();
    const std::string refusal =
        refusal_by([&] { fixture.assistant->handle(fixture.completed(id, ",\"result\":" + text)); });
    const Task task = fixture.store.find(id)->task;
    EXPECT_EQ(task.completed_at.has_value(), refusal.empty() && task.reason.empty());
    return refusal + task.reason;
  });
}

TEST_F(Doors, JobsAndRules) {
  expect_all([](const std::string& text) {
    EssentialsFixture fixture(R"({"labourers": {"a": {}}})");
    return refusal_by([&] { fixture.scheduler->accept(object_with(text, R"("lambda_name":"a",)")); });
  });
}

/// A file of configuration, read as `sosw config check` does.
std::string refusal_of_config(const std::string& name, const std::string& text) {
  const fs::path file = fs::temp_directory_path() / (std::to_string(getpid()) + name);
  std::ofstream(file, std::ios::binary) << text;
  const std::string refusal = refusal_by([&] { read_config(file); });
  fs::remove(file);
  return refusal;
}

std::string config_with(const std::string& text) {
  return R"x({"labourers": {"a": {"command": ["true"]}}, "rules": [{"name": "r", "schedule": "rate(1 day)", )x"
         R"("job": {"lambda_name": "a", "x": )" +
         text + "}}]}";
}

TEST_F(Doors, Configuration) {
  for (const HostileDocument& document : hostile_documents()) {
    const std::string refusal = refusal_of_config(".json", config_with(document.text));
    const bool is_taken = document.is_good() && document.name != "equal keys";  // a slip, in a file of people
    EXPECT_EQ(refusal.empty(), is_taken) << document.name << ": " << refusal;
    const std::string of_yaml = refusal_of_config(".yaml", config_with(document.text));  // has other words
    if (document.is_deep()) {
      EXPECT_NE(of_yaml, "") << document.name;
    }
  }
}

TEST_F(Doors, ConfigurationOfAnInstallation) {
  struct Source final : ConfigSource {
    std::string name() const override { return "the table config"; }
    std::map<std::string, std::string> find(std::span<const std::string>) override { return {{"f", value}}; }
    std::map<std::string, std::string> find_by_prefix(const std::string&) override { return {}; }
    std::string value;
  };
  expect_alive([](const std::string& text) {
    Source source;
    source.value = object_with(text);
    ConfigSource* sources[] = {&source};
    const std::string name = "f";
    return refusal_by([&] { config_layers({&name, 1}, sources); });
  });
}

TEST_F(Doors, Metrics) {
  expect_all([](const std::string& text) {
    return refusal_by([&] { json_of({.status = 200, .body = object_with(text)}); });
  });
}

TEST_F(Doors, AnswersOfAws) {
  const auto answered = [](const std::string& body, const auto& call, int status = 200) {
    aws::OneAnswer world(status, body);
    return refusal_by([&] { call(world); });
  };
  expect_all([&](const std::string& text) {
    return answered(object_with(text), [](aws::OneAnswer& world) {
      aws::DynamoDb(world.caller("dynamodb")).get(aws::GetItem{.table = "t", .key = {{"task_id", "a"}}});
    });
  });
  expect_alive([&](const std::string& text) {
    return answered(object_with(text, R"("SecretString":"s",)"), [](aws::OneAnswer& world) {
      aws::SecretsManager(world.caller("secretsmanager")).value("id");
    });
  });
  for (const HostileDocument& document : hostile_documents())
    EXPECT_NE(
        answered(
            document.text,
            [](aws::OneAnswer& world) { aws::DynamoDb(world.caller("dynamodb")).describe_table("t"); }, 400),
        "")
        << document.name;
  expect_alive([](const std::string& text) {
    return aws::read_credentials_document(object_with(text, R"("AccessKeyId":"a","SecretAccessKey":"b",)"),
                                          "it")
        .failure;
  });
}

TEST_F(Doors, AnswersOfAwsInXml) {
  const auto xml = [](std::size_t levels, const std::string& within) {
    return repeated("<a b='</a>'><![CDATA[</a>]]>", levels) + within + repeated("</a>", levels);
  };
  EXPECT_NO_THROW(aws::parse_xml(xml(150, "<!-- </a> --><c/>")));
  EXPECT_THROW(aws::parse_xml(xml(250, "")), std::invalid_argument);
  EXPECT_THROW(aws::parse_xml(xml(60'000, "")), std::invalid_argument);
  EXPECT_THROW(aws::parse_xml(repeated("<a>", 60'000)), std::invalid_argument);
}

TEST_F(Doors, RowsOfTables) {
  for (const HostileDocument& document : hostile_documents()) {
    const aws::Item row{{"x", document.text}};
    EXPECT_FALSE(aws::RowMapper(aws::RowMapper::Types{{"x", "S"}}).to_row(row)["x"].is_discarded())
        << document.name;
    const TaskEvent event{"id", "a", TaskAction::failed, Time(1), object_with(document.text)};
    EXPECT_FALSE(aws::event_row(event, {}).empty()) << document.name;
    const TaskRecord record{.task = {.task_id = "id", .payload = "{}", .result = document.text}};
    EXPECT_FALSE(json_or_discarded(json_of(record, "queued"), kDeepestJsonOfEngine).is_discarded())
        << document.name;
  }
}

/// Functions of which one says back what it gets.
class Echo final : public NamedFunctions {
 public:
  const std::vector<FunctionDescription>& descriptions() const override { return all_; }
  void call(FunctionCall call, std::function<void(CallResult)> done) override {
    done({CallResult::Kind::succeeded, call.event});
  }
  bool withdraw(const std::string&, const std::string&) override { return false; }

 private:
  std::vector<FunctionDescription> all_ = {
      {"echo", "arn:aws:lambda:us-east-1:000000000000:function:echo", "", 60}};
};

std::string refusal_in(const RawClient::Reception& answer) {
  return answer.status < 300 ? "" : std::to_string(answer.status) + ' ' + answer.body;
}

TEST_F(Doors, TheInvokeApi) {
  Echo functions;
  SystemRandom random;
  SystemClock clock;
  web::Server server;
  const std::uint16_t port = server.listen({}, std::make_shared<InvokeApi>(functions, random, clock));
  const auto invoke = [&](const std::string& event, const std::string& headers) {
    RawClient client(port);
    client.post("/2015-03-31/functions/echo/invocations", event, headers);
    return refusal_in(client.receive());
  };
  expect_all([&](const std::string& text) { return invoke(object_with(text), ""); });
  for (const HostileDocument& document : hostile_documents()) {
    if (document.text.size() > 10'000) continue;  // more than headers may have
    const std::string context = aws::base64(object_with(document.text));
    EXPECT_EQ(invoke("{}", "X-Amz-Client-Context: " + context + "\r\n").empty(), document.is_good())
        << document.name;
  }
}

TEST_F(Doors, TheJsonApi) {
  AdminInMemory here;
  LiveEvents live{"r"};
  web::Server server;
  const std::uint16_t port = server.listen(
      {}, std::make_shared<JsonApi>(JsonApi::Parts{
              .open_admin_service = [&] { return std::make_unique<StoreAdminService>(here.parts); },
              .events = live,
              .clock = here.clock}));
  const auto post = [&](const std::string& path, const std::string& body) {
    RawClient client(port);
    client.post("/api/v1/" + path, body);
    return refusal_in(client.receive());
  };
  expect_all(
      [&](const std::string& text) { return post("jobs", object_with(text, R"("lambda_name":"work",)")); });
  for (const HostileDocument& document : hostile_documents())
    EXPECT_THAT(post("tasks/cancel", object_with(document.text)), HasSubstr("400")) << document.name;
}

TEST_F(Doors, ErrorsOfWorkers) {
  SystemClock clock;
  for (const HostileDocument& document : hostile_documents()) {
    web::Awaited<std::string> reason;
    web::Server server;
    const std::uint16_t port = server.listen(
        {}, std::make_shared<RuntimeApi>(
                clock, RuntimeApi::Events{.asked = [] {},
                                          .answering = [] {},
                                          .answered = [](const Outcome&) {},
                                          .init_failed =
                                              [&](const std::string& why, const std::string& error) {
                                                EXPECT_EQ(error.empty(), !document.is_good())
                                                    << document.name;
                                                reason.set(why);
                                              }}));
    RawClient client(port);
    client.post("/2018-06-01/runtime/init/error", object_with(document.text, R"("errorType":"E",)"));
    EXPECT_EQ(client.receive().status, 202) << document.name;
    EXPECT_NE(reason.get(), "") << document.name;
  }
}

}  // namespace
}  // namespace sosw
