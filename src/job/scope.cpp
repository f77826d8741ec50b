#include "job/scope.h"

#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "sosw/model/errors.h"

#include "job/job_keys.h"

namespace sosw {
namespace {

constexpr std::string_view kIsolate = "isolate_";
constexpr std::string_view kMax = "max_";
constexpr std::string_view kPerBatch = "_per_batch";
constexpr double kLargestBatch = 1e15;  // more than any job has

std::int64_t batch_from(std::string_view key, std::string_view value) {
  double number = 0;
  if (is_number(value)) std::from_chars(value.data(), value.data() + value.size(), number);
  if (number < 1 || number != std::floor(number))
    throw InvalidJob(fmt::format("{}: must be a whole number from 1, got {}", key, shown(value)));
  return static_cast<std::int64_t>(std::min(number, kLargestBatch));
}

void check_name(std::string_view key, std::string_view of) {
  if (const std::string name = decoded(key); is_reserved(name))
    throw InvalidJob(fmt::format("{}{}: is reserved for the task itself, use another name", of, name));
}

void check_names(const Scope& scope) {
  for (const Field& field : scope.others) {
    check_name(field.key, "");
    if (!says(field.key, "payload")) continue;
    const auto object = payload_object(field.value);
    if (!object) continue;
    Members members(*object);
    for (Member member; members.next(member);) check_name(member.key, "payload.");
  }
}

}  // namespace

void ChunkFlags::inherit(const ChunkFlags& around) {
  if (!isolate_singular) isolate_singular = around.isolate_singular;
  if (!isolate_plural) isolate_plural = around.isolate_plural;
  if (!batch) batch = around.batch;
}

ScopeReader::ScopeReader(const JobSchema& schema) {
  for (const std::string& name : schema.attributes())
    attributes_.push_back({name, encoded(name), encoded(name + 's')});
  counted_.resize(levels() + 1);
  asked_.resize(levels() + 1);
}

const ScopeReader::Attribute* ScopeReader::find(std::string_view name) const {
  if (name.ends_with('s')) name.remove_suffix(1);
  for (const Attribute& attribute : attributes_)
    if (attribute.name == name) return &attribute;
  return nullptr;
}

void ScopeReader::read_flag(std::string_view name, std::string_view value,
                            std::vector<ChunkFlags>& own) const {
  const auto flags_of = [&](std::string_view attribute) {
    const Attribute* found = find(attribute);
    return found == nullptr ? nullptr : &own[static_cast<std::size_t>(found - attributes_.data())];
  };
  if (name.starts_with(kIsolate)) {
    if (ChunkFlags* flags = flags_of(name.substr(kIsolate.size())))
      (name.ends_with('s') ? flags->isolate_plural : flags->isolate_singular) = is_truthy(value);
  } else if (name.starts_with(kMax) && name.ends_with(kPerBatch) &&
             name.size() > kMax.size() + kPerBatch.size()) {
    name.remove_suffix(kPerBatch.size());
    ChunkFlags* flags = flags_of(name.substr(kMax.size()));
    if (flags == nullptr) return;
    const std::int64_t batch = batch_from(fmt::format("{}{}", name, kPerBatch), value);
    if (flags->batch && *flags->batch != batch)
      throw InvalidJob(fmt::format("{}{}: stands here twice, with different values", name, kPerBatch));
    flags->batch = batch;
  }
}

void ScopeReader::read(std::string_view object, std::size_t level, const Scope* around, Scope& scope) {
  scope.values = scope.values_key = {};
  scope.others.clear();
  own_.assign(levels(), {});
  Members members(object);
  std::string unescaped;
  for (Member member; members.next(member);) {
    std::string_view name = member.key.substr(1, member.key.size() - 2);
    if (name.find('\\') != std::string_view::npos) name = unescaped = decoded(member.key);
    const Attribute* attribute = find(name);
    if (attribute != nullptr && level < levels() && attribute == &attributes_[level]) {
      if (!scope.values.empty())
        throw InvalidJob(fmt::format("{0} and {0}s: mean the same, give one of them", attribute->name));
      scope.values_key = member.key;
      scope.values = member.value;
      scope.values_index = static_cast<std::ptrdiff_t>(scope.others.size());
      continue;
    }
    read_flag(name, member.value, own_);
    scope.others.push_back({member.key, member.value, attribute != nullptr ? attribute->plural : member.key});
  }
  if (around != nullptr)
    for (std::size_t i = 0; i < levels(); ++i) own_[i].inherit(around->flags[i]);
  scope.flags = own_;
  scope.shape = shape_of(scope.values);
  scope.needs_chunking = needs_chunking(scope, level);
}

bool ScopeReader::needs_chunking(const Scope& scope, std::size_t level) {
  if (level == levels()) return false;
  if (scope.flags[level].asked()) return true;
  if (scope.shape != Shape::parts || level + 1 == levels()) return false;
  Values values(scope.values);
  for (Member value; values.next(value);) {
    if (!is_object(value.value)) continue;
    read(value.value, level + 1, &scope, asked_[level + 1]);
    if (asked_[level + 1].needs_chunking) return true;
  }
  return false;
}

std::int64_t ScopeReader::count(const Scope& scope, std::size_t level) {
  check_names(scope);
  if (!scope.needs_chunking) return 1;
  switch (scope.shape) {
    case Shape::none:
      return 1;
    case Shape::flat: {
      std::int64_t flat = 0;
      Values values(scope.values);
      for (Member value; values.next(value);) ++flat;
      const std::int64_t batch = scope.flags[level].batch.value_or(1);
      return (flat + batch - 1) / batch;
    }
    case Shape::parts:
      return count_parts(scope, level);
    case Shape::unusable:
      break;
  }
  throw InvalidJob(fmt::format(
      "{}: holds a list within a list; it can be a value, a list of values, or an object of names",
      decoded(scope.values_key)));
}

std::int64_t ScopeReader::count_parts(const Scope& scope, std::size_t level) {
  std::int64_t tasks = 0;
  Values values(scope.values);
  for (Member value; values.next(value);) {
    if (value.value.empty() || is_null(value.value)) {
      ++tasks;
    } else if (is_object(value.value)) {
      read(value.value, level + 1, &scope, counted_[level + 1]);
      tasks += count(counted_[level + 1], level + 1);
    } else {
      throw InvalidJob(fmt::format("{}.{}: must be an object (the sub-job of that name) or null, got {}",
                                   decoded(scope.values_key), decoded(value.key), shown(value.value)));
    }
  }
  return tasks;
}

std::optional<JsonText> payload_object(std::string_view value) {
  if (is_object(value)) return JsonText::piece(value);
  if (!is_text(value)) return std::nullopt;
  const std::string text = decoded(value);
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string::npos || text[first] != '{') return std::nullopt;
  try {
    return JsonText(text);
  } catch (const InvalidJson&) {
    return std::nullopt;
  }
}

}  // namespace sosw
