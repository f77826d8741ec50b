#pragma once

#include <string>
#include <vector>

#include "essentials/planned_job.h"

namespace sosw {

/// The text of a file, of an object on S3 ("s3://bucket/key"), or of standard input for "-".
std::string read_job_text(const std::string& file);

/// The same, for one job unless it is an envelope with several. Throws Error that names the file when it is
/// not JSON.
JsonText read_job_file(const std::string& file);

/// The jobs of such a text, fully checked, so that nothing of a bad job or a misspelt key reaches the store.
/// Throws InvalidJob that names the file and the key.
std::vector<PlannedJob> plan_job_file(const std::string& file, const JsonText& event, const Settings&);

}  // namespace sosw
