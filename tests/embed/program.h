#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "sosw/embed/job_queue.h"

namespace sosw {

/// A program with a folder for its store, which is gone with the test.
class Program : public ::testing::Test {
 protected:
  Program() {
    std::string pattern = (std::filesystem::temp_directory_path() / "sosw_embed_XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~Program() override { std::filesystem::remove_all(folder_); }

  /// One labourer, "work", which this function does.
  JobQueueConfig config(TaskFunction work, Labourer labourer = {.max_simultaneous_invocations = 4}) const {
    labourer.id = "work";
    return {.store = store(), .labourers = {std::move(labourer)}, .functions = {{"work", std::move(work)}}};
  }
  std::string store() const { return "sqlite:" + (folder_ / "queue.db").string(); }

  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name) << text;
    return (folder_ / name).string();
  }

  std::filesystem::path folder_;
};

inline std::vector<std::string> payloads(int count) {
  std::vector<std::string> made;
  for (int i = 0; i < count; ++i) made.push_back(R"({"number":)" + std::to_string(i) + "}");
  return made;
}

}  // namespace sosw
