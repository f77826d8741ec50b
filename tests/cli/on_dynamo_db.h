#pragma once

#include <sstream>
#include <string>
#include <vector>

#include "aws/fake/fake_aws.h"
#include "cli/cli_fixture.h"

namespace sosw {

/// The program with `--store dynamodb:`, against a stand-in for AWS that checks each request.
class OnDynamoDb : public CliFixture {
 protected:
  OnDynamoDb() {
    configure("echo $SOSW_TASK_ID >> ran", "    max_simultaneous_invocations: 4\n");
    environment_ = {
        "AWS_ENDPOINT_URL=" + aws_.url,        "AWS_REGION=eu-west-1",
        "AWS_ACCESS_KEY_ID=AKIDTEST",          "AWS_SECRET_ACCESS_KEY=test-secret",
        "AWS_EC2_METADATA_DISABLED=true",      "SOSW_STORE=dynamodb:",
        "AWS_CONFIG_FILE=/nonexistent/config", "AWS_SHARED_CREDENTIALS_FILE=/nonexistent/credentials"};
  }

  /// The ids of the tasks that workers were started for.
  std::vector<std::string> ran() const {
    std::vector<std::string> ids;
    std::istringstream lines(read("ran"));
    for (std::string line; std::getline(lines, line);) ids.push_back(line);
    return ids;
  }

  bool is_all_closed() { return sosw("jobs --json").json()[0]["open"] == 0; }

  aws::FakeAws aws_;
};

}  // namespace sosw
