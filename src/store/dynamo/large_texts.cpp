#include "store/dynamo/large_texts.h"

#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace sosw::aws {
namespace {

constexpr std::string_view kBeginning = R"({"sosw_s3":"s3://)";
constexpr std::string_view kEnd = R"("})";

/// Bucket and key.
std::optional<std::pair<std::string, std::string>> object_in(const std::string& id, std::string_view text) {
  if (!text.starts_with(kBeginning) || !text.ends_with(kEnd)) return std::nullopt;
  text.remove_prefix(kBeginning.size());
  text.remove_suffix(kEnd.size());
  const auto slash = text.find('/');
  if (slash == std::string_view::npos || text.find_first_of("\"\\ ") != std::string_view::npos)
    return std::nullopt;
  const std::string_view key = text.substr(slash + 1);
  if (!key.starts_with(fmt::format("sosw/{}/", id))) return std::nullopt;
  return std::pair(std::string(text.substr(0, slash)), std::string(key));
}

}  // namespace

std::string LargeTexts::keep(const std::string& id, const std::string& name, const std::string& text) {
  const std::string key = fmt::format("sosw/{}/{}", id, name);
  s3_->put(bucket_, key, text, "application/json");
  return fmt::format("{}{}/{}{}", kBeginning, bucket_, key, kEnd);
}

bool LargeTexts::is_kept(const std::string& id, const std::string& text) const {
  return object_in(id, text).has_value();
}

std::optional<std::string> LargeTexts::whole(const std::string& id, const std::string& text) {
  const auto object = object_in(id, text);
  if (!object) return text;
  if (!s3_)
    throw AwsError({.service = "S3",
                    .operation = "GetObject",
                    .code = "NotConfigured",
                    .message = "configure the bucket that the other processes keep large texts in"});
  return s3_->get(object->first, object->second);
}

void LargeTexts::complete(Task& task) {
  for (std::string* text : {&task.payload, &task.result}) {
    try {
      *text = whole(task.task_id, *text).value_or(*text);
    } catch (const AwsError& error) {
      spdlog::warn("task {}: {} can't be read: {}", task.task_id, *text, error.what());
    }
  }
}

}  // namespace sosw::aws
