#include "http/client/curl_http.h"

#include <array>
#include <atomic>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "aws/fake/loopback_server.h"

namespace sosw::aws {
namespace {

using Kind = HttpAnswer::Kind;
using Connection = LoopbackServer::Connection;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

HttpAnswer send_one(Http& http, const HttpRequest& request) { return http.send({&request, 1}).front(); }

void answer_all(Connection& connection) {
  while (connection.read_request()) connection.answer("fine");
}

TEST(CurlHttp, AnswersWithStatusHeadersAndBody) {
  LoopbackServer server([](Connection& connection) {
    connection.read_request();
    connection.write("HTTP/1.1 404 No\r\nX-Amzn-RequestId:  abc \r\nContent-Length: 4\r\n\r\ngone");
  });
  CurlHttp http;
  const HttpAnswer answer = send_one(http, {.method = "GET", .url = server.url()});
  EXPECT_EQ(answer.kind, Kind::answered);
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.body, "gone");
  EXPECT_EQ(*find_header(answer.headers, "x-amzn-requestid"), "abc");
}

TEST(CurlHttp, SendsExactlyTheGivenHeaders) {
  LoopbackServer server([](Connection& connection) {
    while (auto request = connection.read_request()) connection.answer(*request);
  });
  CurlHttp http;
  const auto sent = [&](HttpRequest request) {
    request.url = server.url("/a/../b%2Fc?x=%20");
    return send_one(http, request).body;
  };
  EXPECT_THAT(sent({.method = "POST", .headers = {{"X-One", "1"}, {"X-Empty", ""}}, .body = "{}"}),
              AllOf(HasSubstr("POST /a/../b%2Fc?x=%20 HTTP/1.1\r\n"), HasSubstr("X-One: 1\r\n"),
                    HasSubstr("X-Empty:\r\n"), HasSubstr("Content-Length: 2\r\n"), HasSubstr("\r\n\r\n{}"),
                    Not(HasSubstr("Content-Type")), Not(HasSubstr("Expect")), Not(HasSubstr("Accept"))));
  EXPECT_THAT(sent({.method = "PUT", .body = "text"}), AllOf(HasSubstr("PUT /"), HasSubstr("\r\n\r\ntext")));
  EXPECT_THAT(sent({.method = "PUT"}), AllOf(HasSubstr("PUT /"), HasSubstr("Content-Length: 0\r\n")));
  EXPECT_THAT(sent({.method = "DELETE"}), AllOf(HasSubstr("DELETE /"), Not(HasSubstr("Content-Length"))));
  EXPECT_THAT(sent({.method = "GET"}), HasSubstr("GET /"));
}

TEST(CurlHttp, AHeadRequestHasNoBodyInItsAnswer) {
  LoopbackServer server([](Connection& connection) {
    connection.read_request();
    connection.write("HTTP/1.1 200 OK\r\nContent-Length: 12345\r\nETag: x\r\n\r\n");
  });
  CurlHttp http;
  const HttpAnswer answer = send_one(http, {.method = "HEAD", .url = server.url()});
  EXPECT_EQ(answer.kind, Kind::answered);
  EXPECT_EQ(*find_header(answer.headers, "etag"), "x");
}

TEST(CurlHttp, SendsLargeBodiesWhole) {
  std::atomic<std::size_t> received = 0;
  LoopbackServer server([&](Connection& connection) {
    while (auto request = connection.read_request()) {
      received = request->size() - request->find("\r\n\r\n") - 4;
      connection.answer("fine");
    }
  });
  CurlHttp http;
  EXPECT_EQ(send_one(http, {.url = server.url(), .body = std::string(6'000'000, 'x')}).status, 200);
  EXPECT_EQ(received, 6'000'000U);
}

TEST(CurlHttp, UsesItsConnectionsAgain) {
  std::atomic<int> connections = 0;
  LoopbackServer server([&](Connection& connection) {
    ++connections;
    answer_all(connection);
  });
  CurlHttp http;
  for (int i = 0; i < 20; ++i) send_one(http, {.url = server.url(), .body = "{}"});
  EXPECT_EQ(connections, 1);
}

/// Counts how many requests are in the server at once, and lets none out before `wanted` are in.
TEST(CurlHttp, KeepsManyRequestsUnderWayButNotMoreThanItMay) {
  constexpr int kInFlight = 16;
  std::mutex mutex;
  std::condition_variable changed;
  int inside = 0;
  int most = 0;
  int served = 0;
  LoopbackServer server([&](Connection& connection) {
    while (auto request = connection.read_request()) {
      std::unique_lock lock(mutex);
      most = std::max(most, ++inside);
      changed.notify_all();
      changed.wait(lock, [&] { return inside >= kInFlight || served > 0; });
      --inside;
      ++served;
      changed.notify_all();
      lock.unlock();
      connection.answer(request->substr(request->find("\r\n\r\n") + 4));
    }
  });
  CurlHttp http({.in_flight = kInFlight});
  std::vector<HttpRequest> requests;
  for (int i = 0; i < 100; ++i) requests.push_back({.url = server.url(), .body = std::to_string(i)});
  const auto answers = http.send(requests);
  EXPECT_EQ(most, kInFlight);
  ASSERT_EQ(answers.size(), 100U);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(answers[static_cast<std::size_t>(i)].body, std::to_string(i));
}

TEST(CurlHttp, ARefusedConnectionMeansNotSent) {
  int port = 0;
  { port = LoopbackServer(answer_all).port(); }
  CurlHttp http;
  const HttpAnswer answer = send_one(http, {.url = "http://127.0.0.1:" + std::to_string(port) + "/"});
  EXPECT_EQ(answer.kind, Kind::not_sent);
  EXPECT_NE(answer.problem, "");
}

TEST(CurlHttp, AnUnresolvableHostMeansNotSent) {
  CurlHttp http;
  EXPECT_EQ(send_one(http, {.url = "http://nowhere.invalid/", .direct = true}).kind, Kind::not_sent);
}

TEST(CurlHttp, OnlyHttpIsSupported) {
  CurlHttp http;
  EXPECT_EQ(send_one(http, {.method = "GET", .url = "file:///etc/hostname"}).kind, Kind::not_sent);
}

TEST(CurlHttp, AConnectTimeoutMeansNotSent) {
  // A listener that accepts nobody: the kernel lets a few in and leaves the others outside.
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  socklen_t size = sizeof address;
  ASSERT_EQ(bind(listener, reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(listen(listener, 0), 0);
  getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  std::array<int, 8> visitors{};
  for (int& visitor : visitors) {
    visitor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    connect(visitor, reinterpret_cast<sockaddr*>(&address), size);
  }
  CurlHttp http;
  const HttpAnswer answer = send_one(
      http,
      {.url = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/", .connect_timeout = 0.1});
  EXPECT_EQ(answer.kind, Kind::not_sent);
  EXPECT_TRUE(answer.timed_out);
  for (const int visitor : visitors) close(visitor);
  close(listener);
}

TEST(CurlHttp, AConnectionLostAfterSendingIsUnknown) {
  LoopbackServer server([](Connection& connection) { connection.read_request(); });
  CurlHttp http;
  const HttpAnswer answer = send_one(http, {.url = server.url(), .body = "{}"});
  EXPECT_EQ(answer.kind, Kind::unknown);
  EXPECT_FALSE(answer.timed_out);
}

TEST(CurlHttp, ATruncatedAnswerIsUnknown) {
  LoopbackServer server([](Connection& connection) {
    connection.read_request();
    connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
  });
  CurlHttp http;
  EXPECT_EQ(send_one(http, {.url = server.url(), .body = "{}"}).kind, Kind::unknown);
}

TEST(CurlHttp, ATimeoutAfterSendingIsUnknown) {
  LoopbackServer server([](Connection& connection) { connection.wait_for_end(); });
  CurlHttp http;
  const HttpAnswer answer = send_one(http, {.url = server.url(), .body = "{}", .timeout = 0.1});
  EXPECT_EQ(answer.kind, Kind::unknown);
  EXPECT_TRUE(answer.timed_out);
}

/// The far side reads a second request on a kept connection and closes without a word. A client that then
/// sends it once more by itself does the work twice.
TEST(CurlHttp, NeverRepeatsARequestByItself) {
  for (const std::string body : {"{}", ""}) {
    std::atomic<int> arrived = 0;
    LoopbackServer server([&](Connection& connection) {
      if (!connection.read_request()) return;
      ++arrived;
      connection.answer("fine");
      if (connection.read_request()) ++arrived;
    });
    CurlHttp http;
    EXPECT_EQ(send_one(http, {.url = server.url(), .body = body}).kind, Kind::answered);
    const HttpAnswer second = send_one(http, {.url = server.url(), .body = body});
    EXPECT_EQ(second.kind, body.empty() ? Kind::answered : Kind::unknown);
    EXPECT_EQ(arrived, 2) << "body '" << body << "'";
  }
}

TEST(CurlHttp, DoesNotFollowRedirects) {
  LoopbackServer server([](Connection& connection) {
    connection.read_request();
    connection.write("HTTP/1.1 301 Moved\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n");
  });
  CurlHttp http;
  EXPECT_EQ(send_one(http, {.method = "GET", .url = server.url()}).status, 301);
}

TEST(CurlHttp, AServerWithoutTlsGetsNoRequest) {
  LoopbackServer server([](Connection& connection) { connection.write("nonsense\r\n\r\n"); });
  CurlHttp http;
  EXPECT_EQ(send_one(http, {.url = "https://127.0.0.1:" + std::to_string(server.port()) + "/"}).kind,
            Kind::not_sent);
}

/// openssl s_server with a certificate of its own for 127.0.0.1.
class TlsServer {
 public:
  TlsServer() {
    std::string folder = (std::filesystem::temp_directory_path() / "sosw_tls_XXXXXX").string();
    if (!mkdtemp(folder.data())) throw std::runtime_error("no temporary folder");
    folder_ = folder;
    const std::string make_certificate =
        "cd '" + folder + "' && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes " +
        "-keyout key.pem -out certificate.pem -days 2 -subj /CN=test -addext subjectAltName=IP:127.0.0.1 "
        "2>&1";
    FILE* maker = popen(make_certificate.c_str(), "r");
    while (fgetc(maker) != EOF) {
    }
    if (pclose(maker) != 0) throw std::runtime_error("openssl made no certificate");
    const std::string serve =
        "cd '" + folder +
        "' && echo $$ && exec openssl s_server -accept 127.0.0.1:0 -cert certificate.pem "
        "-key key.pem -www 2>/dev/null";
    server_ = popen(serve.c_str(), "r");
    std::array<char, 200> line{};
    if (fgets(line.data(), line.size(), server_)) process_ = std::stoi(line.data());
    while (fgets(line.data(), line.size(), server_))
      if (const std::string text = line.data(); text.starts_with("ACCEPT ")) {
        port = std::stoi(text.substr(text.rfind(':') + 1));
        return;
      }
    throw std::runtime_error("openssl s_server did not start");
  }
  ~TlsServer() {
    kill(process_, SIGKILL);
    pclose(server_);
    std::filesystem::remove_all(folder_);
  }
  std::string certificate() const { return (folder_ / "certificate.pem").string(); }
  int port = 0;

 private:
  std::filesystem::path folder_;
  FILE* server_ = nullptr;
  pid_t process_ = 0;
};

TEST(CurlHttp, SendsNothingToAnUntrustedServer) {
  TlsServer server;
  const HttpRequest request{.method = "GET", .url = "https://127.0.0.1:" + std::to_string(server.port) + "/"};
  CurlHttp careful;
  EXPECT_EQ(send_one(careful, request).kind, Kind::not_sent);
  CurlHttp informed({.ca_file = server.certificate()});
  EXPECT_EQ(send_one(informed, request).status, 200);
}

}  // namespace
}  // namespace sosw::aws
