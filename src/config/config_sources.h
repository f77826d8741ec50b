#pragma once

#include <map>
#include <string>

#include "aws/clients/dynamo_db.h"
#include "aws/clients/secrets_manager.h"
#include "aws/clients/ssm.h"
#include "config/config_source.h"

namespace sosw::aws {

/// Which environment's configuration is used: "production", or "dev" when the variable STAGE is test or
/// autotest.
std::string config_env(const Environment&);

/// The table of configurations: key env + config_name, and config_value (SPEC 2). One thread at a time, like
/// the others.
class TableConfig final : public ConfigSource {
 public:
  TableConfig(DynamoDb& db, std::string env, std::string table = "config")
      : db_(db), env_(std::move(env)), table_(std::move(table)) {}

  std::string name() const override { return "the table " + table_; }
  std::map<std::string, std::string> find(std::span<const std::string> names) override;
  std::map<std::string, std::string> find_by_prefix(const std::string& prefix) override;

 private:
  DynamoDb& db_;
  std::string env_;
  std::string table_;
  bool told_ = false;  ///< whether the denied access was logged
};

/// The Parameter Store. By prefix it finds parameters with the tag Environment: env.
class ParameterConfig final : public ConfigSource {
 public:
  ParameterConfig(Ssm ssm, std::string env) : ssm_(std::move(ssm)), env_(std::move(env)) {}

  std::string name() const override { return "the Parameter Store"; }
  std::map<std::string, std::string> find(std::span<const std::string> names) override;
  std::map<std::string, std::string> find_by_prefix(const std::string& prefix) override;

 private:
  Ssm ssm_;
  std::string env_;
  bool told_ = false;
};

/// Secrets Manager.
class SecretConfig final : public ConfigSource {
 public:
  explicit SecretConfig(SecretsManager secrets) : secrets_(std::move(secrets)) {}

  std::string name() const override { return "Secrets Manager"; }
  std::map<std::string, std::string> find(std::span<const std::string> names) override;
  std::map<std::string, std::string> find_by_prefix(const std::string& prefix) override;

  /// The values of all secrets that have a tag with that value, by name.
  std::map<std::string, std::string> find_by_tag(const std::string& tag_value);

 private:
  std::map<std::string, std::string> values_of(const SecretsManager::Filter&);
  std::map<std::string, std::string> value_of(const std::string& name, const std::string& id);

  SecretsManager secrets_;
  bool told_ = false;
};

}  // namespace sosw::aws
