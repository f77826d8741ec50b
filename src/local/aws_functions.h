#pragma once

#include "aws/core/account.h"
#include "config/config.h"
#include "essentials/settings.h"
#include "runners/background_functions.h"
#include "runners/lambda_functions.h"

namespace sosw {

/// The functions on AWS Lambda that a configuration names, in the account and region of the environment.
class AwsFunctions {
 public:
  /// Throws InvalidConfig when the environment has no region, or can't be read. Sends no other request yet.
  explicit AwsFunctions(Outcomes&);

  /// A labourer without its own duration gets its function's timeout, if that can be read.
  void set_durations(const Config&, Settings&);

  BackgroundFunctions& functions() { return in_background_; }

 private:
  AwsAccess access_;
  aws::LambdaFunctions lambda_;
  BackgroundFunctions in_background_;
};

}  // namespace sosw
