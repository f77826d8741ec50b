#include "job/job_warnings.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "job/job_keys.h"
#include "job/values.h"
#include "text/known_keys.h"

namespace sosw {
namespace {

constexpr std::string_view kIsolatePrefix = "isolate_";
constexpr std::string_view kMaxPrefix = "max_";
constexpr std::string_view kPerBatchSuffix = "_per_batch";

/// The word in singular or plural that a key asks to isolate or to batch.
std::optional<std::string_view> isolated_by(std::string_view key) {
  if (key.starts_with(kIsolatePrefix)) return key.substr(kIsolatePrefix.size());
  if (key.starts_with(kMaxPrefix) && key.ends_with(kPerBatchSuffix) &&
      key.size() > kMaxPrefix.size() + kPerBatchSuffix.size())
    return key.substr(kMaxPrefix.size(), key.size() - kMaxPrefix.size() - kPerBatchSuffix.size());
  return std::nullopt;
}

class Inspection {
 public:
  Inspection(const JsonText& job, const JobSchema& schema, const std::string& schema_name)
      : job_(job), names_(schema.attributes()), schema_name_(schema_name) {}

  std::vector<std::string> warnings() && {
    Members members(job_);
    for (Member member; members.next(member);) look_at(decoded(member.key), member.value);
    return std::move(warnings_);
  }

 private:
  void look_at(const std::string& key, std::string_view value) {
    const bool is_ours = std::ranges::find(kSteeringNames, key) != kSteeringNames.end() ||
                         std::ranges::find(kChunkingNames, key) != kChunkingNames.end();
    if (is_ours || level_of(key)) return;
    if (const auto word = isolated_by(key))
      look_at_isolation(key, *word, value);
    else
      look_at_unknown(key);
  }

  void look_at_unknown(const std::string& key) {
    std::vector<std::string_view> known(kSteeringNames.begin(), kSteeringNames.end());
    known.insert(known.end(), kChunkingNames.begin(), kChunkingNames.end());
    const std::string_view nearest = nearest_word(key, known, std::max<std::size_t>(1, key.size() / 4));
    if (!nearest.empty())
      warn("{}: is not a key of sosw and goes to the workers as it is (did you mean '{}'?)", shown(key),
           nearest);
  }

  void look_at_isolation(const std::string& key, std::string_view word, std::string_view value) {
    const auto level = level_of(word);
    if (!level) {
      std::vector<std::string> keys = {"isolate_days"};
      for (const std::string& name : names_)
        keys.insert(keys.end(), {fmt::format("{}{}s", kIsolatePrefix, name),
                                 fmt::format("{}{}s{}", kMaxPrefix, name, kPerBatchSuffix)});
      warn("{}: has no effect: the schema '{}' has no attribute '{}'{}", shown(key), schema_name_,
           shown(word), did_you_mean(key, std::vector<std::string_view>(keys.begin(), keys.end())));
      return;
    }
    const std::size_t reached = reached_from(job_, 0, *level);
    if (is_truthy(value) && reached <= *level)
      warn("{}: has no effect: the job names no {}{}", key, names_[reached],
           reached < *level ? fmt::format(", and {} are only cut within one (the schema '{}' is {})",
                                          names_[*level] + 's', schema_name_, fmt::join(names_, ", "))
                            : "");
  }

  /// The index in the schema of an attribute named in singular or plural.
  std::optional<std::size_t> level_of(std::string_view word) const {
    for (std::size_t level = 0; level < names_.size(); ++level)
      if (word == names_[level] ||
          (word.size() == names_[level].size() + 1 && word.ends_with('s') && word.starts_with(names_[level])))
        return level;
    return std::nullopt;
  }

  /// The first level, from this one to `wanted`, for which no part of the object has values; one more than
  /// `wanted` when it has values of that.
  std::size_t reached_from(std::string_view object, std::size_t level, std::size_t wanted) const {
    std::string_view written = find_member(object, names_[level]);
    if (written.empty()) written = find_member(object, names_[level] + 's');
    if (written.empty()) return level;
    if (level == wanted) return level + 1;
    std::size_t reached = level + 1;
    Values values(written);
    for (Member value; reached <= wanted && values.next(value);)
      if (is_object(value.value)) reached = std::max(reached, reached_from(value.value, level + 1, wanted));
    return reached;
  }

  template <class... Args>
  void warn(fmt::format_string<Args...> format, Args&&... args) {
    warnings_.push_back(fmt::format(format, std::forward<Args>(args)...));
  }

  std::string_view job_;
  const std::vector<std::string>& names_;
  const std::string& schema_name_;
  std::vector<std::string> warnings_;
};

}  // namespace

std::vector<std::string> job_warnings(const JsonText& job, const JobSchema& schema,
                                      const std::string& schema_name) {
  return Inspection(job, schema, schema_name).warnings();
}

}  // namespace sosw
