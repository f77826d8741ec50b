#include "notify/topic.h"

#include <regex>

#include <fmt/format.h>

namespace sosw::aws {

std::string region_of_topic(const std::string& topic_arn) {
  static const std::regex pattern(R"(arn:aws[a-z-]*:sns:([a-z0-9-]+):[0-9]{12}:[A-Za-z0-9_.-]+)");
  std::smatch match;
  if (!std::regex_match(topic_arn, match, pattern))
    throw InvalidConfig(
        "", fmt::format("'{}' is no topic such as arn:aws:sns:eu-west-1:123456789012:alarms", topic_arn));
  return match[1];
}

}  // namespace sosw::aws
