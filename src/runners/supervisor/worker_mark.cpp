#include "runners/supervisor/worker_mark.h"

#include <algorithm>
#include <charconv>
#include <string_view>

#include <fmt/format.h>

#include "runners/supervisor/process_list.h"

namespace sosw {
namespace {

constexpr std::string_view kVariable = "SOSW_KEPT=";
constexpr std::string_view kLimit = "Max file locks ";  // the start of a line of /proc/<process>/limits

// A mark's bits, from the highest: 0; the supervisor's number and the lower ones of its start time; the lower
// ones of the start. Process numbers are no larger: see PID_MAX_LIMIT.
constexpr int kSupervisorBits = 22;
constexpr int kBeganBits = 21;
constexpr int kStartBits = 20;

constexpr std::uint64_t lowest(std::uint64_t number, int bits) {
  return number & ((std::uint64_t{1} << bits) - 1);
}

std::optional<std::uint64_t> number_behind(std::string_view text, std::string_view name) {
  text.remove_prefix(std::min(text.find_first_not_of(' ', name.size()), text.size()));
  std::uint64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  return read.ec == std::errc() ? std::optional(number) : std::nullopt;
}

/// The value of the first part that begins with the name.
std::optional<std::uint64_t> number_in(const std::string& text, char separator, std::string_view name) {
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view part = rest.substr(0, rest.find(separator));
    if (part.starts_with(name)) return number_behind(part, name);
    rest.remove_prefix(std::min(part.size() + 1, rest.size()));
  }
  return std::nullopt;
}

}  // namespace

std::optional<WorkerMark> WorkerMark::on(pid_t process) {
  const std::string limits = read_of_process(process, "limits", std::size_t{8} * 1024);
  if (const auto number = number_in(limits, '\n', kLimit))
    if (const auto mark = from(*number)) return mark;
  const std::string environment = read_of_process(process, "environ", std::size_t{256} * 1024);
  const auto number = number_in(environment, '\0', kVariable);
  return number ? from(*number) : std::nullopt;
}

/// Neither a limit set by others, nor RLIM_INFINITY.
std::optional<WorkerMark> WorkerMark::from(std::uint64_t number) {
  const bool is_one =
      number >> (kBeganBits + kStartBits) != 0 && number >> (kSupervisorBits + kBeganBits + kStartBits) == 0;
  return is_one ? std::optional(WorkerMark(number)) : std::nullopt;
}

bool WorkerMark::supervisor_lives() const {
  const auto state = state_of(static_cast<pid_t>(number_ >> (kBeganBits + kStartBits)));
  return state && !state->has_ended() &&
         lowest(state->began, kBeganBits) == lowest(number_ >> kStartBits, kBeganBits);
}

std::string WorkerMark::variable() const { return fmt::format("{}{}", kVariable, number_); }

SupervisorMarks::SupervisorMarks(pid_t supervisor)
    : supervisor_(lowest(static_cast<std::uint64_t>(supervisor), kSupervisorBits) << kBeganBits |
                  lowest(state_of(supervisor).value_or(ProcessState{}).began, kBeganBits)) {}

WorkerMark SupervisorMarks::of_start(std::uint64_t id) const {
  return WorkerMark(supervisor_ << kStartBits | lowest(id, kStartBits));
}

}  // namespace sosw
