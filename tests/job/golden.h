#pragma once

#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace sosw {

/// The worked cases of tests/golden/NAME.jsonl; the order of their keys is part of the input.
inline std::vector<nlohmann::ordered_json> golden_cases(const std::string& name, std::size_t count) {
  std::ifstream file(std::string(SOSW_SOURCE_DIR "/tests/golden/") + name + ".jsonl");
  std::vector<nlohmann::ordered_json> cases;
  for (std::string line; std::getline(file, line);) cases.push_back(nlohmann::ordered_json::parse(line));
  EXPECT_EQ(cases.size(), count) << "of " << name << " were found";
  return cases;
}

}  // namespace sosw
