// Connections of one process write in turns.

#include <atomic>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "sosw/model/task_id.h"

#include "store/sqlite/sqlite_store.h"
#include "store/sqlite/temporary_folder.h"

namespace sosw {
namespace {

Job job_numbered(std::uint64_t number) {
  Job job;
  job.job_id = job_id_from(0xabcd'0000'0000'0000 + number);
  job.labourer_id = "worker";
  job.created_at = Time(1'795'490'346);
  return job;
}

TEST(WriteTurnsTest, TwoContinuousWritersTakeTurns) {
  constexpr int kTurns = 200;
  const TemporaryFolder folder;
  SqliteStore chunking(folder.path / "sosw.db", SqliteStore::Open::create);
  SqliteStore accepting(folder.path / "sosw.db", SqliteStore::Open::existing);
  const Job large = job_numbered(0);
  chunking.accept(large);
  std::atomic<bool> over = false;
  std::atomic<int> batches = 0;
  std::thread chunking_thread([&] {
    const std::vector<std::string> payloads(500, "{}");
    for (std::int64_t index = 0; !over; index += 500, ++batches)
      chunking.append(large, index, payloads, false, Time(1'795'490'346));
  });
  while (batches == 0) std::this_thread::yield();
  const int before = batches;
  for (std::uint64_t i = 1; i <= kTurns; ++i) accepting.accept(job_numbered(i));
  const int meanwhile = batches - before;
  over = true;
  chunking_thread.join();
  // A thread may lose the processor before it lines up, then the other has two turns.
  EXPECT_GE(meanwhile, kTurns / 2);
  EXPECT_LE(meanwhile, kTurns * 2);
}

}  // namespace
}  // namespace sosw
