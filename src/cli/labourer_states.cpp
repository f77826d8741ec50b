#include "cli/labourer_states.h"

namespace sosw {

std::vector<LabourerState> LabourerStates::look() {
  if (!store_) store_ = open_store(store_location_, StoreAccess::read);
  const auto controls = store_->admin().controls();
  std::vector<LabourerState> states;
  for (const auto& [id, labourer] : here_.settings.labourers) {
    const auto control = controls.find(id);
    const Condition condition = here_.ecology.condition(labourer);
    const Allowance allowed =
        allowance(labourer, control == controls.end() ? LabourerControl{} : control->second, condition,
                  here_.settings.coefficients);
    states.push_back({id, store_->tasks().count(id, clock_.now(), labourer.attempt_timeout()), allowed.limit,
                      static_cast<int>(condition.health)});
  }
  return states;
}

}  // namespace sosw
