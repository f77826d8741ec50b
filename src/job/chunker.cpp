#include "job/chunker.h"

#include <algorithm>
#include <vector>

#include "job/job_keys.h"
#include "job/opened_job.h"
#include "job/payload_list.h"
#include "job/scope.h"

namespace sosw {
namespace {

constexpr std::string_view kDateList = R"("date_list")";

using Form = TaskSource::Form;

/// A sub-job on the path from the job to the next task.
struct Frame {
  Scope scope;
  bool whole = false;         ///< it is one task
  Values values;              ///< the remaining ones
  std::vector<Field> fields;  ///< of its tasks, including those of the outer scopes, but not `chosen`
  std::string chosen;         ///< list of the current task's values
  std::string head;           ///< the fields, as the beginning of a task's JSON; empty: not written yet
  Form head_form = Form::payload;
};

void append_field(std::string& out, std::string_view key, std::string_view value) {
  if (out.size() > 1) out += ',';
  out.append(key).append(":").append(value);
}

/// A list of the values; unchanged if it is one already.
std::string list_of(std::string_view written) {
  if (is_list(written) && written.find('{') == std::string_view::npos) return std::string(written);
  std::string list = "[";
  Values values(written);
  for (Member value; values.next(value);) {
    if (list.size() > 1) list += ',';
    list.append(value.key);
  }
  return list + ']';
}

/// Chunks a job by the attributes of a schema.
struct AttributeCutter final : TaskSource {
  ScopeReader reader;
  OpenedJob job;
  std::string labourer_id;  // as JSON
  std::int64_t next_place = 0;

  std::vector<Frame> frames;  // never grows: fields point into it
  std::size_t depth = 0;      // how many of them are open; the innermost is frames[depth - 1]
  std::size_t day = 0;

  std::string_view payload_written;  // the `payload` that was read last
  std::optional<JsonText> payload;

  std::vector<std::string_view> names;  // for take_fields()
  Scope skipped;                        // for skip_values()

  AttributeCutter(const JsonText& document, const JobSchema& schema, std::string_view today,
                  std::string_view labourer)
      : reader(schema),
        job(open_job(document, today, labourer, reader)),
        labourer_id(encoded(labourer)),
        frames(schema.attributes().size() + 1) {}

  bool next(Form form, std::string& out) override;
  std::int64_t index() const override { return next_place; }
  std::int64_t count() const override { return job.tasks_a_day * job.rounds(); }
  void skip_to(std::int64_t index) override;

  void open(std::string_view object);
  void take_fields(Frame& frame, std::size_t level);
  void take_values(Frame& frame, std::size_t level);
  void close();
  bool choose(Frame& frame, std::size_t level);
  void write(Frame& frame, std::size_t level, Form form, std::string& out);
  void write_head(const Frame& frame, std::size_t level, Form form, std::string& out);
  void merge_payload(const Frame& frame, std::size_t level, std::string_view written, std::string& out);
  void skip_values(std::int64_t tasks);
};

/// Opens a sub-job of the innermost frame, or the job itself.
void AttributeCutter::open(std::string_view object) {
  const std::size_t level = depth++;
  Frame& frame = frames[level];
  reader.read(object, level, level == 0 ? nullptr : &frames[level - 1].scope, frame.scope);
  frame.whole = !frame.scope.needs_chunking || frame.scope.shape == Shape::none;
  frame.values = Values(frame.scope.values);
  frame.head.clear();
  take_fields(frame, level);
}

/// Fields of the outer scopes stay unless this one has a field of the same name.
void AttributeCutter::take_fields(Frame& frame, std::size_t level) {
  std::vector<Field>& own = frame.scope.others;
  if (frame.whole) take_values(frame, level);
  if (level == 0 && !job.dates.empty()) own.push_back({kDateList, job.dates[day], kDateList});
  names.clear();
  for (const Field& field : own) names.push_back(field.name);
  if (!frame.whole) names.push_back(reader.plural(level));
  const auto before = [](std::string_view a, std::string_view b) { return compare_text(a, b) < 0; };
  std::ranges::sort(names, before);
  const auto take_unless_own = [&](const Field& field) {
    if (!std::ranges::binary_search(names, field.name, before)) frame.fields.push_back(field);
  };
  frame.fields.clear();
  if (level > 0) {
    for (const Field& field : frames[level - 1].fields) take_unless_own(field);
    const std::string_view plural = reader.plural(level - 1);
    take_unless_own({plural, frames[level - 1].chosen, plural});
  }
  frame.fields.insert(frame.fields.end(), own.begin(), own.end());
}

/// The values of a scope that is one task: flat ones as a list, under the plural, unless nothing of the job
/// is chunked; others unchanged.
void AttributeCutter::take_values(Frame& frame, std::size_t level) {
  Scope& scope = frame.scope;
  if (scope.values.empty()) return;
  Field field{scope.values_key, scope.values, reader.plural(level)};
  if (scope.shape == Shape::flat && (level > 0 || !job.dates.empty())) {
    frame.chosen = list_of(scope.values);
    field = {field.name, frame.chosen, field.name};
  }
  scope.others.insert(scope.others.begin() + scope.values_index, field);
}

void AttributeCutter::close() {
  if (--depth == 0) ++day;
}

/// Moves the values of the next task to frame.chosen, and opens their sub-job if they have one. False when
/// there are no more.
bool AttributeCutter::choose(Frame& frame, std::size_t level) {
  const bool parts = frame.scope.shape == Shape::parts;
  std::int64_t room = parts ? 1 : frame.scope.flags[level].batch.value_or(1);
  frame.chosen = '[';
  for (Member value; room > 0 && frame.values.next(value); --room) {
    if (frame.chosen.size() > 1) frame.chosen += ',';
    frame.chosen.append(value.key);
    if (!parts) continue;
    frame.chosen += ']';
    if (is_object(value.value)) open(value.value);
    return true;
  }
  if (frame.chosen.size() == 1) return false;
  frame.chosen += ']';
  return true;
}

bool AttributeCutter::next(Form form, std::string& out) {
  while (next_place < count()) {
    if (depth == 0) open(job.document);
    const std::size_t level = depth - 1;
    Frame& frame = frames[level];
    if (frame.whole) {
      out.clear();
      write_head(frame, level, form, out);
      out += '}';
      close();
      ++next_place;
      return true;
    }
    if (!choose(frame, level)) {
      close();
    } else if (depth == level + 1) {
      write(frame, level, form, out);
      ++next_place;
      return true;
    }
  }
  return false;
}

void AttributeCutter::write(Frame& frame, std::size_t level, Form form, std::string& out) {
  if (frame.head.empty() || frame.head_form != form) {
    frame.head.clear();
    write_head(frame, level, form, frame.head);
    frame.head_form = form;
  }
  out = frame.head;
  append_field(out, reader.plural(level), frame.chosen);
  out += '}';
}

/// All except the chosen values and the closing brace.
void AttributeCutter::write_head(const Frame& frame, std::size_t level, Form form, std::string& out) {
  out += '{';
  if (form == Form::task) append_field(out, R"("labourer_id")", labourer_id);
  for (const Field& field : frame.fields) {
    if (form == Form::payload && says(field.key, "payload"))
      merge_payload(frame, level, field.value, out);
    else
      append_field(out, field.key, field.value);
  }
}

void AttributeCutter::merge_payload(const Frame& frame, std::size_t level, std::string_view written,
                                    std::string& out) {
  if (payload_written.data() != written.data()) {
    payload = payload_object(written);
    payload_written = written;
  }
  if (!payload) return append_field(out, R"("payload")", written);
  Members members(*payload);
  for (Member member; members.next(member);) {
    const auto same = [&](std::string_view key) { return compare_text(key, member.key) == 0; };
    const bool own = std::ranges::any_of(
        frame.fields, [&](const Field& field) { return same(field.key) && !says(field.key, "payload"); });
    if (!own && (frame.whole || !same(reader.plural(level)))) append_field(out, member.key, member.value);
  }
}

/// Skips tasks of the innermost frame; opens the sub-job that contains the last of them.
void AttributeCutter::skip_values(std::int64_t tasks) {
  while (tasks > 0) {
    const std::size_t level = depth - 1;
    Frame& frame = frames[level];
    Member value;
    if (frame.scope.shape == Shape::flat) {
      for (tasks *= frame.scope.flags[level].batch.value_or(1); tasks > 0 && frame.values.next(value);)
        --tasks;
      return;
    }
    frame.values.next(value);
    std::int64_t inside = 1;
    if (is_object(value.value)) {
      reader.read(value.value, level + 1, &frame.scope, skipped);
      inside = reader.count(skipped, level + 1);
    }
    if (inside <= tasks) {
      tasks -= inside;
      continue;
    }
    frame.chosen = '[' + std::string(value.key) + ']';
    open(value.value);
  }
}

void AttributeCutter::skip_to(std::int64_t index) {
  next_place = index;
  depth = 0;
  day = static_cast<std::size_t>(index / job.tasks_a_day);
  const std::int64_t inside = index % job.tasks_a_day;
  if (inside == 0) return;
  open(job.document);
  skip_values(inside);
}

std::unique_ptr<TaskSource> source_of(const JsonText& document, const JobSchema& schema,
                                      std::string_view today, std::string_view labourer_id) {
  if (schema.lists_payloads()) return std::make_unique<PayloadList>(document, labourer_id);
  return std::make_unique<AttributeCutter>(document, schema, today, labourer_id);
}

}  // namespace

Chunker::Chunker(const JsonText& document, const JobSchema& schema, std::string_view today,
                 std::string_view labourer_id)
    : source_(source_of(document, schema, today, labourer_id)) {}

}  // namespace sosw
