#pragma once

#include <string>

#include "aws/clients/sns.h"
#include "aws/core/session.h"

namespace sosw::aws {

/// The region in a topic's ARN. Throws InvalidConfig, with an empty `where`, when it is not a topic's ARN.
std::string region_of_topic(const std::string& topic_arn);

/// A client of the topic's region.
inline Sns sns_of(Session& session, const std::string& topic_arn) {
  return Sns(session.caller_in(region_of_topic(topic_arn), kSns));
}

}  // namespace sosw::aws
