#include "cli/job_view.h"

#include "cli/human_text.h"
#include "cli/output.h"
#include "cli/table.h"

namespace sosw {

std::string table_of(const Json& jobs, Time now) {
  using enum Table::Side;
  Table table({{"job"},
               {"labourer"},
               {"state"},
               {"total", right},
               {"completed", right},
               {"dead", right},
               {"cancelled", right},
               {"scheduled"}});
  for (const Json& job : jobs)
    table.add({job["job_id"].get<std::string>(),
               job["labourer_id"].get<std::string>(),
               {job["state"].get<std::string>(), job["state"] == "finished" ? Colour::faint : Colour::none},
               number_cell(job["total"]),
               number_cell(job["completed"], Colour::green),
               number_cell(job["dead"], Colour::red),
               number_cell(job["cancelled"], Colour::yellow),
               distance(job["created_at"], now)});
  return table.render(output());
}

}  // namespace sosw
