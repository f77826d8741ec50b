// What others on the machine can do to warm workers: users, and pages in a browser.

#include <nlohmann/json.hpp>
#include <sys/wait.h>

#include "http/server/raw_client.h"
#include "log_lines.h"
#include "runners/runtime_fixture.h"

namespace sosw {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr auto kNext = "/2018-06-01/runtime/invocation/next";
constexpr uid_t kStranger = 65534;

class RuntimeNeighboursTest : public RuntimeFixture {
 protected:
  /// Of a worker that is free.
  std::uint16_t port() {
    add_python("worker");
    const auto told = json::parse(outcome_of("worker", R"({"do": "environment"})").result);
    const auto address = told["environment"]["AWS_LAMBDA_RUNTIME_API"].get<std::string>();
    return static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
  }

  /// What the worker's API answers to this, when a program of another user asks it.
  static int status_for_stranger(std::uint16_t port, const std::string& path) {
    const pid_t child = fork();
    if (child == 0) {
      if (setuid(kStranger) != 0) _exit(0);
      web::RawClient client(port);
      client.get(path);
      _exit(client.receive().status / 10);  // an exit code has eight bits
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WEXITSTATUS(status) * 10;
  }
};

TEST_F(RuntimeNeighboursTest, AnotherUserGetsNoEvents) {
  if (getuid() != 0) GTEST_SKIP() << "only root can become another user";
  const LoggedLines log;
  const std::uint16_t api = port();
  EXPECT_EQ(status_for_stranger(api, kNext), 400) << "403, in tens";
  EXPECT_EQ(status_for_stranger(api, kNext), 400);
  EXPECT_TRUE(outcome_of("worker").succeeded) << "the worker got its event";
  functions_.reset();
  const std::string text = log.text();
  EXPECT_THAT(text, HasSubstr("labourer worker: a program of user 65534"));
  EXPECT_EQ(text.find("65534"), text.rfind("65534")) << "once";
}

TEST_F(RuntimeNeighboursTest, PagesGetNoEvents) {
  const std::uint16_t api = port();
  for (const char* header : {"Origin: http://evil.example\r\n", "Sec-Fetch-Site: cross-site\r\n"}) {
    web::RawClient page(api);
    page.get(kNext, header);
    EXPECT_EQ(page.receive().status, 403) << header;
  }
  EXPECT_TRUE(outcome_of("worker").succeeded);
}

TEST_F(RuntimeNeighboursTest, AWorkerMayRunAsAnotherUser) {
  if (getuid() != 0 || !have("setpriv")) GTEST_SKIP() << "only root can become another user";
  std::string folder = (std::filesystem::temp_directory_path() / "sosw_users_XXXXXX").string();
  ASSERT_TRUE(mkdtemp(folder.data()));
  std::filesystem::permissions(folder, std::filesystem::perms{0755});
  std::filesystem::copy_file(SOSW_RUNTIME_WORKER, folder + "/worker");
  const std::string change = fmt::format("setpriv --reuid={} --clear-groups", kStranger);
  add("direct", {.argv = {"sh", "-c", "exec " + change + " ./worker"}, .directory = folder});
  add("child", {.argv = {"sh", "-c", change + " ./worker; true"}, .directory = folder});
  for (const char* labourer : {"direct", "child"}) {
    const Outcome outcome = outcome_of(labourer);
    EXPECT_TRUE(outcome.succeeded) << outcome.reason;
  }
  functions_.reset();
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace sosw
