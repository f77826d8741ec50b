#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "aws/core/caller.h"
#include "aws/core/result.h"
#include "aws/core/session.h"

namespace sosw::aws {

struct SnsMessage {
  std::string message;
  std::string subject;                            ///< may be empty; at most 100 characters
  std::map<std::string, std::string> attributes;  ///< of type String
};

/// Simple Notification Service. Calls throw AwsError. A message may arrive more than once. One thread at a
/// time.
class Sns {
 public:
  explicit Sns(Session&);
  explicit Sns(Caller caller) : caller_(std::move(caller)) {}

  std::string publish(const std::string& topic_arn, const SnsMessage&);  ///< returns the message id

  /// Ten per request. For each message its id or the error.
  std::vector<Result<std::string>> publish_all(const std::string& topic_arn, std::span<const SnsMessage>);

  /// Returns the topic's ARN; an existing topic is left unchanged.
  std::string create_topic(const std::string& name);

  /// Returns the subscription's ARN, or "pending confirmation".
  std::string subscribe(const std::string& topic_arn, const std::string& protocol,
                        const std::string& endpoint);

 private:
  Caller caller_;
};

}  // namespace sosw::aws
