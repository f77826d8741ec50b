#include "model/function_arn.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

namespace sosw {
namespace {

constexpr std::size_t kAccountDigits = 12;

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> parts;
  for (std::size_t colon = text.find(':'); colon != std::string_view::npos; colon = text.find(':')) {
    parts.push_back(text.substr(0, colon));
    text.remove_prefix(colon + 1);
  }
  parts.push_back(text);
  return parts;
}

bool is_account(std::string_view part) {
  return part.size() == kAccountDigits && part.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

std::optional<FunctionArn> parse_function_arn(std::string_view text) {
  const std::vector<std::string_view> parts = split(text);
  if (std::ranges::any_of(parts, &std::string_view::empty)) return std::nullopt;
  if (std::ranges::any_of(text, [](unsigned char c) { return c <= ' ' || c == 0x7f; })) return std::nullopt;
  FunctionArn arn;
  auto part = parts.begin();
  if (*part == "arn") {
    if (parts.size() < 7 || parts[2] != "lambda" || !is_account(parts[4]) || parts[5] != "function")
      return std::nullopt;
    arn.partition = parts[1];
    arn.region = parts[3];
    part += 4;
  } else if (parts.size() > 2 && is_account(parts[1])) {
    arn.region = *part++;
  }
  if (is_account(*part) && parts.end() - part > 1) {
    arn.account = *part++;
    if (*part == "function") ++part;
  }
  const auto left = parts.end() - part;
  if (left != 1 && left != 2) return std::nullopt;
  arn.name = *part;
  if (left == 2) arn.qualifier = part[1];
  return arn;
}

std::string local_function_arn(std::string_view region, std::string_view name) {
  return fmt::format("arn:aws:lambda:{}:000000000000:function:{}", region, name);
}

}  // namespace sosw
