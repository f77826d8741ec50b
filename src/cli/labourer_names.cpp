#include "cli/labourer_names.h"

#include <set>

#include <fmt/format.h>

#include "sosw/model/errors.h"

namespace sosw {

void require_labourer(const std::string& id, TaskDesk& desk, const Settings* settings) {
  std::set<std::string> ids;
  for (std::string& known : desk.labourer_ids()) ids.insert(std::move(known));
  if (settings)
    for (const auto& [known, labourer] : settings->labourers) ids.insert(known);
  if (ids.contains(id)) return;
  const std::vector<std::string_view> names(ids.begin(), ids.end());
  const std::string hint = did_you_mean(id, names);
  throw Error(fmt::format("there is no labourer '{}'{}", id,
                          hint.empty() ? fmt::format("; known are {}", fmt::join(names, ", ")) : hint));
}

}  // namespace sosw
