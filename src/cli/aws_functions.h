#pragma once

#include "sosw/aws/lambda_functions.h"
#include "sosw/essentials/settings.h"
#include "sosw/functions/background_functions.h"

#include "cli/aws_parts.h"
#include "cli/config.h"

namespace sosw {

/// The functions on AWS Lambda that a configuration names, in the account and region that the environment
/// tells.
class AwsFunctions {
 public:
  /// Throws InvalidConfig when the environment names no region, or can't be read. Asks for nothing else yet.
  explicit AwsFunctions(Outcomes&);

  /// A labourer without a duration of its own gets its function's timeout, if that can be read.
  void set_durations(const Config&, Settings&);

  BackgroundFunctions& functions() { return in_background_; }

 private:
  AwsAccess access_;
  aws::LambdaFunctions lambda_;
  BackgroundFunctions in_background_;
};

}  // namespace sosw
