#include "cli/labourer_states.h"

namespace sosw {

std::vector<LabourerState> LabourerStates::look() {
  if (!store_) store_.emplace(store_file_, SqliteStore::Open::read_only);
  const auto controls = store_->controls();
  std::vector<LabourerState> states;
  for (const auto& [id, labourer] : here_.settings.labourers) {
    const auto control = controls.find(id);
    const Condition condition = here_.ecology.condition(labourer);
    const Allowance allowed =
        allowance(labourer, control == controls.end() ? LabourerControl{} : control->second, condition,
                  here_.settings.coefficients);
    states.push_back({id, store_->count(id, clock_.now(), labourer.lapse()), allowed.limit,
                      static_cast<int>(condition.health)});
  }
  return states;
}

}  // namespace sosw
