#include "sosw/model/task_id.h"

#include <algorithm>

#include <fmt/format.h>

namespace sosw {
namespace {

constexpr std::size_t kJobIdDigits = 16;
constexpr std::size_t kVersionDigit = 12;  // of a UUID: Python's task ids have a '1' there

bool is_lower_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

/// FNV-1a, finished with a mixer so that keys which differ in one character share no digits.
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const unsigned char c : text) hash = (hash ^ c) * 0x100000001b3;
  hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccd;
  hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53;
  return hash ^ (hash >> 33);
}

}  // namespace

std::string job_id_from(std::uint64_t bits) {
  std::string id = fmt::format("{:016x}", bits);
  if (id[kVersionDigit] == '1') id[kVersionDigit] = '0';
  return id;
}

std::string job_id_from_key(std::string_view idempotency_key) {
  return job_id_from(hash_of(idempotency_key));
}

std::string task_id(std::string_view job_id, std::int64_t index) {
  return fmt::format("{}{:016x}", job_id, index);
}

std::optional<std::string> job_id_of(std::string_view id) {
  if (!is_task_id(id) || id[kVersionDigit] == '1') return std::nullopt;
  return std::string(id.substr(0, kJobIdDigits));
}

bool is_task_id(std::string_view text) {
  return text.size() == 2 * kJobIdDigits && std::ranges::all_of(text, is_lower_hex);
}

}  // namespace sosw
