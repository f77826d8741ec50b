#include "http/client/requests.h"

#include <gmock/gmock.h>

#include "http/loopback_server.h"

namespace sosw {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr Seconds kAmple = 30;

HttpAnswer ask(const std::string& url, Seconds timeout = kAmple) {
  const HttpRequest request{url, {}, ""};
  return send_requests({&request, 1}, timeout).at(0);
}

std::string path_of(std::size_t i) { return std::to_string(i).insert(0, 1, '/'); }

TEST(Requests, ReturnsStatusAndBody) {
  LoopbackServer server([](const auto&) { return http_answer(200, "fine"); });
  const HttpAnswer answer = ask(server.url() + "/health?deep=1");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "fine");
  EXPECT_EQ(answer.problem, "");
  EXPECT_EQ(server.requests().at(0).target(), "/health?deep=1");
}

TEST(Requests, AnswersInTheOrderOfTheRequests) {
  LoopbackServer server([](const auto& request) { return http_answer(200, request.target()); });
  std::vector<HttpRequest> requests;
  for (std::size_t i = 0; i < 150; ++i) requests.push_back({server.url() + path_of(i), {}, ""});
  const auto answers = send_requests(requests, kAmple);
  ASSERT_EQ(answers.size(), requests.size());
  for (std::size_t i = 0; i < answers.size(); ++i) EXPECT_EQ(answers[i].body, path_of(i));
}

TEST(Requests, SendsHeadersAndPostsJson) {
  LoopbackServer server([](const auto&) { return http_answer(204, ""); });
  const HttpRequest request{server.url(), {{"X-Key", "k1"}, {"X-Empty", ""}}, R"({"a":1})"};
  EXPECT_EQ(send_requests({&request, 1}, kAmple).at(0).problem, "");
  const auto seen = server.requests().at(0);
  EXPECT_THAT(seen.head, AllOf(testing::StartsWith("POST / "), HasSubstr("X-Key: k1"), HasSubstr("X-Empty:"),
                               HasSubstr("Content-Type: application/json")));
  EXPECT_EQ(seen.body, R"({"a":1})");
}

TEST(Requests, AServerThatNeverAnswersDoesNotBlockTheOthers) {
  LoopbackServer server(
      [](const auto& request) { return request.target() == "/slow" ? "" : http_answer(200, "quick"); });
  const std::vector<HttpRequest> requests = {{server.url() + "/slow", {}, ""}, {server.url(), {}, ""}};
  const auto answers = send_requests(requests, 0.3);
  EXPECT_EQ(answers.at(0).problem, "no answer within 0.3 s");
  EXPECT_EQ(answers.at(0).status, 0);
  EXPECT_EQ(answers.at(1).body, "quick");
}

TEST(Requests, GivesUpAnAnswerThatIsTooLarge) {
  LoopbackServer server([](const auto& request) {
    return http_answer(200, std::string(request.target() == "/large" ? 1'000'001 : 1'000'000, 'x'));
  });
  EXPECT_EQ(ask(server.url() + "/large").problem, "the answer is larger than 1000000 bytes");
  EXPECT_EQ(ask(server.url() + "/fits").body.size(), 1'000'000U);
}

TEST(Requests, ErrorMessagesAreStable) {
  LoopbackServer server([](const auto&) { return http_answer(500, "oh"); });
  EXPECT_EQ(ask(server.url()).problem, "answers 500");
  const std::string nobody = url_of_nobody();
  EXPECT_EQ(ask(nobody).problem, "Couldn't connect to server");
  EXPECT_EQ(ask(nobody).problem, ask(nobody).problem);
}

TEST(Requests, FollowsNoRedirect) {
  LoopbackServer server([](const auto&) { return http_answer(302, "", "Location: /elsewhere\r\n"); });
  EXPECT_THAT(ask(server.url()).problem, HasSubstr("answers 302; redirects are not followed"));
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST(Requests, SupportsOnlyHttp) {
  for (const char* url : {"file:///etc/hostname", "ftp://127.0.0.1/x", "gopher://127.0.0.1/x"}) {
    const HttpAnswer answer = ask(url);
    EXPECT_NE(answer.problem, "") << url;
    EXPECT_EQ(answer.body, "") << url;
  }
}

TEST(Requests, NoRequestsGiveNoAnswers) { EXPECT_TRUE(send_requests({}, kAmple).empty()); }

TEST(Urls, HttpAndHttpsOnly) {
  EXPECT_TRUE(is_http_url("http://127.0.0.1:9090"));
  EXPECT_TRUE(is_http_url("HTTPS://example.org/a?b=c"));
  for (const char* text :
       {"", "example.org", "ftp://example.org", "file:///etc/passwd", "http://", "/x", "http"})
    EXPECT_FALSE(is_http_url(text)) << text;
}

TEST(Urls, AreShownWithoutTheirSecrets) {
  const std::string shown = public_url("https://me:pass@example.org:8443/a/b?token=hush#frag");
  EXPECT_EQ(shown, "https://example.org:8443/a/b");
  EXPECT_EQ(public_url("http://me:pass@bad host/?token=hush"), "the URL");
}

TEST(Urls, AreExtendedByPathAndQuery) {
  EXPECT_EQ(extended_url("http://h:9090", "/api/v1/query", "query", "avg(x{a=\"b\"}) > 1&2"),
            "http://h:9090/api/v1/query?query=avg%28x%7ba%3d%22b%22%7d%29+%3e+1%262");
  EXPECT_EQ(extended_url("http://h/prefix/?tenant=7", "/api/v1/query", "query", "up"),
            "http://h/prefix/api/v1/query?tenant=7&query=up");
}

}  // namespace
}  // namespace sosw
