#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sosw/model/errors.h"

#include "config/document.h"
#include "essentials/essential_names.h"
#include "essentials/settings.h"
#include "runners/process/process_functions.h"
#include "runners/runtime/runtime_functions.h"
#include "store/dynamo/dynamo_store.h"

namespace sosw {

/// The destination of alarms.
struct AlarmAddress {
  enum class Kind { log, webhook, aws } kind = Kind::log;
  std::string text;  ///< a URL; the ARN of a topic, or the ARN of a function
};

/// An installation as sosw.yaml describes it.
struct Config {
  Document document;
  Settings settings;
  // How to run each labourer: it is in one of these, unless this program itself runs it. Paths are resolved.
  std::map<std::string, Command> commands;      ///< a process per task
  std::map<std::string, Bootstrap> bootstraps;  ///< warm processes over the Lambda Runtime API
  std::map<std::string, std::string> urls;      ///< a POST per task
  std::vector<std::string> on_aws;              ///< functions on AWS Lambda, by the labourer's arn
  EssentialNames essentials;
  AlarmAddress alarm;
  aws::DynamoTables tables;  ///< for a store on DynamoDB
};

/// The file, layered over the sources that its part `aws` names, see config_source_settings.h. Throws
/// InvalidConfig in one line: "sosw.yaml:12: labourers.word_count.retry: ...". The labourers of these ids are
/// run by this program itself: the file does not say how.
Config read_config(const std::string& file, const std::set<std::string>& run_here = {});

/// The contents of the table `config` of an installation on AWS; nullopt when it has none. Throws as
/// read_config() does, and AwsError when the table can't be read.
std::optional<Config> read_config_of_installation();

/// The same error, or each of the same errors, prefixed with file and line.
InvalidConfig with_location(const Document&, const InvalidConfig&);
[[noreturn]] void throw_with_places(const Document&, const InvalidConfig&);

/// Labourers whose program can't be found or executed here: the problem, by id.
std::map<std::string, std::string> missing_programs(const Config&);

}  // namespace sosw
