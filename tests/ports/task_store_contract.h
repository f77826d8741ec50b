#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sosw/ports/admin_store.h"
#include "sosw/ports/job_store.h"
#include "sosw/ports/rule_store.h"
#include "sosw/ports/task_store.h"

// What every store must do, whatever it stores its tasks in. The tests are in the .cpp files beside this one;
// they use the ports only. A room's test binary runs them on its own stores by linking store_contract in
// tests/CMakeLists.txt and by defining this one function:
//
//     #include "ports/task_store_contract.h"
//
//     namespace sosw {
//
//     std::vector<StoreMaker> stores_under_contract() {
//       return {{"simulated", [] { return std::make_unique<SimulatedStoreUnderTest>(); }}};
//     }
//
//     }  // namespace sosw

namespace sosw {

/// One empty store, seen through its ports, and everything that must live as long as it does.
class StoreUnderTest {
 public:
  virtual ~StoreUnderTest() = default;
  virtual TaskStore& tasks() = 0;
  virtual JobStore& jobs() = 0;
  virtual AdminStore& admin() = 0;
  virtual RuleStore* rules() { return nullptr; }  ///< nullptr: not supported
};

/// Makes a fresh store for each test.
struct StoreMaker {
  std::string name;  ///< letters and digits; becomes part of the test's name
  std::function<std::unique_ptr<StoreUnderTest>()> make;
  std::size_t largest_text =
      1'000'000;      ///< bytes of a payload, a document or a worker's text that it must accept
  int many = 25'000;  ///< tasks where a test wants more than any batch of the store holds
};

inline void PrintTo(const StoreMaker& maker, std::ostream* out) { *out << maker.name; }

/// To be defined by each test binary that links store_contract.
std::vector<StoreMaker> stores_under_contract();

}  // namespace sosw
