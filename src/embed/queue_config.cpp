#include "embed/queue_config.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "sosw/model/errors.h"

#include "config/labourer_settings.h"

namespace sosw {
namespace {

constexpr std::size_t kMostThreads = 64;  // unless the program sets it

void add_labourer(const Labourer& labourer, const JobQueueConfig& wanted, Settings& settings) {
  require_usable(labourer);
  const std::string where = "labourers." + labourer.id;
  if (!wanted.functions.contains(labourer.id)) throw InvalidConfig(where, "has no function");
  if (!settings.labourers.emplace(labourer.id, labourer).second)
    throw InvalidConfig(where, "is there already; a labourer comes once, from the file or from code");
}

void require_usable_functions(const JobQueueConfig& wanted, const Settings& settings) {
  for (const auto& [id, function] : wanted.functions) {
    const std::string where = "functions." + id;
    if (!settings.labourers.contains(id))
      throw InvalidConfig(where, "there is no labourer of that name; add one, in the file or in code");
    if (!function) throw InvalidConfig(where, "is empty");
  }
}

}  // namespace

Config config_of(const JobQueueConfig& wanted) {
  std::set<std::string> run_here;
  for (const auto& [id, function] : wanted.functions) run_here.insert(id);
  Config config = wanted.file.empty() ? Config() : read_config(wanted.file, run_here);
  config.settings.job_schema_variants.try_emplace("default");
  for (const Labourer& labourer : wanted.labourers) add_labourer(labourer, wanted, config.settings);
  require_usable_functions(wanted, config.settings);
  if (config.settings.labourers.empty())
    throw InvalidConfig("labourers", "there is none; a queue needs somebody who does the work");
  return config;
}

std::size_t threads_of(const JobQueueConfig& wanted, const Settings& settings) {
  if (wanted.threads > 0 || wanted.functions.empty()) return wanted.threads;
  std::size_t threads = 0;
  for (const auto& [id, function] : wanted.functions)
    threads += static_cast<std::size_t>(settings.labourers.at(id).max_simultaneous_invocations);
  return std::clamp<std::size_t>(threads, 1, kMostThreads);
}

}  // namespace sosw
