#include "local/aws_functions.h"

namespace sosw {

AwsFunctions::AwsFunctions(Outcomes& outcomes)
    : lambda_(access_.session), in_background_(outcomes, lambda_) {}

void AwsFunctions::set_durations(const Config& config, Settings& settings) {
  for (const std::string& id : config.on_aws) {
    if (config.document.content["labourers"][id].contains("duration")) continue;
    Labourer& labourer = settings.labourers.at(id);
    labourer.duration = lambda_.timeout_of(labourer).value_or(labourer.duration);
  }
}

}  // namespace sosw
