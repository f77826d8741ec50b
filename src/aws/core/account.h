#pragma once

#include <string>

#include "aws/core/session.h"
#include "http/client/curl_http.h"
#include "system/system_clock.h"
#include "system/system_random.h"
#include "system/system_waiting.h"

namespace sosw {

/// The account and region from the environment, and the objects that talk to it. For one thread at a time.
struct AwsAccess {
  /// Throws InvalidConfig when the shared files can't be read. Sends no request yet.
  AwsAccess() : session(aws::Environment::of_process(), {http, clock, random, waiting}) {}

  aws::CurlHttp http;
  SystemClock clock;
  SystemRandom random;
  SystemWaiting waiting;
  aws::Session session;
};

/// Whether the environment, or the shared files, name a source of credentials. Roles of containers and
/// instances that are not configured there are not looked for.
bool names_aws_credentials(const aws::Environment&);

/// The region from the environment; us-east-1 where it has none.
std::string local_region();

/// Whether this machine is an EC2 instance, whose role AWS clients find by themselves.
bool is_ec2_instance();

}  // namespace sosw
