#include "model/invocation_event.h"

#include <array>
#include <charconv>
#include <iterator>

#include <fmt/format.h>

#include "sosw/model/task_id.h"

namespace sosw {
namespace {

/// Function names and ids hold no character that JSON would escape, but rows of other systems might.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\')
      out += {'\\', c};
    else if (static_cast<unsigned char>(c) < 0x20)
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<int>(c));
    else
      out += c;
  }
  return out += '"';
}

/// The shortest digits that parse back to this time, never with an exponent: some parse it as a decimal.
std::string digits_of(Time time) {
  std::array<char, 400> digits;  // the largest double has 309
  const auto [end, error] =
      std::to_chars(digits.begin(), digits.end(), time.since_epoch(), std::chars_format::fixed);
  return {digits.begin(), end};
}

}  // namespace

std::string invocation_event(const Task& before, int attempt, const std::string& token) {
  std::string event = before.payload.substr(0, before.payload.rfind('}'));
  const bool empty = event.find_first_not_of(" \t\r\n", event.find('{') + 1) == std::string::npos;
  const auto job = job_id_of(before.task_id);
  fmt::format_to(std::back_inserter(event),
                 R"({}"task_id":{},"labourer_id":{},"created_at":{},"greenfield":{},"attempts":{},)"
                 R"("sosw":{{"attempt":{},"token":"{}","job_id":{}}}}})",
                 empty ? "" : ",", quoted(before.task_id), quoted(before.labourer_id),
                 digits_of(before.created_at), before.greenfield, before.attempts, attempt, token,
                 job ? quoted(*job) : "null");
  return event;
}

}  // namespace sosw
