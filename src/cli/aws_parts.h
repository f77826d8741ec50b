#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "sosw/aws/cloud_watch_metric.h"
#include "sosw/aws/curl_http.h"
#include "sosw/aws/session.h"
#include "sosw/ports/alarm.h"
#include "sosw/ports/messenger.h"
#include "sosw/system/system_clock.h"
#include "sosw/system/system_random.h"
#include "sosw/system/system_waiting.h"

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

/// CloudWatch's metrics. Nobody who has none needs an account: it is looked for when the first one is read.
class CloudWatchSource final : public MetricSource {
 public:
  bool accepts(const std::string& details) const override;
  std::vector<Reading> read(std::span<const std::string> details) override;

 private:
  std::unique_ptr<AwsAccess> access_;
  std::unique_ptr<aws::CloudWatchMetric> metric_;
};

/// Alarms to a topic of SNS or to a function on AWS Lambda.
class AwsAlarm final : public Alarm {
 public:
  /// The ARN of a topic or of a function. Throws InvalidConfig when there is no region.
  explicit AwsAlarm(const std::string& address);

  void raise(const std::string& subject, const std::string& message) override {
    alarm_->raise(subject, message);
  }
  void send() override { alarm_->send(); }

 private:
  AwsAccess access_;
  std::unique_ptr<Alarm> alarm_;
};

/// Messages for topics go to SNS, with an account that is looked for at the first one.
class TopicMessenger final : public Messenger {
 public:
  std::vector<std::string> deliver(std::span<const Message>) override;

 private:
  std::unique_ptr<AwsAccess> access_;
};

}  // namespace sosw
