// The dry run of the scheduler.

#include <fstream>

#include "cli/cli_fixture.h"

namespace sosw {
namespace {

using ::testing::HasSubstr;
using ::testing::UnorderedElementsAreArray;

class Chunk : public CliFixture {};

TEST_F(Chunk, NeedsNeitherConfigurationNorStore) {
  write("job.json", R"({"isolate_as": true, "as": [1, 2.50, "x"], "more": {"k": null}})");
  const Ended ended = sosw("chunk job.json --schema a");
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  std::istringstream lines(ended.out);
  std::vector<nlohmann::json> tasks;
  for (std::string line; std::getline(lines, line);) tasks.push_back(nlohmann::json::parse(line));
  ASSERT_EQ(tasks.size(), 3U);
  EXPECT_EQ(tasks[0]["labourer_id"], "labourer");
  EXPECT_EQ(tasks[2]["as"], nlohmann::json::parse(R"(["x"])"));
  EXPECT_THAT(ended.out, HasSubstr("2.50")) << "numbers stay as they were written";
  EXPECT_FALSE(exists("sosw.db"));
}

TEST_F(Chunk, TakesTheLabourerFromTheJobOrTheCommandLine) {
  write("job.json", R"({"a": 1})");
  EXPECT_EQ(nlohmann::json::parse(sosw("chunk job.json --schema a --labourer you").out)["labourer_id"],
            "you");
  write("job.json", R"({"lambda_name": "me", "a": 1})");
  EXPECT_EQ(nlohmann::json::parse(sosw("chunk job.json --schema a --labourer you").out)["labourer_id"], "me");
}

TEST_F(Chunk, TakesTheSchemaFromTheConfiguration) {
  configure("exit 0");
  write_job(4);
  EXPECT_EQ(std::ranges::count(sosw("chunk job.json -c sosw.yaml").out, '\n'), 4);
  std::filesystem::remove(folder_ / "sosw.yaml");
  expect_refused("chunk job.json", {"--schema", "-c"});
}

TEST_F(Chunk, ChecksTheLabourerAgainstTheConfiguration) {
  configure("exit 0");
  write("job.json", R"({"lambda_name": "wrok", "items": [1]})");
  expect_refused("chunk job.json", {"job.json: lambda_name: there is no labourer 'wrok'"});
  write("job.json", R"({"items": [1]})");
  expect_refused("chunk job.json", {"job.json: lambda_name: is missing"});
  EXPECT_EQ(sosw("chunk job.json --labourer work").exit_code, 0);
}

TEST_F(Chunk, WarnsOfWhatWasMostLikelyNotMeant) {
  const std::string job =
      R"({"lambda_name": "work", "prioritty": "high", "isolate_foo": true, "items": [1]})";
  configure("exit 0");
  write("job.json", job);
  for (const std::string command : {"chunk job.json", "schedule job.json", "run job.json"}) {
    const Ended ended = sosw(command);
    EXPECT_EQ(ended.exit_code, 0) << ended.err;
    EXPECT_THAT(ended.err, HasSubstr("job.json: prioritty: is not a key of sosw")) << command;
    EXPECT_THAT(ended.err, HasSubstr("job.json: isolate_foo: has no effect")) << command;
  }
}

TEST_F(Chunk, RefusesWhatTheSchedulerWouldRefuse) {
  write("job.json", R"({"max_as_per_batch": 0, "as": [1]})");
  expect_refused("chunk job.json --schema a", {"job.json: ", "max_as_per_batch"});
  expect_refused("chunk job.json --schema as", {"--schema", "as"});
  expect_refused("chunk job.json --schema a --today yesterday", {"--today", "YYYY-MM-DD"});
}

/// The worked cases, through the program as a user would.
/// One of ten: tests/job cuts them all, without starting a process for each.
TEST_F(Chunk, ChunksTheGoldenJobs) {
  std::ifstream cases(SOSW_SOURCE_DIR "/tests/golden/chunking.jsonl");
  int count = 0;
  for (std::string line; std::getline(cases, line); ++count) {
    if (count % 10 != 0) continue;
    const auto golden = nlohmann::ordered_json::parse(line);  // the order of a job's keys orders its tasks
    const auto& input = golden["input"];
    std::string schema;
    for (const auto& name : input["chunkable_attrs"])
      schema += (schema.empty() ? "" : ",") + name.get<std::string>();
    write("stdin", input["job"].dump());
    const Ended ended = sosw("chunk --schema=" + schema + " --today " + input["today"].get<std::string>() +
                             " --labourer " + input["labourer_id"].get<std::string>());
    if (!golden.contains("expect")) {
      EXPECT_EQ(ended.exit_code, 2) << line;
      continue;
    }
    ASSERT_EQ(ended.exit_code, 0) << line << ended.err;
    std::vector<nlohmann::json> tasks;
    std::istringstream lines(ended.out);
    for (std::string task; std::getline(lines, task);) tasks.push_back(nlohmann::json::parse(task));
    ASSERT_THAT(tasks, UnorderedElementsAreArray(nlohmann::json(golden["expect"]))) << line;
  }
  EXPECT_EQ(count, 800);
}

}  // namespace
}  // namespace sosw
