#include "config/config_sources.h"

#include <limits>
#include <optional>
#include <utility>

#include <spdlog/spdlog.h>

#include "aws/core/access.h"

namespace sosw::aws {
namespace {

using Values = std::map<std::string, std::string>;

constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();

/// The result of `ask`; empty for a source that denies access or does not exist, which is logged once.
template <class Ask>
Values unless_forbidden(bool& told, Ask ask) {
  try {
    return ask();
  } catch (const AwsError& error) {
    if (!is_forbidden(error) && error.code != "ResourceNotFoundException") throw;
    if (!std::exchange(told, true)) spdlog::info("a source of configuration is left out: {}", error.what());
    return {};
  }
}

std::string with_underscore(const std::string& prefix) {
  return prefix.ends_with('_') ? prefix : prefix + '_';
}

Values without_prefix(const Values& values, const std::string& prefix) {
  Values rest;
  for (const auto& [name, value] : values)
    if (name.starts_with(prefix)) rest.emplace(name.substr(prefix.size()), value);
  return rest;
}

Values values_in(std::span<const Item> rows) {
  const auto text_in = [](const Item& row, const char* name) {
    const AttributeValue* value = find(row, name);
    const auto* text = value ? std::get_if<std::string>(&value->value) : nullptr;
    return text ? std::optional(*text) : std::nullopt;
  };
  Values values;
  for (const Item& row : rows)
    if (const auto value = text_in(row, "config_value"))
      values.emplace(text_in(row, "config_name").value_or(""), *value);
  return values;
}

}  // namespace

std::string config_env(const Environment& environment) {
  const std::string stage = environment.get("STAGE").value_or("");
  return stage == "test" || stage == "autotest" ? "dev" : "production";
}

Values TableConfig::find(std::span<const std::string> names) {
  return unless_forbidden(told_, [&] {
    BatchGet get{.table = table_, .consistent = true};
    for (const std::string& name : names) get.keys.push_back({{"env", env_}, {"config_name", name}});
    return values_in(db_.get_all(get));
  });
}

Values TableConfig::find_by_prefix(const std::string& prefix) {
  return unless_forbidden(told_, [&] {
    const std::string begin = with_underscore(prefix);
    const Query query{.table = table_,
                      .key_condition = "env = :env AND begins_with(config_name, :prefix)",
                      .placeholders = {{}, {{":env", env_}, {":prefix", begin}}}};
    return without_prefix(values_in(db_.query_all(query, kAll)), begin);
  });
}

Values ParameterConfig::find(std::span<const std::string> names) {
  // One name with denied access makes the whole request forbidden.
  try {
    return ssm_.parameters(names);
  } catch (const AwsError& error) {
    if (!is_forbidden(error)) throw;
  }
  Values values;
  for (const std::string& name : names)
    values.merge(unless_forbidden(told_, [&] { return ssm_.parameters(std::span(&name, 1)); }));
  return values;
}

Values ParameterConfig::find_by_prefix(const std::string& prefix) {
  return unless_forbidden(told_, [&] {
    const std::string begin = with_underscore(prefix);
    return without_prefix(ssm_.parameters(ssm_.names(begin, "Environment", env_)), begin);
  });
}

Values SecretConfig::find(std::span<const std::string> names) {
  Values values;
  for (const std::string& name : names) values.merge(value_of(name, name));
  return values;
}

Values SecretConfig::find_by_prefix(const std::string& prefix) {
  const std::string begin = with_underscore(prefix);
  return without_prefix(values_of({"name", {begin}}), begin);
}

Values SecretConfig::find_by_tag(const std::string& tag_value) {
  return values_of({"tag-value", {tag_value}});
}

Values SecretConfig::values_of(const SecretsManager::Filter& filter) {
  return unless_forbidden(told_, [&] {
    Values values;
    for (const SecretsManager::Entry& entry : secrets_.list({filter}))
      values.merge(value_of(entry.name, entry.arn));
    return values;
  });
}

Values SecretConfig::value_of(const std::string& name, const std::string& id) {
  return unless_forbidden(told_, [&]() -> Values {
    auto value = secrets_.value(id);
    return value ? Values{{name, *std::move(value)}} : Values();
  });
}

}  // namespace sosw::aws
