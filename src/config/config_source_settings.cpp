#include "config/config_source_settings.h"

#include <algorithm>
#include <array>
#include <memory>

#include <spdlog/spdlog.h>

#include "sosw/model/errors.h"

#include "aws/core/account.h"
#include "config/config_sources.h"
#include "essentials/settings.h"
#include "text/known_keys.h"

namespace sosw {
namespace {

constexpr std::array<std::string_view, 2> kAwsKeys = {"config", "config_table"};
constexpr std::array<std::string_view, 3> kKinds = {"table", "parameters", "secrets"};  // as in Kind

ConfigSourceSettings::Kind kind_from(const Json& kind_text) {
  const auto kind = kind_text.is_string() ? std::ranges::find(kKinds, kind_text.get_ref<const std::string&>())
                                          : kKinds.end();
  if (kind == kKinds.end())
    throw InvalidConfig("aws.config", "must be a list of table, parameters and secrets, the lowest first");
  return static_cast<ConfigSourceSettings::Kind>(kind - kKinds.begin());
}

}  // namespace

ConfigSourceSettings parse_config_sources(const Json& document) {
  ConfigSourceSettings settings;
  const auto section = document.find("aws");
  if (section == document.end()) return settings;
  if (!section->is_object()) throw InvalidConfig("aws", "must be an object such as {config: [table]}");
  require_known_keys(*section, "aws", kAwsKeys);
  const Json kinds = section->value("config", Json::array());
  if (!kinds.is_array()) kind_from(kinds);
  for (const Json& kind_text : kinds) settings.in_order.push_back(kind_from(kind_text));
  if (const auto table = section->find("config_table"); table != section->end()) {
    if (!table->is_string() || table->get_ref<const std::string&>().empty())
      throw InvalidConfig("aws.config_table", "must be the name of a table");
    settings.table = table->get<std::string>();
  }
  return settings;
}

InstalledConfig ask(const ConfigSourceSettings& settings, const EssentialNames& names) {
  AwsAccess access;
  aws::DynamoDb dynamo(access.session);
  const std::string env = aws::config_env(access.session.environment());
  std::vector<std::unique_ptr<ConfigSource>> sources;
  for (const ConfigSourceSettings::Kind kind : settings.in_order) {
    if (kind == ConfigSourceSettings::Kind::table)
      sources.push_back(std::make_unique<aws::TableConfig>(dynamo, env, settings.table));
    else if (kind == ConfigSourceSettings::Kind::parameters)
      sources.push_back(std::make_unique<aws::ParameterConfig>(aws::Ssm(access.session), env));
    else
      sources.push_back(std::make_unique<aws::SecretConfig>(aws::SecretsManager(access.session)));
  }
  std::vector<ConfigSource*> in_order;
  for (const auto& source : sources) in_order.push_back(source.get());
  return read_installed_config(names, in_order);
}

}  // namespace sosw
