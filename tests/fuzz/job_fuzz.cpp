// Events from outside: the first line names the attributes of the schema, the rest is the event. Whatever it
// holds, it is cut into tasks that are JSON, or refused as InvalidJob or InvalidConfig.

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "sosw/model/errors.h"

#include "job/chunker.h"
#include "job/event_envelope.h"
#include "job/job_request.h"

namespace {

using namespace sosw;

constexpr int kTasksLookedAt = 50;
constexpr std::size_t kBytesLookedAt = 1 << 20;  // many tasks of a large job would only be slow

void require(bool holds) {
  if (!holds) std::abort();
}

JobSchema schema_from(std::string_view line) {
  std::vector<std::string> names;
  while (!line.empty()) {
    const std::size_t comma = std::min(line.find(','), line.size());
    names.emplace_back(line.substr(0, comma));
    line.remove_prefix(std::min(line.size(), comma + 1));
  }
  return JobSchema(std::move(names));
}

/// From that place on, some tasks; the first of them.
std::string look_at(Chunker& chunker, std::int64_t index) {
  chunker.skip_to(index);
  std::string first;
  std::string payload;
  std::size_t bytes = 0;
  for (int i = 0; i < kTasksLookedAt && bytes < kBytesLookedAt && chunker.next_payload(payload); ++i) {
    require(nlohmann::json::parse(payload).is_object());
    if (i == 0) first = payload;
    bytes += payload.size();
  }
  return first;
}

void chunk(const JsonText& event, const JobSchema& schema) {
  const JobRequest request = parse_job_request(event, "worker");
  Chunker chunker(request.document, schema, "2026-11-24", request.labourer);
  require(chunker.count() > 0);
  look_at(chunker, 0);
  const std::int64_t reached = chunker.index();
  require(reached > 0);
  // Stepping over tasks ends where walking past them does.
  std::string walked;
  chunker.skip_to(reached - 1);
  require(chunker.next_payload(walked));
  require(look_at(chunker, reached - 1) == walked);
  std::string task;
  chunker.skip_to(chunker.count() - 1);
  require(chunker.next_task(task) && !chunker.next_task(task));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t line = std::min(input.find('\n'), input.size());
  try {
    const JobSchema schema = schema_from(input.substr(0, line));
    require(JobSchema::from_json(schema.to_json()).attributes() == schema.attributes());
    for (const JsonText& event : unwrap_event(input.substr(std::min(size, line + 1)))) {
      try {
        chunk(event, schema);
      } catch (const InvalidJob&) {
      }
    }
  } catch (const InvalidJob&) {
  } catch (const InvalidConfig&) {
  }
  return 0;
}
