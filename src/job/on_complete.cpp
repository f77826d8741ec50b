#include "job/on_complete.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "job/job_json.h"
#include "model/function_arn.h"

namespace sosw {
namespace {

constexpr std::array<std::string_view, 3> kKinds = {"labourer", "topic", "webhook"};  // as in Kind

bool is_web_address(std::string_view text) {
  for (const std::string_view scheme : {"http://", "https://"})
    if (text.starts_with(scheme)) {
      text.remove_prefix(scheme.size());
      return !text.empty() && text.find_first_of("/?#") != 0 &&
             text.find_first_of(" \t\r\n") == std::string_view::npos;
    }
  return false;
}

}  // namespace

OnComplete OnComplete::from_job(std::string_view value) {
  Member call;
  Member more;
  Members members(is_object(value) ? value : "{}");
  const bool is_one = members.next(call) && !members.next(more);
  const auto kind = std::ranges::find(kKinds, is_one ? decoded(call.key) : "");
  if (kind == kKinds.end())
    refuse_value("on_complete", "an object with one of the keys labourer, topic and webhook", value);
  const std::string key = fmt::format("on_complete.{}", *kind);
  if (!is_text(call.value) || call.value == R"("")") refuse_value(key, "text that is not empty", call.value);
  OnComplete parsed{static_cast<Kind>(kind - kKinds.begin()), decoded(call.value)};
  if (parsed.kind == Kind::webhook && !is_web_address(parsed.target))
    refuse_value(key, "an address that begins with http:// or https://", call.value);
  return parsed;
}

std::optional<OnComplete> OnComplete::from_store(const std::string& json) {
  return json.empty() ? std::nullopt : std::optional(from_job(job_json(json)));
}

std::string OnComplete::to_json() const {
  return fmt::format("{{\"{}\":{}}}", kKinds[static_cast<std::size_t>(kind)], encoded(target));
}

std::optional<std::string> OnComplete::labourer_id() const {
  if (kind != Kind::labourer) return std::nullopt;
  const auto arn = parse_function_arn(target);
  return arn ? arn->name : target;
}

}  // namespace sosw
