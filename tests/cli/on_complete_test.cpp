// Who is told that a job is finished, and how long that may take.

#include <algorithm>
#include <csignal>
#include <cstring>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cli/cli_fixture.h"

namespace sosw {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

/// A webhook that answers when the test says so.
class PatientHook {
 public:
  PatientHook() : listening_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    const bool fine = bind(listening_, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                      listen(listening_, 8) == 0 &&
                      getsockname(listening_, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    EXPECT_TRUE(fine) << std::strerror(errno);
    port_ = ntohs(address.sin_port);
  }
  ~PatientHook() {
    if (caller_ >= 0) close(caller_);
    close(listening_);
  }
  PatientHook(const PatientHook&) = delete;
  PatientHook& operator=(const PatientHook&) = delete;

  std::string url() const { return fmt::format("http://127.0.0.1:{}/done", port_); }

  bool is_called() const { return can_read(listening_); }

  /// What the caller has to say.
  std::string listen_to_caller() {
    if (!is_called()) return "nobody called";
    caller_ = accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
    std::string request(4096, '\0');
    const ssize_t length = recv(caller_, request.data(), request.size(), 0);
    request.resize(static_cast<std::size_t>(std::max<ssize_t>(length, 0)));
    return request;
  }
  bool caller_waits() const { return !can_read(caller_); }
  void answer() const {
    constexpr std::string_view fine = "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n";
    EXPECT_EQ(send(caller_, fine.data(), fine.size(), MSG_NOSIGNAL), std::ssize(fine));
  }

 private:
  static bool can_read(int descriptor) {
    pollfd asked{descriptor, POLLIN, 0};
    return poll(&asked, 1, 0) == 1;
  }

  int listening_;
  int port_ = 0;
  int caller_ = -1;
};

class OnComplete : public CliFixture {
 protected:
  OnComplete() {
    write("sosw.yaml",
          "labourers:\n"
          "  work:\n    command: [sh, -c, \"echo x >> ran\"]\n"
          "  report:\n    command: [sh, -c, \"cat > told\"]\n");
  }
  void write_job_then(const std::string& on_complete) const {
    write("job.json", R"({"lambda_name": "work", "on_complete": )" + on_complete + "}");
  }
  bool has_run(std::size_t times) const { return read("ran").size() == 2 * times; }
};

TEST_F(OnComplete, RunCallsTheLabourerBeforeItEnds) {
  write_job_then(R"({"labourer": "report"})");
  const Ended ended = sosw("run job.json --json");
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  EXPECT_THAT(ended.json()["jobs"], SizeIs(2)) << ended.out;
  EXPECT_THAT(read("told"), HasSubstr(R"("completed_job":{"job_id":)"));
  EXPECT_EQ(sosw("run").exit_code, 0);
  EXPECT_THAT(sosw("jobs --json").json(), SizeIs(2)) << "it is called once";
}

TEST_F(OnComplete, RunWaitsForTheWebhook) {
  PatientHook hook;
  write_job_then(R"({"webhook": ")" + hook.url() + R"("})");
  const auto run = start("run job.json");
  wait_until([&] { return hook.is_called(); }, *run);
  EXPECT_THAT(hook.listen_to_caller(), HasSubstr(R"("labourer":"work","total":1,"completed":1)"));
  hook.answer();
  EXPECT_EQ(run->wait().exit_code, 0);
}

TEST_F(OnComplete, ScavengeNotifies) {
  write_job_then(R"({"labourer": "report"})");
  sosw("schedule job.json");
  sosw("orchestrate");
  EXPECT_EQ(sosw("scavenge").exit_code, 0);
  EXPECT_EQ(sosw("status --json").json()["labourers"][0]["labourer_id"], "report");
  EXPECT_EQ(sosw("status --json").json()["labourers"][0]["queued"], 1);
}

TEST_F(OnComplete, AWebhookThatDoesNotAnswerBlocksNoTask) {
  PatientHook hook;
  write_job_then(R"({"webhook": ")" + hook.url() + R"("})");
  const auto engine = start("up --listen 127.0.0.1:0");
  url_of(*engine);
  sosw("schedule job.json");
  wait_until([&] { return hook.is_called(); }, *engine);
  hook.listen_to_caller();
  sosw("schedule job.json");
  wait_until([&] { return has_run(2); }, *engine);
  EXPECT_TRUE(hook.caller_waits()) << "the second job ran while nobody had answered for the first";
  hook.answer();
  wait_until([&] { return hook.is_called(); }, *engine);
  EXPECT_EQ(engine->errors().find("on_complete did not get through"), std::string::npos);
  engine->send(SIGKILL);
}

TEST_F(OnComplete, AnUnreachableAlarmBlocksNoTask) {
  PatientHook hook;
  write("sosw.yaml", "alarm: {webhook: \"" + hook.url() + "\"}\n" + read("sosw.yaml") +
                         "  broken:\n    command: [\"false\"]\n    max_attempts: 1\n");
  const auto engine = start("up --listen 127.0.0.1:0");
  url_of(*engine);
  write("bad.json", R"({"lambda_name": "broken"})");
  write("job.json", R"({"lambda_name": "work"})");
  sosw("schedule bad.json");
  wait_until([&] { return hook.is_called(); }, *engine);
  EXPECT_THAT(hook.listen_to_caller(), HasSubstr("Closing dead task"));
  sosw("schedule job.json");
  wait_until([&] { return has_run(1); }, *engine);
  EXPECT_TRUE(hook.caller_waits());
  hook.answer();
  engine->send(SIGTERM);
  EXPECT_EQ(engine->wait().exit_code, 0);
}

}  // namespace
}  // namespace sosw
