#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "runners/process/process_functions.h"

namespace sosw {

inline std::string text_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();  // a file of /proc whose process ends meanwhile is read as far as it goes
  return text.str();
}

/// Returns when the condition holds.
inline void wait_until(const std::function<bool()>& condition) {
  while (!condition()) std::this_thread::yield();
}

/// The processes in one of whose files in /proc, a list of texts that each end in a zero, this text stands.
inline std::vector<pid_t> processes_with(const std::string& text, const char* file = "environ") {
  std::vector<pid_t> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const int process = std::atoi(entry.path().filename().c_str());
    if (process <= 0) continue;
    const std::string texts = '\0' + text_of(entry.path() / file);
    if (texts.find('\0' + text + '\0') != std::string::npos) found.push_back(process);
  }
  return found;
}

/// Waits for that many outcomes, by task id.
inline std::map<std::string, Outcome> outcomes_of(Outcomes& outcomes, std::size_t count) {
  std::map<std::string, Outcome> found;
  while (found.size() < count) {
    outcomes.wait_for(60);
    for (Outcome& outcome : outcomes.take()) {
      const std::string id = outcome.task.task_id;
      EXPECT_TRUE(found.emplace(id, std::move(outcome)).second) << "a second outcome of task " << id;
    }
  }
  return found;
}

/// A folder for workers, and a labourer for each of them.
class ProcessFixture : public ::testing::Test {
 protected:
  ProcessFixture() {
    std::string pattern = (std::filesystem::temp_directory_path() / "sosw_functions_XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~ProcessFixture() override {
    functions_.reset();
    std::filesystem::remove_all(folder_);
  }

  /// A labourer whose worker is this shell script.
  void add(const std::string& id, const std::string& script, Seconds duration = 60) {
    std::ofstream(folder_ / (id + ".sh")) << script << '\n';
    add_command(id, {{"sh", id + ".sh"}, folder_}, duration);
  }
  void add_command(const std::string& id, Command command, Seconds duration = 60) {
    commands_[id] = std::move(command);
    labourers_[id] = {.id = id, .duration = duration};
  }

  ProcessFunctions& functions() {
    if (!functions_) functions_ = std::make_unique<ProcessFunctions>(outcomes_, commands_);
    return *functions_;
  }

  Invocation invocation(const std::string& id, const std::string& task_id, std::string event = "{}") {
    return {&labourers_.at(id), {.task_id = task_id, .labourer_id = id}, std::move(event)};
  }

  Dispatch invoke(const std::string& id, const std::string& task_id = "t", std::string event = "{}") {
    std::vector<Invocation> one;
    one.push_back(invocation(id, task_id, std::move(event)));
    return functions().invoke(std::move(one)).at(0);
  }

  /// What becomes of one invocation.
  Outcome outcome_of(const std::string& id, std::string event = "{}") {
    EXPECT_EQ(invoke(id, "t", std::move(event)).kind, Dispatch::Kind::accepted);
    return outcomes_of(outcomes_, 1).at("t");
  }
  Outcome outcome_of_script(const std::string& script, std::string event = "{}") {
    add("worker", script);
    return outcome_of("worker", std::move(event));
  }

  std::filesystem::path folder_;
  std::map<std::string, Command> commands_;
  std::map<std::string, Labourer> labourers_;
  Outcomes outcomes_;
  std::unique_ptr<ProcessFunctions> functions_;
};

}  // namespace sosw
