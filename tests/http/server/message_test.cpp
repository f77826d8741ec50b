#include "http/server/message.h"

#include <gmock/gmock.h>

#include "http/server/answer_head.h"
#include "http/server/target.h"

namespace sosw::web {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;

Request request_for(const std::string& target) {
  Request request{.target = target};
  EXPECT_TRUE(read_target(request)) << target;
  return request;
}

TEST(TargetTest, IsSplitAndDecoded) {
  const Request request =
      request_for("/2015-03-31/functions/arn%3Aaws%2Fx/invocations/?Qualifier=%24LATEST&a=b+c&flag");
  EXPECT_THAT(request.path, ElementsAre("2015-03-31", "functions", "arn:aws/x", "invocations"));
  EXPECT_THAT(request.query, ElementsAre(Pair("Qualifier", "$LATEST"), Pair("a", "b c"), Pair("flag", "")));
  EXPECT_EQ(request.parameter("flag"), "");
  EXPECT_EQ(request.parameter("other"), std::nullopt);
}

TEST(TargetTest, KeepsPlusesAndInnerEmptySegmentsOfThePath) {
  EXPECT_THAT(request_for("/a+b//c").path, ElementsAre("a+b", "", "c"));
  EXPECT_THAT(request_for("/").path, IsEmpty());
  EXPECT_THAT(request_for("/?").query, IsEmpty());
}

TEST(TargetTest, IsRefusedWhenNotAPathOrWronglyEncoded) {
  for (const char* target :
       {"", "*", "a", "http://localhost/", "/%", "/%4", "/%zz", "/%-1", "/a?b=%", "/?%x1=2"}) {
    Request request{.target = target};
    EXPECT_FALSE(read_target(request)) << target;
  }
}

TEST(AnswerTest, AnErrorIsJsonWhateverItsMessageContains) {
  EXPECT_EQ(error_answer(404, "no \"job\"\n").body,
            "{\"status\":404,\"message\":\"no \\\"job\\\"\\u000a\"}\n");
}

TEST(AnswerTest, HeadersCanNotInjectFurtherLines) {
  const std::string head = answer_head({.headers = {{"X-Trace", "a\r\nX-Evil: 1"}}}, {});
  EXPECT_THAT(head, HasSubstr("X-Trace: a  X-Evil: 1\r\n"));
}

TEST(AnswerTest, OnlyStatusesThatMayHaveABodyHaveALength) {
  EXPECT_THAT(answer_head({.status = 204}, {}), Not(HasSubstr("Content-Length")));
  EXPECT_THAT(answer_head({.status = 202}, {}), HasSubstr("HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n"));
}

TEST(ServerSentEventTest, HasADataLineForEachLine) {
  EXPECT_EQ(server_sent_event("a\nb", "task", "7"), "id: 7\nevent: task\ndata: a\ndata: b\n\n");
  EXPECT_EQ(server_sent_event(""), "data: \n\n");
}

}  // namespace
}  // namespace sosw::web
