#pragma once

#include <map>
#include <string>
#include <vector>

#include "sosw/essentials/settings.h"
#include "sosw/functions/process_functions.h"
#include "sosw/model/errors.h"

#include "cli/document.h"

namespace sosw {

/// An installation as sosw.yaml describes it.
struct Config {
  Document document;
  Settings settings;
  std::map<std::string, Command> commands;  ///< how to run each labourer; relative paths are resolved
  std::string alarm_webhook;                ///< empty: alarms are lines of the log
};

/// Throws InvalidConfig in one line: "sosw.yaml:12: labourers.word_count.retry: ...".
Config read_config(const std::string& file);

/// The same error, with the file and line in front of its place.
InvalidConfig with_place(const Document&, const InvalidConfig&);

/// Labourers whose program can't be found or executed here: what is wrong, by id.
std::map<std::string, std::string> missing_programs(const Config&);

}  // namespace sosw
