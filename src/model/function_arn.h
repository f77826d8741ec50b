#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sosw {

/// The ways to name a function in AWS Lambda: a name, a partial or a full ARN of any partition, each with or
/// without an alias or version behind it.
///
///     arn:aws-cn:lambda:cn-north-1:123456789012:function:resize:LIVE
///     123456789012:function:resize
///     eu-west-1:123456789012:function:resize
///     resize:3
struct FunctionArn {
  std::string name;
  std::string partition;  ///< "aws", ...; like the rest empty when not in the text
  std::string region;
  std::string account;    ///< twelve digits
  std::string qualifier;  ///< alias or version
};

/// Returns nullopt when the text is none of these.
std::optional<FunctionArn> parse_function_arn(std::string_view text);

/// The ARN of a function that runs on this machine: its account is 000000000000.
std::string local_function_arn(std::string_view region, std::string_view name);

}  // namespace sosw
