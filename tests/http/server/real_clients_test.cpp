#include <array>
#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "http/server/serving.h"

namespace sosw::web {
namespace {

using testing::HasSubstr;

/// Standard output of a shell command.
std::string output_of(const std::string& command) {
  FILE* pipe = popen(command.c_str(), "r");
  std::string output;
  std::array<char, 4096> bytes;
  while (const std::size_t count = fread(bytes.data(), 1, bytes.size(), pipe))
    output.append(bytes.data(), count);
  pclose(pipe);
  return output;
}

bool have(const std::string& program) {
  return std::system(("command -v " + program + " > /dev/null").c_str()) == 0;
}

TEST(CurlTest, SendsALongBodyWithExpectAndGetsItsAnswer) {
  if (!have("curl")) GTEST_SKIP() << "curl is not installed";
  const Serving serving(echo);
  EXPECT_EQ(output_of(fmt::format("head -c 20000000 /dev/zero | curl -s -m 60 -H 'Expect: 100-continue' "
                                  "--data-binary @- http://localhost:{}/long",
                                  serving.port)),
            "POST /long 20000000");
}

TEST(CurlTest, SeesWhyALongBodyIsRefused) {
  if (!have("curl")) GTEST_SKIP() << "curl is not installed";
  const Serving serving(echo);
  for (const char* expect : {"Expect:", "Expect: 100-continue"})
    EXPECT_THAT(output_of(fmt::format("head -c 20000000 /dev/zero | curl -s -m 60 -H '{}' --data-binary @- "
                                      "http://127.0.0.1:{}/short",
                                      expect, serving.port)),
                HasSubstr("20000000 bytes is too long"));
}

TEST(CurlTest, ReusesItsConnectionAndSendsChunks) {
  if (!have("curl")) GTEST_SKIP() << "curl is not installed";
  const Serving serving(echo);
  const std::string url = fmt::format("http://127.0.0.1:{}", serving.port);
  EXPECT_EQ(output_of(fmt::format("curl -s -m 60 -w '%{{num_connects}} ' {0}/a {0}/b", url)),
            "GET /a 01 GET /b 00 ");
  EXPECT_EQ(output_of(fmt::format("echo hello | curl -s -m 60 -T - {}/c", url)), "PUT /c 6");
}

TEST(CurlTest, ReadsAStream) {
  if (!have("curl")) GTEST_SKIP() << "curl is not installed";
  const Serving serving([](const Request&, const Reply& reply) {
    const Stream stream = reply.stream({.content_type = "text/event-stream"});
    for (int i = 0; i < 3; ++i) stream.write(server_sent_event(std::to_string(i), "tick"));
  });
  EXPECT_EQ(output_of(fmt::format("curl -s -m 60 -N http://127.0.0.1:{}/", serving.port)),
            "event: tick\ndata: 0\n\nevent: tick\ndata: 1\n\nevent: tick\ndata: 2\n\n");
}

TEST(PythonTest, HttpClientIsServed) {
  if (!have("python3")) GTEST_SKIP() << "python3 is not installed";
  const Serving serving(echo);
  EXPECT_EQ(output_of(fmt::format(R"(python3 - <<'END'
import http.client
c = http.client.HTTPConnection('localhost', {}, timeout=60)
for i in range(3):
    c.request('POST', f'/{{i}}', body=b'x' * i)
    r = c.getresponse()
    print(r.status, r.read().decode(), r.getheader('Content-Type'))
c.request('PUT', '/chunks', body=iter([b'abc', b'de']), encode_chunked=True, headers={{'Transfer-Encoding': 'chunked'}})
print(c.getresponse().read().decode())
c.request('POST', '/short', body=b'x' * 5000000)
print(c.getresponse().status)
END)",
                                  serving.port)),
            "200 POST /0 0 application/json\n200 POST /1 1 application/json\n200 POST /2 2 application/json\n"
            "PUT /chunks 5\n413\n");
}

}  // namespace
}  // namespace sosw::web
