#include "api/live_events.h"

#include <gmock/gmock.h>

#include "essentials/doubles.h"
#include "http/server/serving.h"

namespace sosw {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using web::RawClient;

/// Live events with clients that watch them over real sockets.
class LiveEventsTest : public ::testing::Test {
 protected:
  /// A client that watches; what it got at the beginning was read.
  RawClient watch(const std::string& last_event_id = "") {
    RawClient client = serving_.client();
    client.get("/", last_event_id.empty() ? "" : "Last-Event-ID: " + last_event_id + "\r\n");
    client.receive(/*has_body=*/false);
    client.read_until("retry: 2000\n\n");
    return client;
  }
  static TaskEvent event(const std::string& task, TaskAction action, const std::string& details = "") {
    return {
        .task_id = task, .labourer_id = "work", .action = action, .created_at = Time(7), .details = details};
  }
  void tell(const std::string& task) { live_.tell(std::vector{event(task, TaskAction::created)}); }

  LiveEvents live_{"r"};
  web::Serving serving_{[this](const web::Request& request, const web::Reply& reply) {
    live_.watch(reply, request.header("last-event-id"),
                request.path.empty() ? LiveEvents::Kinds::all : LiveEvents::Kinds::status);
  }};
};

TEST_F(LiveEventsTest, SendWhatHappenedToWhichTasks) {
  RawClient client = watch();
  live_.tell(std::vector{event("a", TaskAction::completed), event("a", TaskAction::archived),
                         event("b", TaskAction::completed), event("b", TaskAction::archived),
                         event("c", TaskAction::failed, R"({"reason": "no"})")});
  const std::string seen = client.read_until("\"c\"]}\n\n");
  EXPECT_THAT(seen, HasSubstr("id: r-1\nevent: tasks\ndata: {\"action\":\"completed\",\"created_at\":7.0,"
                              "\"labourer_id\":\"work\",\"task_ids\":[\"a\",\"b\"]}\n\n"));
  EXPECT_THAT(seen, HasSubstr("\"archived\""));
  EXPECT_THAT(seen, HasSubstr("id: r-3\n"));
  EXPECT_THAT(seen, HasSubstr("\"details\":{\"reason\":\"no\"}"));
}

TEST_F(LiveEventsTest, WhoOnlyWantsTheStatusGetsNothingElse) {
  live_.tell_status(R"({"first": 1})");
  RawClient client = serving_.client();
  client.get("/status", "Last-Event-ID: r-5\r\n");
  client.receive(/*has_body=*/false);
  client.read_until("first");
  tell("a");
  live_.tell_status(R"({"second": 2})");
  EXPECT_THAT(client.read_until("second"), Not(HasSubstr("event: tasks")));
  RawClient whole = watch();
  tell("b");
  whole.read_until("\"b\"");
  live_.tell_status(R"({"third": 3})");
  EXPECT_THAT(client.read_until("third"), Not(HasSubstr("\"b\"")));
  whole.read_until("third");
}

TEST_F(LiveEventsTest, ResumeWhereAClientLeft) {
  RawClient first = watch();
  for (const char* task : {"a", "b", "c"}) tell(task);
  first.read_until("\"c\"");
  first.close();
  const std::string seen = watch("r-1").read_until("\"c\"");
  EXPECT_THAT(seen, Not(HasSubstr("\"a\"")));
  EXPECT_THAT(seen, HasSubstr("\"b\""));
  EXPECT_THAT(seen, Not(HasSubstr("reset")));
}

TEST_F(LiveEventsTest, ResumeForAClientThatSawNoEvent) {
  RawClient first = watch();
  live_.tell_status(R"({"quiet": true})");
  first.read_until("quiet");
  RawClient second = serving_.client();
  second.get("/");
  second.receive(/*has_body=*/false);
  EXPECT_THAT(second.read_until("quiet"), HasSubstr("id: r-1\n"));
  second.close();
  tell("a");
  EXPECT_THAT(watch("r-1").read_until("\"a\""), HasSubstr("id: r-2\n"));
}

TEST_F(LiveEventsTest, SendResetWhenSomethingWasMissed) {
  RawClient stays = watch();
  for (int i = 0; i < 1100; ++i) tell(std::to_string(i));
  stays.read_until("\"1099\"");
  for (const std::string id : {"other-5", "r-3", "r-99999", "r-x", "nonsense"}) {
    RawClient client = watch(id);
    EXPECT_THAT(client.read_until("event: reset\ndata: {}\n\n"), HasSubstr("reset")) << id;
  }
  EXPECT_THAT(watch("r-1098").read_until("\"1099\""), Not(HasSubstr("reset")));
}

TEST_F(LiveEventsTest, SendTheStatusWhenItChanged) {
  RawClient client = watch();
  live_.tell_status(R"({"n":1})");
  live_.tell_status(R"({"n":1})");
  live_.tell_status(R"({"n":2})");
  const std::string seen = client.read_until("{\"n\":2}");
  EXPECT_THAT(seen, HasSubstr("id: r-1\nevent: status\ndata: {\"n\":1}"));
  EXPECT_THAT(seen, HasSubstr("id: r-2\n"));
  EXPECT_THAT(watch().read_until("{\"n\":2}"), HasSubstr("event: status")) << "who comes later is told, too";
}

TEST_F(LiveEventsTest, SendHeartbeatsWhileIdle) {
  RawClient client = watch();
  live_.beat();
  EXPECT_THAT(client.read_until(":\n\n"), HasSubstr(":\n\n"));
}

TEST_F(LiveEventsTest, StopRecordingWithoutWatchers) {
  RawClient client = watch();
  tell("a");
  client.read_until("\"a\"");
  client.close();
  while (live_.is_watched()) live_.beat();
  for (int i = 0; i < 4; ++i) live_.beat();
  tell("b");
  const std::string seen = watch("r-1").read_until("reset");
  EXPECT_THAT(seen, Not(HasSubstr("\"b\"")));
}

TEST_F(LiveEventsTest, LimitTheNumberOfWatchers) {
  std::vector<RawClient> watching;
  for (int i = 0; i < 64; ++i) watching.push_back(watch());
  RawClient one_too_many = serving_.client();
  one_too_many.get("/");
  EXPECT_EQ(one_too_many.receive().status, 503);
  watching.clear();
  for (int status = 503; status != 200;) {  // as soon as the server has seen that they are gone
    RawClient next = serving_.client();
    next.get("/");
    status = next.receive(/*has_body=*/false).status;
  }
}

TEST_F(LiveEventsTest, GetRecordedEvents) {
  RecordedEvents kept;
  LiveEventLog log(kept, &live_);
  RawClient client = watch();
  log.record(std::vector{event("a", TaskAction::invoked)});
  EXPECT_THAT(client.read_until("\"a\""), HasSubstr("invoked"));
  LiveEventLog(kept, nullptr).record(std::vector{event("b", TaskAction::invoked)});
  EXPECT_EQ(kept.all.size(), 2U);
}

}  // namespace
}  // namespace sosw
