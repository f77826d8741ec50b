// What holds for every job, on jobs that nobody would think of.

#include <map>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <rapidcheck.h>

#include "job/chunker.h"

namespace sosw {
namespace {

const std::vector<std::string> kAttributes = {"region", "city", "shop"};

/// A job made by chance, and what it names.
class RandomJob {
 public:
  RandomJob() {
    text_ = scope(0);
    if (chance()) {
      days_ = *rc::gen::inRange(1, 4);
      text_.insert(1, fmt::format(R"("period":"last_{}_days","isolate_days":true,)", days_));
    }
  }

  const std::string& text() const { return text_; }
  int days() const { return days_; }
  const std::vector<std::string>& leaves() const { return leaves_; }  ///< values that nothing is below
  const std::vector<std::string>& names() const { return names_; }    ///< values with a sub-job, other keys

 private:
  static bool chance() { return *rc::gen::inRange(0, 2) == 1; }
  static std::string s() { return chance() ? "s" : ""; }

  std::string fresh(std::vector<std::string>& list) {
    list.push_back(fmt::format("\"n{}\"", ++named_));
    return list.back();
  }

  std::string scope(std::size_t level) {
    std::string object = fmt::format("{{{}:1", fresh(names_));
    for (std::size_t i = level; i < kAttributes.size(); ++i) {
      if (*rc::gen::inRange(0, 4) == 0)
        object += fmt::format(R"(,"isolate_{}{}":{})", kAttributes[i], s(), chance());
      if (*rc::gen::inRange(0, 6) == 0)
        object += fmt::format(R"(,"max_{}{}_per_batch":{})", kAttributes[i], s(), *rc::gen::inRange(1, 4));
    }
    if (level < kAttributes.size() && *rc::gen::inRange(0, 8) != 0)
      object += fmt::format(R"(,"{}{}":{})", kAttributes[level], s(), values(level));
    return object + '}';
  }

  std::string values(std::size_t level) {
    const int count = *rc::gen::inRange(0, 5);
    switch (*rc::gen::inRange(0, 4)) {
      case 0:
        return fresh(leaves_);
      case 1: {
        std::string list;
        for (int i = 0; i < count; ++i) list += (i == 0 ? "" : ", ") + fresh(leaves_);
        return fmt::format("[{}]", list);
      }
      case 2:
        return fmt::format("[{},{}]", parts(level, count), parts(level, 1));
      default:
        return parts(level, count);
    }
  }

  std::string parts(std::size_t level, int count) {
    std::string object;
    for (int i = 0; i < count; ++i) {
      const bool leaf = chance();
      object += (i == 0 ? "" : ", ") + fresh(leaf ? leaves_ : names_) + ": ";
      object += leaf ? "null" : scope(level + 1);
    }
    return fmt::format("{{{}}}", object);
  }

  int named_ = 0;
  int days_ = 1;
  std::vector<std::string> leaves_;
  std::vector<std::string> names_;
  std::string text_;
};

Chunker make_chunker(const RandomJob& job) {
  return {JsonText(job.text()), JobSchema(kAttributes), "2026-11-24", "worker"};
}

std::vector<std::string> tasks_of(Chunker& chunker) {
  std::vector<std::string> tasks;
  for (std::string task; chunker.next_payload(task);) tasks.push_back(task);
  return tasks;
}

int times_named(const std::vector<std::string>& tasks, const std::string& name) {
  return static_cast<int>(std::ranges::count_if(
      tasks, [&](const std::string& task) { return task.find(name) != std::string::npos; }));
}

TEST(EveryJob, SchedulesEveryValueExactlyOnce) {
  EXPECT_TRUE(rc::check([] {
    const RandomJob job;
    RC_LOG(job.text());
    Chunker chunker = make_chunker(job);
    const std::vector<std::string> tasks = tasks_of(chunker);
    for (const std::string& leaf : job.leaves()) RC_ASSERT(times_named(tasks, leaf) == job.days());
    for (const std::string& name : job.names()) RC_ASSERT(times_named(tasks, name) >= job.days());
  }));
}

TEST(EveryJob, ProducesAsManyTasksAsItCounts) {
  EXPECT_TRUE(rc::check([] {
    const RandomJob job;
    RC_LOG(job.text());
    Chunker chunker = make_chunker(job);
    const std::int64_t count = chunker.count();
    const std::vector<std::string> tasks = tasks_of(chunker);
    RC_ASSERT(static_cast<std::int64_t>(tasks.size()) == count);
    for (const std::string& task : tasks) {
      RC_ASSERT(nlohmann::json::parse(task).is_object());
      RC_ASSERT(task.find('\n') == std::string::npos);
    }
  }));
}

TEST(EveryJob, ContinuesFromAnyIndexIdentically) {
  EXPECT_TRUE(rc::check([] {
    const RandomJob job;
    RC_LOG(job.text());
    Chunker plain = make_chunker(job);
    const std::vector<std::string> tasks = tasks_of(plain);
    Chunker chunker = make_chunker(job);
    for (int i = 0; i < 5; ++i) {
      const auto index = *rc::gen::inRange<std::size_t>(0, tasks.size() + 1);
      chunker.skip_to(static_cast<std::int64_t>(index));
      RC_ASSERT(chunker.index() == static_cast<std::int64_t>(index));
      std::string task;
      for (std::size_t next = index; next < std::min(index + 3, tasks.size()); ++next) {
        RC_ASSERT(chunker.next_payload(task));
        RC_ASSERT(task == tasks[next]);
      }
      if (index + 3 > tasks.size()) RC_ASSERT_FALSE(chunker.next_payload(task));
    }
  }));
}

}  // namespace
}  // namespace sosw
