#include "aws/fake/fake_aws.h"

#include <stdexcept>

#include "aws/fake/python_script.h"

namespace sosw::aws {

using nlohmann::json;

namespace {

const ServerProcess& server() {
  static const ServerProcess process({kPython, "-B", SOSW_SOURCE_DIR "/tests/aws/fake/server.py"});
  return process;
}

}  // namespace

FakeAws::FakeAws() : url(server().url()) { control("anew", json::object()); }

json FakeAws::control(const std::string& name, const json& body) {
  const HttpRequest request{
      .method = "POST", .url = url + "/_control/" + name, .body = body.dump(), .direct = true};
  const HttpAnswer answer = http.send({&request, 1}).front();
  if (answer.status != 200) throw std::runtime_error("the fake AWS refuses /_control/" + name);
  return json::parse(answer.body);
}

void FakeAws::inject(const std::string& operation, const std::string& what, int times) {
  control("inject", {{"operation", operation}, {"what", what}, {"times", times}});
}

std::vector<std::string> FakeAws::operations() {
  std::vector<std::string> names;
  for (const json& call : control("log", json::object())) names.push_back(call["operation"]);
  return names;
}

std::unique_ptr<Session> FakeAws::session(std::map<std::string, std::string> variables) {
  variables.merge(std::map<std::string, std::string>{{"AWS_ACCESS_KEY_ID", "AKIDTEST"},
                                                     {"AWS_SECRET_ACCESS_KEY", "test-secret"},
                                                     {"AWS_REGION", "eu-west-1"},
                                                     {"AWS_ENDPOINT_URL", url},
                                                     {"AWS_EC2_METADATA_DISABLED", "true"}});
  return std::make_unique<Session>(Environment(std::move(variables)), machine());
}

}  // namespace sosw::aws
