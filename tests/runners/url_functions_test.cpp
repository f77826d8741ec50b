#include "runners/url_functions.h"

#include <mutex>
#include <optional>

#include "http/server/serving.h"
#include "runners/process_fixture.h"
#include "system/system_clock.h"

namespace sosw {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class Urls : public ::testing::Test {
 protected:
  void serve(web::TestHandler::Function function) {
    serving_.emplace(std::move(function));
    use(url());
  }
  void use(const std::string& url) {
    functions_ =
        std::make_unique<UrlFunctions>(outcomes_, clock_, std::map<std::string, std::string>{{"work", url}});
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(serving_->port) + "/long/work?x=1"; }

  Dispatch invoke(const std::string& task_id = "t", std::string event = "{}") {
    std::vector<Invocation> one;
    one.push_back({&labourer_, {.task_id = task_id, .labourer_id = "work", .attempts = 2}, std::move(event)});
    return functions_->invoke(std::move(one)).at(0);
  }
  Outcome outcome(std::string event = "{}") {
    EXPECT_EQ(invoke("t", std::move(event)).kind, Dispatch::Kind::accepted);
    return outcomes_of(outcomes_, 1).at("t");
  }
  Outcome outcome_of(web::Answer answer) {
    serve([answer](const web::Request&, const web::Reply& reply) { reply.send(answer); });
    return outcome();
  }

  Labourer labourer_{.id = "work", .duration = 60, .remote = true};
  SystemClock clock_;
  Outcomes outcomes_;
  std::optional<web::Serving> serving_;
  std::unique_ptr<UrlFunctions> functions_;
};

TEST_F(Urls, GetTheEventAndSayWhomTheyWorkFor) {
  web::Awaited<web::Request> asked;
  serve([&](web::Request request, const web::Reply& reply) {
    asked.set(std::move(request));
    reply.send({.status = 201, .body = R"({"fine":  1.50})"});
  });
  const Time before = clock_.now();
  const std::string event = R"({"text":")" + std::string(2'000'000, 'x') + R"("})";
  const Outcome made = outcome(event);
  EXPECT_TRUE(made.succeeded) << made.reason;
  EXPECT_EQ(made.result, R"({"fine":  1.50})");
  EXPECT_GT(made.took, 0);
  const web::Request request = asked.get();
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target, "/long/work?x=1");
  EXPECT_EQ(request.body, event);
  EXPECT_EQ(request.header("content-type"), "application/json");
  EXPECT_EQ(request.header("x-sosw-task-id"), "t");
  EXPECT_EQ(request.header("x-sosw-labourer-id"), "work");
  EXPECT_EQ(request.header("x-sosw-attempt"), "3");
  const Time deadline(std::stod(std::string(request.header("x-sosw-deadline-ms"))) / 1000);
  EXPECT_GE(deadline, before + 59.99);
  EXPECT_LE(deadline, clock_.now() + 60.01);
}

TEST_F(Urls, SucceedOrFailByStatus) {
  EXPECT_TRUE(outcome_of({.status = 204}).succeeded);
  EXPECT_EQ(outcome_of({.body = "[1]"}).result, "[1]");
  EXPECT_EQ(outcome_of({.body = "<html>"}).reason, "its output is neither JSON nor empty: <html>");
  const Outcome failed = outcome_of({.status = 503, .body = "database\nis full " + std::string(1000, 'x')});
  EXPECT_FALSE(failed.succeeded);
  EXPECT_FALSE(failed.refused);
  EXPECT_THAT(failed.reason, ::testing::StartsWith("answered 503: database is full xxx"));
  EXPECT_LT(failed.reason.size(), 400U);
  EXPECT_EQ(outcome_of({.status = 404}).reason, "answered 404");
}

TEST_F(Urls, DoNotFollowRedirects) {
  std::atomic<int> asked = 0;
  serve([&](const web::Request&, const web::Reply& reply) {
    ++asked;
    reply.send({.status = 307, .headers = {{"Location", url()}}});
  });
  EXPECT_THAT(outcome().reason, HasSubstr("answered 307; redirects are not followed"));
  EXPECT_EQ(asked, 1);
}

TEST_F(Urls, UnreachableUrlsAreRefused) {
  serve([](const web::Request&, const web::Reply& reply) { reply.send({}); });
  const std::string nobody = "http://127.0.0.1:1/";  // a port that no test listens at
  const std::string no_tls = "https" + url().substr(4);
  for (const std::string& url : {nobody, std::string("http://no-such-host.invalid/"), no_tls}) {
    use(url);
    const Outcome refused = outcome();
    EXPECT_TRUE(refused.refused) << url;
    EXPECT_FALSE(refused.succeeded);
    EXPECT_NE(refused.reason, "");
  }
}

TEST_F(Urls, FailOnTimeout) {
  web::Awaited<web::Reply> kept;
  serve([&](const web::Request&, const web::Reply& reply) { kept.set(reply); });
  labourer_.duration = 0.2;
  const Outcome late = outcome();
  EXPECT_FALSE(late.succeeded);
  EXPECT_FALSE(late.refused) << "it may have run";
  EXPECT_THAT(late.reason, EndsWith("/long/work: no answer within 0.2 s"));
  kept.get();  // the server's thread has put it there
}

TEST_F(Urls, FailWhenTheConnectionIsLost) {
  web::Awaited<web::Reply> kept;
  serve([&](const web::Request&, const web::Reply& reply) { kept.set(reply); });
  EXPECT_EQ(invoke().kind, Dispatch::Kind::accepted);
  kept.get();
  serving_->server.stop(0);
  const Outcome cut_off = outcomes_of(outcomes_, 1).at("t");
  EXPECT_FALSE(cut_off.succeeded);
  EXPECT_FALSE(cut_off.refused) << "it may have run";
}

TEST_F(Urls, LimitTheSizeOfTheirAnswer) {
  EXPECT_TRUE(outcome_of({.body = '"' + std::string((6 << 20) - 2, 'x') + '"'}).succeeded);
  const Outcome failed = outcome_of({.body = '"' + std::string((6 << 20) - 1, 'x') + '"'});
  EXPECT_FALSE(failed.succeeded);
  EXPECT_THAT(failed.reason, HasSubstr("larger than 6291456 bytes"));
}

TEST_F(Urls, RunConcurrently) {
  std::mutex mutex;
  std::vector<web::Reply> waiting;
  serve([&](const web::Request&, const web::Reply& reply) {
    const std::lock_guard lock(mutex);
    waiting.push_back(reply);
    if (waiting.size() < 200) return;
    for (const web::Reply& one : waiting) one.send({});  // nobody is answered before all are there
  });
  for (int i = 0; i < 200; ++i) EXPECT_EQ(invoke(std::to_string(i)).kind, Dispatch::Kind::accepted);
  for (const auto& [id, outcome] : outcomes_of(outcomes_, 200))
    EXPECT_TRUE(outcome.succeeded) << outcome.reason;
}

TEST_F(Urls, MayFinishWhenTheEngineStops) {
  web::Awaited<web::Reply> kept;
  serve([&](const web::Request& request, const web::Reply& reply) {
    request.header("x-sosw-task-id") == "first" ? kept.set(reply) : reply.send({});
  });
  invoke("first");
  std::jthread stopping([&] { functions_->stop(60); });
  const web::Reply reply = kept.get();
  wait_until([&] { return invoke("second").kind == Dispatch::Kind::refused; });
  reply.send({});
  stopping.join();
  std::vector<Outcome> ended = outcomes_.take();
  std::erase_if(ended, [](const Outcome& outcome) { return outcome.task.task_id == "second"; });
  ASSERT_THAT(ended, SizeIs(1));
  EXPECT_TRUE(ended[0].succeeded);
}

TEST_F(Urls, InterruptedCallsHaveNoOutcome) {
  web::Awaited<web::Reply> kept;
  serve([&](const web::Request&, const web::Reply& reply) { kept.set(reply); });
  invoke();
  const web::Reply reply = kept.get();
  functions_->stop(0);
  EXPECT_THAT(outcomes_.take(), IsEmpty()) << "it may still be at work";
}

}  // namespace
}  // namespace sosw
