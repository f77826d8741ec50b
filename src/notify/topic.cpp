#include "notify/topic.h"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

namespace sosw::aws {
namespace {

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kLower = "abcdefghijklmnopqrstuvwxyz-";
constexpr std::string_view kLowerAndDigits = "abcdefghijklmnopqrstuvwxyz0123456789-";
constexpr std::string_view kOfNames = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-";

bool consists_of(std::string_view text, std::string_view characters) {
  return !text.empty() && text.find_first_not_of(characters) == std::string_view::npos;
}

}  // namespace

std::string region_of_topic(const std::string& topic_arn) {
  std::array<std::string_view, 6> parts;  // arn:aws:sns:REGION:ACCOUNT:NAME
  std::string_view rest = topic_arn;
  for (std::string_view& part : parts) {
    part = &part == &parts.back() ? rest : rest.substr(0, rest.find(':'));
    rest.remove_prefix(std::min(part.size() + 1, rest.size()));
  }
  const auto& [arn, partition, service, region, account, name] = parts;
  if (arn != "arn" || !partition.starts_with("aws") || !consists_of(partition, kLower) || service != "sns" ||
      !consists_of(region, kLowerAndDigits) || account.size() != 12 || !consists_of(account, kDigits) ||
      !consists_of(name, kOfNames))
    throw InvalidConfig(
        "", fmt::format("'{}' is no topic such as arn:aws:sns:eu-west-1:123456789012:alarms", topic_arn));
  return std::string(region);
}

}  // namespace sosw::aws
