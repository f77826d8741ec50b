// The contract of tests/ports, on a file and in memory.

#include "ports/task_store_contract.h"
#include "store/sqlite/sqlite_store.h"
#include "store/sqlite/temporary_folder.h"

namespace sosw {
namespace {

class SqliteUnderTest final : public StoreUnderTest {
 public:
  explicit SqliteUnderTest(bool in_memory)
      : store_(in_memory ? std::filesystem::path(":memory:") : folder_.path / "contract.db",
               SqliteStore::Open::create) {}
  TaskStore& tasks() override { return store_; }
  JobStore& jobs() override { return store_; }
  AdminStore& admin() override { return store_; }
  RuleStore* rules() override { return &store_; }

 private:
  TemporaryFolder folder_;
  SqliteStore store_;
};

}  // namespace

std::vector<StoreMaker> stores_under_contract() {
  return {{"SqliteFile", [] { return std::make_unique<SqliteUnderTest>(false); }},
          {"SqliteMemory", [] { return std::make_unique<SqliteUnderTest>(true); }}};
}

}  // namespace sosw
