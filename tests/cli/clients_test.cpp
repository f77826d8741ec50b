// `sosw up`, called by the clients that people have: each of them finds what it would find on AWS.

#include <cstdlib>

#include "cli/cli_fixture.h"

namespace sosw {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

/// A program that makes the calls of clients/calls.json to the URL that it is given.
struct Client {
  std::string name;
  std::string command;
  std::string is_there;  ///< a shell command that succeeds then
  std::string how_to_get_it;
};

class ClientOfUp : public CliFixture, public ::testing::WithParamInterface<Client> {
 protected:
  ClientOfUp() {
    write("sosw.yaml", "labourers:\n  work:\n    bootstrap: [python3, " SOSW_SOURCE_DIR
                       "/tests/cli/workers/noting_worker.py]\n    duration: 77\n"
                       "job_schema_variants:\n  default: {chunkable_attrs: [[item, {}]]}\n");
  }

  void SetUp() override {
    if (std::system(("{ " + GetParam().is_there + "; } > /dev/null 2>&1").c_str()) != 0)
      GTEST_SKIP() << GetParam().how_to_get_it;
  }

  /// What the client prints that signs with this access key id and secret; beside it what it complains.
  static std::string call(const std::string& url, const std::string& key_id, const std::string& secret) {
    return output_of("AWS_ACCESS_KEY_ID=" + key_id + " AWS_SECRET_ACCESS_KEY=" + secret + " " +
                     GetParam().command + " " + url + " 2>&1");
  }
};

TEST_P(ClientOfUp, CallsLabourersAndSchedulesAJob) {
  const auto engine = start("up --listen 127.0.0.1:0");
  const std::string output = call(url_of(*engine), "any", "any");
  const json answers = json::parse(output, nullptr, /*allow_exceptions=*/false);
  ASSERT_TRUE(answers.is_object()) << output << engine->errors();
  EXPECT_EQ(answers["result"], json({{"status", 200}, {"error", nullptr}, {"body", {{"say", "hello"}}}}));
  EXPECT_EQ(answers["failure"]["status"], 200);
  EXPECT_EQ(answers["failure"]["error"], "Unhandled");
  EXPECT_EQ(answers["failure"]["body"]["errorType"], "ValueError");
  EXPECT_EQ(answers["failure"]["body"]["errorMessage"], "no way");
  EXPECT_EQ(answers["event"], json({{"status", 202}, {"error", nullptr}, {"body", nullptr}}));
  EXPECT_EQ(answers["dry_run"], json({{"status", 204}, {"error", nullptr}, {"body", nullptr}}));
  EXPECT_EQ(answers["by_arn"]["body"]["say"], "arn");
  EXPECT_EQ(answers["job"]["body"]["jobs"][0]["labourer_id"], "work");
  EXPECT_EQ(answers["bad_job"]["error"], "Unhandled");
  EXPECT_THAT(answers["bad_job"]["body"]["errorMessage"].dump(), HasSubstr("no labourer 'nobody'"));
  EXPECT_EQ(answers["report"]["body"]["outcome"], "unknown");
  EXPECT_EQ(answers["names"],
            json({"sosw_orchestrator", "sosw_scavenger", "sosw_scheduler", "sosw_worker_assistant", "work"}));
  EXPECT_EQ(answers["timeout"], 77);
  EXPECT_EQ(answers["unknown"], "ResourceNotFoundException");

  const std::string job_id = answers["job"]["body"]["jobs"][0]["job_id"];
  wait_until([&] { return sosw("job " + job_id + " --json").json()["completed"] == 3; }, *engine);
  engine->send(SIGTERM);
  const Ended ended = engine->wait();
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  const std::string ran = read("ran");
  EXPECT_THAT(ran, AllOf(HasSubstr("later"), Not(HasSubstr("never"))));
  EXPECT_EQ(std::ranges::count(ran, '\n'), 4 + 3)
      << "four calls that were no tasks, and three tasks: " << ran;
}

TEST_P(ClientOfUp, SignsWithTheTokenOfAnEngineThatHasOne) {
  environment_ = {"SOSW_TOKEN=secret-words"};
  const auto engine = start("up --listen 127.0.0.1:0");
  const std::string url = url_of(*engine);
  const std::string output = call(url, "sosw", "secret-words");
  const json answers = json::parse(output, nullptr, /*allow_exceptions=*/false);
  ASSERT_TRUE(answers.is_object()) << output << engine->errors();
  EXPECT_EQ(answers["result"]["body"]["say"], "hello");
  EXPECT_EQ(answers["event"]["status"], 202);
  EXPECT_EQ(answers["by_arn"]["body"]["say"], "arn");
  EXPECT_EQ(answers["job"]["body"]["jobs"][0]["labourer_id"], "work");
  EXPECT_EQ(answers["timeout"], 77);
  EXPECT_EQ(answers["unknown"], "ResourceNotFoundException");

  EXPECT_THAT(call(url, "sosw", "guessed"), HasSubstr("InvalidSignatureException"));
  EXPECT_THAT(call(url, "any", "secret-words"), HasSubstr("UnrecognizedClientException"));
  EXPECT_THAT(engine->errors(), Not(HasSubstr("secret-words")));
}

INSTANTIATE_TEST_SUITE_P(
    Of, ClientOfUp,
    ::testing::Values(
        Client{.name = "Boto3",  // Debian's Python has Debian's boto3
               .command = "/usr/bin/python3 " SOSW_SOURCE_DIR "/tests/cli/clients/invoke_with_boto3.py",
               .is_there = "/usr/bin/python3 -c 'import boto3'",
               .how_to_get_it = "boto3 is not installed; run scripts/install-packages test"},
        Client{.name = "CommandLine",
               .command = "/usr/bin/python3 " SOSW_SOURCE_DIR "/tests/cli/clients/invoke_with_cli.py",
               .is_there = "test -x /usr/bin/aws",
               .how_to_get_it = "awscli is not installed; run scripts/install-packages test"},
        Client{.name = "JavaScript",
               .command = "node " SOSW_SOURCE_DIR "/tests/cli/clients/invoke_with_js.js",
               .is_there = "command -v node && test -d " SOSW_SOURCE_DIR
                           "/tests/cli/clients/node_modules/@aws-sdk/client-lambda",
               .how_to_get_it = "the client is not installed; run scripts/install-node-packages"}),
    [](const auto& client) { return client.param.name; });

}  // namespace
}  // namespace sosw
