// examples/four_languages, run as its README says.

#include <array>
#include <cstdlib>
#include <map>

#include "cli/cli_fixture.h"

namespace sosw {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

/// What is done for each labourer, in a shell.
std::string for_each_labourer(const std::string& command) {
  return "for labourer in in_python in_node in_cpp in_shell; do " + command + "; done; ";
}

class FourLanguages : public CliFixture {
 protected:
  /// A copy of the example, with the worker that this build made.
  FourLanguages() {
    fs::copy(SOSW_SOURCE_DIR "/examples/four_languages", folder_, fs::copy_options::recursive);
    std::string text = read("sosw.yaml");
    const std::string built = "../../build/release/examples/four_languages/count_in_cpp";
    const std::size_t at = text.find(built);
    EXPECT_NE(at, std::string::npos) << text;
    write("sosw.yaml", text.replace(at, built.size(), SOSW_EXAMPLE_WORKER));
  }

  void SetUp() override {
    if (std::system("command -v node > /dev/null") != 0) GTEST_SKIP() << "node is not installed";
  }

  /// With `sosw` on the PATH, in the folder of the example.
  std::string shell(const std::string& commands) const {
    return output_of("cd " + folder_.string() + " && PATH=" + fs::path(SOSW_PROGRAM).parent_path().string() +
                     ":$PATH; { " + commands + "; } 2>&1");
  }
};

TEST_F(FourLanguages, GiveTheSameCounts) {
  const std::string said =
      shell(for_each_labourer(R"(sed "s/LABOURER/$labourer/" job.json | sosw schedule -)") + "sosw run");
  const auto tasks = sosw("tasks --json").json();
  ASSERT_EQ(tasks.size(), 12U) << said;
  const std::map<std::string, std::array<int, 2>> counts = {
      {"harbour", {35, 51}}, {"kitchen", {30, 45}}, {"orchard", {22, 34}}};
  std::map<std::string, int> texts_of;
  for (const auto& task : tasks) {
    const std::string text = task["payload"]["texts"][0];
    const auto [words, vowels] = counts.at(text);
    EXPECT_EQ(task["result"], nlohmann::json({{"text", text}, {"words", words}, {"vowels", vowels}}))
        << task << said;
    ++texts_of[task["labourer_id"]];
  }
  EXPECT_EQ(texts_of,
            (std::map<std::string, int>{{"in_cpp", 3}, {"in_node", 3}, {"in_python", 3}, {"in_shell", 3}}));
  EXPECT_THAT(shell("sosw tasks --json | python3 compare.py && echo agreed"), HasSubstr("agreed"));
}

TEST_F(FourLanguages, ReportATextThatIsNotThere) {
  write("sosw.yaml", read("sosw.yaml") + "max_attempts: 1\n");
  const std::string said =
      shell(for_each_labourer(R"(sed "s/LABOURER/$labourer/; s/harbour/attic/" job.json | sosw schedule -)") +
            "sosw run");
  std::map<std::string, std::string> reasons;
  for (const auto& task : sosw("tasks --state dead --json").json())
    reasons[task["labourer_id"]] = task["reason"];
  EXPECT_EQ(reasons,
            (std::map<std::string, std::string>{
                {"in_cpp", "std::invalid_argument: there is no text attic"},
                {"in_node", "Error: ENOENT: no such file or directory, open 'texts/attic'"},
                {"in_python", "FileNotFoundError: [Errno 2] No such file or directory: 'texts/attic'"},
                {"in_shell", "Error: there is no such text"}}))
      << said;
}

}  // namespace
}  // namespace sosw
