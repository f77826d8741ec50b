// The model store keeps the contract of every store: without faults and stale reads it is a plain one.

#include "ports/task_store_contract.h"
#include "simulation/store/model_store.h"

namespace sosw {
namespace {

class ModelStoreUnderTest final : public StoreUnderTest {
 public:
  TaskStore& tasks() override { return store_; }
  JobStore& jobs() override { return store_; }
  AdminStore& admin() override { return store_; }

 private:
  simulation::ModelStore store_;
};

}  // namespace

std::vector<StoreMaker> stores_under_contract() {
  return {{"model", [] { return std::make_unique<ModelStoreUnderTest>(); }}};
}

}  // namespace sosw
