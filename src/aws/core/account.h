#pragma once

#include <string>

#include "aws/core/session.h"
#include "http/client/curl_http.h"
#include "system/system_clock.h"
#include "system/system_random.h"
#include "system/system_waiting.h"

namespace sosw {

/// The account and region that the environment tells, and what talks to it. For one thread at a time.
struct AwsAccess {
  /// Throws InvalidConfig when the shared files can't be read. Asks nobody yet.
  AwsAccess() : session(aws::Environment::of_process(), {http, clock, random, waiting}) {}

  aws::CurlHttp http;
  SystemClock clock;
  SystemRandom random;
  SystemWaiting waiting;
  aws::Session session;
};

/// Whether the environment, or the shared files, say where clients of AWS get their credentials. The roles of
/// containers and instances that are told nowhere are not looked for.
bool names_aws_credentials(const aws::Environment&);

/// The region that the environment tells; us-east-1 where it tells none.
std::string local_region();

/// Whether this machine is an instance of EC2, whose role clients of AWS find by themselves.
bool is_ec2_instance();

}  // namespace sosw
