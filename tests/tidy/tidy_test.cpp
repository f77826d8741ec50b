// The rules of the house hold for this tree, and the rules themselves find what they are for.

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "tidy/source_rules.h"

namespace sosw {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

TEST(Tidy, TheSourcesFollowTheRules) {
  for (const std::string& finding : broken_rules(SOSW_SOURCE_DIR)) ADD_FAILURE() << finding;
}

/// A small tree in which a rule is broken.
class SourceRules : public ::testing::Test {
 protected:
  ~SourceRules() override { fs::remove_all(root_); }

  void write(const std::string& file, const std::string& text) const {
    fs::create_directories((root_ / file).parent_path());
    std::ofstream(root_ / file) << text;
  }
  std::vector<std::string> findings() const { return broken_rules(root_); }

  fs::path root_ = fs::temp_directory_path() / ("sosw_tidy_" + std::to_string(getpid()));
};

TEST_F(SourceRules, NoRoomIncludesOneOnItsOwnFloorOrAbove) {
  write("src/model/a.cpp", "#include \"sosw/ports/clock.h\"\n");
  write("src/store/sqlite/b.cpp", "#include \"admin/x.h\"\n#include \"sosw/model/task.h\"\n");
  EXPECT_THAT(findings(),
              ElementsAre(HasSubstr("src/model/a.cpp:1: model/ (floor 1) may not include ports/"),
                          HasSubstr("src/store/sqlite/b.cpp:1: store/sqlite/ (floor 4) may not include")));
}

TEST_F(SourceRules, ALibraryStaysInItsRoom) {
  write("src/essentials/a.cpp", "#include <curl/curl.h>\n");
  write("src/http/client/a.cpp", "#include <curl/curl.h>\n");
  write("src/model/a.h", "#pragma once\n#include <nlohmann/json.hpp>\n");
  EXPECT_THAT(findings(), UnorderedElementsAre(HasSubstr("model/ may not know nlohmann/json.hpp"),
                                               HasSubstr("essentials/ may not know curl/curl.h")));
}

TEST_F(SourceRules, APublicHeaderIncludesOnlyOthersAndTheStandardLibrary) {
  write("include/sosw/model/a.h", "#pragma once\n#include <string>\n#include \"sosw/model/b.h\"\n");
  write("include/sosw/model/b.h", "#pragma once\n#include <unistd.h>\n#include \"model/cron.h\"\n");
  EXPECT_THAT(findings(), ElementsAre(HasSubstr("include/sosw/model/b.h:2: a public header includes only"),
                                      HasSubstr("include/sosw/model/b.h:3")));
}

TEST_F(SourceRules, TimeSleepAndRandomnessAreUsedInOneRoomEach) {
  write("src/engine/a.cpp", "auto now = std::chrono::steady_clock::now();\n");
  write("src/system/a.cpp", "auto now = std::chrono::system_clock::now();\nstd::random_device chance;\n");
  write("src/job/a.cpp", "std::mt19937 chance;\n");
  write("tests/job/a.cpp", "std::this_thread::sleep_for(1s);\nstd::mt19937 seeded(1);\n");
  EXPECT_THAT(findings(),
              ElementsAre(HasSubstr("src/engine/a.cpp:1"), HasSubstr("src/job/a.cpp:1"),
                          AllOf(HasSubstr("tests/job/a.cpp:1"), HasSubstr("wait for a condition"))));
}

TEST_F(SourceRules, StoresDecideNothing) {
  write("src/store/sqlite/a.cpp",
        "constexpr char kSql[] = \"WHERE greenfield < ?1 AND greenfield BETWEEN ?2 AND ?3\";\n"
        "bool queued = task.greenfield < now;\n"
        "auto second = std::floor(now);\n"
        "return ReportOutcome::stale;\n");
  write("src/store/dynamo/a.cpp",
        "auto condition = \"greenfield <= :last\";\n"
        "if (move.seen && task.token == move.seen->token) return;\n"
        "const bool tried = task.attempts > 0;\n");
  write("tests/simulation/store/a.cpp",
        "const bool dead = closed && record.closed == TaskRecord::Closed::dead && x;\n"
        "const bool waits = *job.run_at > now;\n");
  write("src/model/a.cpp", "bool queued = task.greenfield < std::floor(now);\n");
  EXPECT_THAT(findings(),
              ElementsAre(HasSubstr("src/store/dynamo/a.cpp:2"), HasSubstr("src/store/dynamo/a.cpp:3"),
                          HasSubstr("src/store/sqlite/a.cpp:2"), HasSubstr("src/store/sqlite/a.cpp:3"),
                          HasSubstr("src/store/sqlite/a.cpp:4"), HasSubstr("tests/simulation/store/a.cpp:1"),
                          HasSubstr("tests/simulation/store/a.cpp:2")));
}

TEST_F(SourceRules, JsonComesInByOneDoor) {
  write("src/job/a.cpp",
        "auto a = Json::parse(text);\nbool b = nlohmann::json::accept(text);\n"
        "auto c = nlohmann::ordered_json::parse(text);\nauto d = parse_json(text);\n#include <regex>\n");
  write("src/text/parse_json.cpp", "auto a = nlohmann::json::parse(text);\n");
  write("tests/job/a.cpp", "auto a = Json::parse(text);\n");
  EXPECT_THAT(findings(), ElementsAre(HasSubstr("src/job/a.cpp:1"), HasSubstr("src/job/a.cpp:2"),
                                      HasSubstr("src/job/a.cpp:3"), HasSubstr("src/job/a.cpp:5")));
}

TEST_F(SourceRules, NamesAreMeaningful) {
  write("src/job/job_utils.cpp", "");
  write("src/job/a.h", "#pragma once\nclass TaskManager {};\n");
  EXPECT_THAT(findings(), ElementsAre(HasSubstr("src/job/a.h:2"), HasSubstr("src/job/job_utils.cpp:1")));
}

TEST_F(SourceRules, FilesAreShortAndHeadersGuarded) {
  write("src/job/long.cpp", std::string(401, '\n'));
  write("src/job/open.h", "struct X;\n");
  EXPECT_THAT(findings(), ElementsAre(HasSubstr("has 401 lines"), HasSubstr("without #pragma once")));
}

TEST_F(SourceRules, UnfinishedWorkIsNotMarkedInCode) {
  write("src/job/a.cpp",
        "// TO"
        "DO: later\n#define X 1\n");
  write("tests/job/a.cpp", "TEST(A, DISABLED_b) {}\n  GTEST_SKIP();\n  GTEST_SKIP() << \"no node\";\n");
  EXPECT_THAT(findings(), ElementsAre(HasSubstr("src/job/a.cpp:1"), HasSubstr("src/job/a.cpp:2"),
                                      HasSubstr("tests/job/a.cpp:1"), HasSubstr("tests/job/a.cpp:2")));
}

TEST_F(SourceRules, DocumentsOnlyNameExistingFiles) {
  write("docs/architecture.md", "See `src/job/a.cpp` and `src/job/gone.cpp`.\n");
  write("src/job/a.cpp", "");
  EXPECT_THAT(findings(), ElementsAre(HasSubstr("names `src/job/gone.cpp`, which does not exist")));
}

TEST_F(SourceRules, AnUnknownRoomIsReported) {
  write("src/attic/a.cpp", "");
  EXPECT_THAT(findings(), ElementsAre(HasSubstr("docs/architecture.md does not know")));
}

}  // namespace
}  // namespace sosw
