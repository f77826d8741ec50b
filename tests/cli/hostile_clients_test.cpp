// `sosw up` among clients and workers that do everything wrong: it says so, and goes on working.

#include <algorithm>
#include <fstream>
#include <sstream>
#include <vector>

#include <sys/resource.h>

#include "cli/cli_fixture.h"
#include "http/server/raw_client.h"

namespace sosw {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using web::RawClient;

constexpr std::string_view kInvocations = "/2015-03-31/functions/work/invocations";
constexpr std::size_t kMemoryOfAThousand = 50 << 20;  // bytes, at most, for so many connections

class HostileClients : public CliFixture {
 protected:
  HostileClients() {
    write("sosw.yaml", "labourers:\n  work:\n    bootstrap: [python3, " SOSW_SOURCE_DIR
                       "/tests/cli/workers/noting_worker.py]\n    max_simultaneous_invocations: 2\n"
                       "job_schema_variants:\n  default: {chunkable_attrs: [[item, {}]]}\n");
  }

  void begin() {
    engine_ = start("up --listen 127.0.0.1:0");
    const std::string url = url_of(*engine_);
    port_ = static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
  }

  RawClient client() const { return RawClient(port_); }

  /// What the engine says to these bytes.
  RawClient::Reception reply_to(std::string_view bytes) const {
    RawClient one = client();
    one.send(bytes);
    return one.receive();
  }

  /// As many connections as that, if this process may have them; each has had an answer.
  std::vector<RawClient> connect_many(std::size_t wanted) const {
    rlimit limits{};
    getrlimit(RLIMIT_NOFILE, &limits);
    limits.rlim_cur = limits.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limits);
    std::vector<RawClient> clients;
    for (std::size_t i = 0; i < std::min<std::size_t>(wanted, limits.rlim_max - 100); ++i) {
      clients.push_back(client());
      clients.back().get("/healthz");
      EXPECT_EQ(clients.back().receive().status, 200) << i;
    }
    return clients;
  }

  /// The engine takes a job, and does it.
  void expect_work(const std::string& more = "") {
    write_job(3, more);
    const Ended scheduled = sosw("schedule job.json --json");
    ASSERT_EQ(scheduled.exit_code, 0) << scheduled.err;
    const std::string id = sosw("jobs --json").json().at(0)["job_id"];
    wait_until([&] { return sosw("job " + id + " --json").json()["completed"] == 3; }, *engine_);
  }

  /// Bytes of memory that the engine has.
  std::size_t resident() const {
    std::ifstream status("/proc/" + std::to_string(engine_->pid()) + "/status");
    for (std::string line; std::getline(status, line);)
      if (line.starts_with("VmRSS:")) return std::stoul(line.substr(6)) << 10;
    ADD_FAILURE() << "the engine is gone: " << engine_->errors();
    return 0;
  }

  std::unique_ptr<Running> engine_;
  std::uint16_t port_ = 0;
};

TEST_F(HostileClients, SendBytesThatAreNotHttp) {
  begin();
  for (const std::string& bytes : {
           std::string("\x16\x03\x01\x02\r\n\r\n"),
           std::string("GET\r\n\r\n"),
           std::string("GET /%zz HTTP/1.1\r\nHost: localhost\r\n\r\n"),
           std::string("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n"),
           "POST " + std::string(kInvocations) +
               " HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nno\r\n",
           "\0\xff" + std::string(1000, '\0') + "\r\n\r\n",
       }) {
    const auto reception = reply_to(bytes);
    EXPECT_EQ(reception.status, 400) << bytes;
    EXPECT_THAT(reception.body, HasSubstr("essage\":\"")) << bytes;
  }
  for (std::string_view event : {"{", "[1, 2", "\xff\xfe", "nul"}) {
    RawClient one = client();
    one.post(kInvocations, event);
    EXPECT_EQ(one.receive().headers["x-amzn-errortype"], "InvalidRequestContentException") << event;
  }
  expect_work();
}

TEST_F(HostileClients, SendLargeBodies) {
  begin();
  expect_work();
  const std::size_t before = resident();
  const std::string large = '"' + std::string(20 << 20, 'x') + '"';
  for (int i = 0; i < 10; ++i) {
    RawClient one = client();
    one.post(kInvocations, large);
    const auto refused = one.receive();
    EXPECT_EQ(refused.status, 413);
    EXPECT_EQ(refused.headers.at("x-amzn-errortype"), "RequestTooLargeException");
    EXPECT_THAT(refused.body, HasSubstr("20971522 bytes is too long"));
  }
  EXPECT_LT(resident(), before + kMemoryOfAThousand) << "what is refused is not kept";
  expect_work();
}

TEST_F(HostileClients, SendRequestsThatDoNotEnd) {
  begin();
  std::vector<RawClient> unfinished;
  for (int i = 0; i < 900; ++i) {
    unfinished.push_back(client());
    switch (i % 3) {
      case 0:
        break;
      case 1:
        unfinished.back().send("GET /healthz HTTP/1.1\r\nHost: local");
        break;
      default:
        unfinished.back().send("POST " + std::string(kInvocations) +
                               " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n{");
    }
    if (i % 7 == 0) unfinished.back().close_sending();
  }
  expect_work();
  EXPECT_EQ(reply_to("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").status, 200);
  engine_->send(SIGTERM);
  EXPECT_EQ(engine_->wait().exit_code, 0) << "it does not wait for them";
}

TEST_F(HostileClients, KeepThousandsOfConnectionsOpen) {
  begin();
  expect_work();
  const std::size_t before = resident();
  std::vector<RawClient> clients = connect_many(1'000);
  EXPECT_LT(resident(), before + kMemoryOfAThousand);
  for (RawClient& more : connect_many(8'900)) clients.push_back(std::move(more));
  EXPECT_LT(resident(), before + 10 * kMemoryOfAThousand);
  expect_work();
  for (RawClient& one : clients) {
    one.get("/healthz");
    EXPECT_EQ(one.receive().status, 200);
  }
}

TEST_F(HostileClients, UseUpAllFileDescriptors) {
#if defined(SOSW_ADDRESS_SANITIZER)
  GTEST_SKIP() << "UndefinedBehaviorSanitizer looks at memory through a pipe: without files it sees errors";
#endif
  begin();
  const auto allow = [&](rlim_t count) {
    rlimit files{};
    prlimit(engine_->pid(), RLIMIT_NOFILE, nullptr, &files);
    files.rlim_cur = std::min(count, files.rlim_max);
    EXPECT_EQ(prlimit(engine_->pid(), RLIMIT_NOFILE, &files, nullptr), 0);
  };
  write_job(3);
  allow(1);
  EXPECT_EQ(sosw("schedule job.json").exit_code, 0);
  wait_until([&] { return engine_->errors().find("oo many open files") != std::string::npos; }, *engine_);
  allow(RLIM_INFINITY);
  wait_until([&] { return sosw("tasks --state completed --json").json().size() == 3; }, *engine_);
  for (const auto& task : sosw("tasks --json").json()) EXPECT_EQ(task["attempts"], 1) << task;
}

TEST_F(HostileClients, AnswerTwiceAndForOtherWorkers) {
  begin();
  expect_work(R"("do": "confuse", )");
  wait_until([&] { return std::ranges::count(read("refused"), '\n') == 3 * 3; }, *engine_);
  std::istringstream refused(read("refused"));
  for (std::string line; std::getline(refused, line);)
    EXPECT_THAT(line, AllOf(HasSubstr("400 "), HasSubstr("InvalidRequestID")));
  expect_work();
}

}  // namespace
}  // namespace sosw
