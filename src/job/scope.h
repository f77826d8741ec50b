#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "job/job_schema.h"
#include "job/values.h"

namespace sosw {

/// Whether a scope isolates an attribute, and into batches of how many values. A sub-job overrides isolate_a
/// with its own isolate_a, but an isolate_as inherited from outside stays in force.
struct ChunkFlags {
  std::optional<bool> isolate_singular;
  std::optional<bool> isolate_plural;
  std::optional<std::int64_t> batch;

  bool asked() const { return isolate_singular.value_or(false) || isolate_plural.value_or(false) || batch; }
  void inherit(const ChunkFlags& around);
};

/// A key of a task. Keys with the same name are the same key: the singular and the plural of an attribute
/// have the plural as their name.
struct Field {
  std::string_view key;    ///< as JSON
  std::string_view value;  ///< as JSON
  std::string_view name;   ///< as JSON
};

/// The job, or a sub-job of it, as seen by the attribute that is chunked next.
struct Scope {
  std::vector<ChunkFlags> flags;  ///< of each attribute, including those of the outer scopes
  std::string_view values_key;
  std::string_view values;          ///< of this scope's attribute; empty when it has none
  std::ptrdiff_t values_index = 0;  ///< their index in `others`
  std::vector<Field> others;
  Shape shape = Shape::none;
  bool needs_chunking = false;
};

/// The attributes of a schema and the meaning of a job's keys for them. A level is the index of an attribute
/// in the schema; one level below the last there is nothing to chunk.
class ScopeReader {
 public:
  explicit ScopeReader(const JobSchema&);

  std::size_t levels() const { return attributes_.size(); }

  /// The plural of that level's attribute, as JSON.
  std::string_view plural(std::size_t level) const { return attributes_[level].plural; }

  /// Parses a sub-job inside of `around` (nullptr for the job itself). Throws InvalidJob.
  void read(std::string_view object, std::size_t level, const Scope* around, Scope& scope);

  /// The number of tasks of a scope of that level. Checks everything in it that read() does not: throws
  /// InvalidJob.
  std::int64_t count(const Scope&, std::size_t level);

 private:
  struct Attribute {
    std::string name;
    std::string singular;  // as JSON
    std::string plural;    // as JSON
  };

  const Attribute* find(std::string_view name) const;
  void read_flag(std::string_view name, std::string_view value, std::vector<ChunkFlags>& own) const;
  bool needs_chunking(const Scope&, std::size_t level);
  std::int64_t count_parts(const Scope&, std::size_t level);

  std::vector<Attribute> attributes_;
  std::vector<ChunkFlags> own_;
  std::vector<Scope> counted_;  // one per level: used by the recursion of count()
  std::vector<Scope> asked_;    // one per level: used by the recursion of needs_chunking()
};

/// The object that a task's `payload` holds, itself or as text; empty when it is something else.
std::optional<JsonText> payload_object(std::string_view value);

}  // namespace sosw
