#include "job/job_schema.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "sosw/model/errors.h"

#include "job/job_keys.h"
#include "text/json_text.h"
#include "text/parse_json.h"

namespace sosw {
namespace {

constexpr auto kPayloads = "payloads";

void check_name(const std::string& name) {
  if (name.empty()) throw InvalidConfig("", "an attribute's name can't be empty");
  if (name.back() == 's')
    throw InvalidConfig(
        "",
        fmt::format("'{}' ends in s; attributes are named in singular, and jobs may use the plural", name));
  if (decoded(encoded(name)) != name)
    throw InvalidConfig("",
                        fmt::format("{} is no UTF-8 text, which an attribute's name must be", encoded(name)));
  for (const std::string& form : {name, name + 's'})
    if (is_reserved(form) || std::ranges::find(kSteeringNames, form) != kSteeringNames.end() ||
        std::ranges::find(kChunkingNames, form) != kChunkingNames.end())
      throw InvalidConfig(
          "", fmt::format("'{}' can't name an attribute: '{}' has a meaning of its own in jobs", name, form));
}

}  // namespace

JobSchema::JobSchema(std::vector<std::string> attributes) : attributes_(std::move(attributes)) {
  for (auto name = attributes_.begin(); name != attributes_.end(); ++name) {
    check_name(*name);
    if (std::find(attributes_.begin(), name, *name) != name)
      throw InvalidConfig("", fmt::format("'{}' comes twice", *name));
  }
}

JobSchema JobSchema::of_payloads() {
  JobSchema schema;
  schema.lists_payloads_ = true;
  return schema;
}

JobSchema JobSchema::from_json(std::string_view text) {
  const nlohmann::json json = parse_json(text);
  return json == kPayloads ? of_payloads() : JobSchema(json.get<std::vector<std::string>>());
}

std::string JobSchema::to_json() const {
  return (lists_payloads_ ? nlohmann::json(kPayloads) : nlohmann::json(attributes_)).dump();
}

}  // namespace sosw
