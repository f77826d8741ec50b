// The pages and their sessions, over a real socket.

#include "api/dashboard.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "essentials/doubles.h"
#include "http/server/serving.h"

namespace sosw {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using web::RawClient;

/// Serves the dashboard where it serves, and says back what else comes through the gate.
class WithPages final : public web::Handler {
 public:
  explicit WithPages(Dashboard& dashboard) : dashboard_(dashboard) {}

  void handle(web::Request request, web::Reply reply) override {
    if (auto rejection = dashboard_.rejection(request)) return reply.send(std::move(*rejection));
    if (Dashboard::serves(request)) return dashboard_.handle(std::move(request), std::move(reply));
    web::echo(request, reply);
  }
  bool is_for_everybody(const web::Request& request) const override { return Dashboard::serves(request); }
  std::uint64_t body_limit(const web::Request& request) const override {
    return dashboard_.body_limit(request);
  }

 private:
  Dashboard& dashboard_;
};

class DashboardTest : public ::testing::Test {
 protected:
  RawClient::Reception get(const std::string& path, const std::string& headers = "") {
    RawClient client(port_);
    client.get(path, headers);
    return client.receive();
  }
  RawClient::Reception post(const std::string& path, const std::string& body,
                            const std::string& headers = "") {
    RawClient client(port_);
    client.post(path, body, headers);
    return client.receive();
  }
  /// The header with the cookie of a session that begins now.
  std::string sign_in() {
    const auto answer = post("/login", R"({"token": "s3cret"})");
    EXPECT_EQ(answer.status, 204) << answer.body;
    const std::string cookie = answer.headers.at("set-cookie");
    EXPECT_THAT(cookie, AllOf(HasSubstr("; HttpOnly"), HasSubstr("; SameSite=Strict"), HasSubstr("; Path=/"),
                              Not(HasSubstr("Secure")), Not(HasSubstr("s3cret"))));
    return "Cookie: other=1; " + cookie.substr(0, cookie.find(';')) + "\r\n";
  }

  SimulatedClock clock_;
  std::shared_ptr<PageSessions> sessions_ = std::make_shared<PageSessions>("s3cret", clock_);
  Dashboard dashboard_{Dashboard::Mode::on, sessions_};
  web::Server server_;
  std::uint16_t port_ =
      server_.listen({.token = "s3cret", .proofs = {sessions_}}, std::make_shared<WithPages>(dashboard_));
};

TEST_F(DashboardTest, EveryPageIsTheSameDocumentAndForAnybody) {
  const auto index = get("/");
  EXPECT_EQ(index.status, 200);
  EXPECT_EQ(index.headers.at("content-type"), "text/html; charset=utf-8");
  EXPECT_THAT(
      index.headers.at("content-security-policy"),
      AllOf(HasSubstr("default-src 'none'"), HasSubstr("script-src 'self';"), Not(HasSubstr("unsafe"))));
  EXPECT_EQ(index.headers.at("x-content-type-options"), "nosniff");
  EXPECT_THAT(index.body, HasSubstr(R"(data-login="yes")"));
  for (const char* page : {"/jobs", "/jobs/0123456789abcdef", "/tasks?state=dead", "/rules", "/schedule"})
    EXPECT_EQ(get(page).body, index.body) << page;
  EXPECT_EQ(get("/jobs/a/b").status, 401) << "no page";
  EXPECT_EQ(get("/api/v1/status").status, 401);
  EXPECT_EQ(get("/assets/none.js").status, 404);
  EXPECT_EQ(post("/jobs", "{}").status, 405);
}

TEST_F(DashboardTest, ADocumentThatIsThereAlreadyIsNotSentAgain) {
  const auto first = get("/");
  const auto again = get("/jobs", "If-None-Match: " + first.headers.at("etag") + "\r\n");
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(again.body, "");
}

TEST_F(DashboardTest, WhoSignedInMayAskUntilTheSessionEnds) {
  const std::string cookie = sign_in();
  EXPECT_EQ(get("/api/v1/status", cookie).status, 200);
  EXPECT_EQ(post("/api/v1/jobs", "{}", cookie).status, 200);
  clock_.time += PageSessions::kLength + 1;
  const auto late = get("/api/v1/status", cookie);
  EXPECT_EQ(late.status, 401);
  EXPECT_THAT(late.body, HasSubstr("sign in again"));
}

TEST_F(DashboardTest, AWrongTokenOrCookieIsRefused) {
  EXPECT_EQ(post("/login", R"({"token": "guessed"})").status, 401);
  EXPECT_EQ(post("/login", R"({"token": ""})").status, 401);
  EXPECT_EQ(post("/login", R"({"token": 5})").status, 400);
  EXPECT_EQ(post("/login", "s3cret").status, 400);
  EXPECT_EQ(post("/login", std::string(5000, ' ')).status, 413);
  const std::string cookie = sign_in();
  const std::size_t dot = cookie.find('.');
  for (const std::string& forged :
       {cookie.substr(0, dot) + "9" + cookie.substr(dot), cookie.substr(0, cookie.size() - 3) + "\r\n",
        cookie.substr(0, dot) + "\r\n", cookie.substr(0, dot) + ".\r\n"}) {
    EXPECT_EQ(get("/api/v1/status", forged).status, 401) << forged;
    EXPECT_EQ(get("/", forged).status, 200) << "or nobody could sign in again";
  }
}

TEST_F(DashboardTest, ASessionIsForPagesOfThisServerOnly) {
  const std::string cookie = sign_in();
  EXPECT_EQ(get("/api/v1/status", cookie + "Sec-Fetch-Site: same-origin\r\n").status, 200);
  EXPECT_EQ(get("/api/v1/status", cookie + "Sec-Fetch-Site: none\r\n").status, 200);
  EXPECT_EQ(get("/api/v1/status", cookie + "Sec-Fetch-Site: same-site\r\n").status, 401);
  EXPECT_EQ(post("/api/v1/jobs", "{}", cookie + "Sec-Fetch-Site: cross-site\r\n").status, 403);
  EXPECT_EQ(post("/login", R"({"token": "s3cret"})", "Origin: http://evil.example\r\n").status, 403);
}

TEST_F(DashboardTest, ASessionEndsWithAnotherToken) {
  const std::string cookie = sign_in();
  const auto others = std::make_shared<PageSessions>("0ther", clock_);
  const std::uint16_t port =
      server_.listen({.token = "0ther", .proofs = {others}}, std::make_shared<WithPages>(dashboard_));
  std::string for_it = cookie;
  if (const std::size_t at = for_it.find(std::to_string(port_)); at != std::string::npos)
    for_it.replace(at, std::to_string(port_).size(), std::to_string(port));
  RawClient client(port);
  client.get("/api/v1/status", for_it);
  EXPECT_EQ(client.receive().status, 401);
}

TEST_F(DashboardTest, SigningOutTakesTheCookieBack) {
  const std::string cookie = sign_in();
  const auto answer = post("/logout", "", cookie);
  EXPECT_EQ(answer.status, 204);
  EXPECT_THAT(answer.headers.at("set-cookie"), HasSubstr("Max-Age=0"));
}

TEST_F(DashboardTest, BehindTlsTheCookieStaysThere) {
  const auto answer = post("/login", R"({"token": "s3cret"})", "Origin: https://localhost\r\n");
  EXPECT_THAT(answer.headers.contains("set-cookie") ? answer.headers.at("set-cookie") : answer.body,
              HasSubstr("; Secure"));
}

TEST_F(DashboardTest, ReadOnlyPagesMayChangeNothing) {
  Dashboard looking(Dashboard::Mode::read_only, nullptr);
  const std::uint16_t port = server_.listen({}, std::make_shared<WithPages>(looking));
  const auto from = [&](const std::string& headers) {
    RawClient client(port);
    client.post("/api/v1/labourers/work/pause", "{}", headers);
    return client.receive();
  };
  const auto refused = from("Sec-Fetch-Site: same-origin\r\n");
  EXPECT_EQ(refused.status, 403);
  EXPECT_THAT(refused.body, HasSubstr("--dashboard read-only"));
  EXPECT_EQ(from(fmt::format("Origin: http://localhost:{}\r\n", port)).status, 403);
  EXPECT_EQ(from("").status, 200) << "programs go on as before";
  RawClient client(port);
  client.get("/", "");
  EXPECT_THAT(client.receive().body,
              AllOf(HasSubstr(R"(data-mode="read-only")"), HasSubstr(R"(data-login="no")")));
}

}  // namespace
}  // namespace sosw
