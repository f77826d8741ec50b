#include <cstdio>

#include <fmt/format.h>

#include "sosw/job/chunker.h"
#include "sosw/job/job_request.h"
#include "sosw/job/period.h"
#include "sosw/model/errors.h"
#include "sosw/system/system_clock.h"

#include "cli/commands/command.h"
#include "cli/output.h"
#include "cli/text_file.h"

namespace sosw {
namespace {

constexpr std::size_t kWriteAt = 1 << 16;  // bytes

struct ChunkOptions {
  Location location;
  std::string job = "-";
  std::vector<std::string> schema;
  bool has_schema = false;
  std::string today;
  std::string labourer = "labourer";
};

}  // namespace
}  // namespace sosw
