#include "cli/open_store.h"

#include <cmath>

#include <fmt/format.h>

#include "sosw/aws/installation.h"
#include "sosw/model/errors.h"
#include "sosw/sqlite/sqlite_event_log.h"
#include "sosw/sqlite/sqlite_store.h"
#include "sosw/system/system_clock.h"
#include "sosw/system/system_random.h"
#include "sosw/system/system_waiting.h"

namespace sosw {
namespace {

constexpr auto kAuthor = "sosw";

class FileStore final : public OpenStore {
 public:
  FileStore(const std::filesystem::path& file, SqliteStore::Open how)
      : store_(file, how), events_(store_, kAuthor) {}

  TaskStore& tasks() override { return store_; }
  JobStore& jobs() override { return store_; }
  TaskDesk& desk() override { return store_; }
  EventLog& events() override { return events_; }
  RuleStore* rules() override { return &store_; }
  std::int64_t version() override { return store_.version(); }
  Engine::Pace pace() const override { return {}; }
  bool is_for_one_engine() const override { return true; }

 private:
  SqliteStore store_;
  SqliteEventLog events_;
};

/// Nobody tells us what others did to the tables, so they are looked at once in a while: each look is a few
/// requests that somebody pays for.
class AwsStore final : public OpenStore {
 public:
  AwsStore() : aws_({.environment = aws::Environment::of_process()}, clock_, random_, waiting_) {}

  TaskStore& tasks() override { return aws_.store; }
  JobStore& jobs() override { return aws_.store; }
  TaskDesk& desk() override { return aws_.store; }
  EventLog& events() override { return aws_.events(); }
  RuleStore* rules() override { return nullptr; }
  std::int64_t version() override {
    return static_cast<std::int64_t>(std::floor(clock_.now() / pace().look));
  }
  Engine::Pace pace() const override { return {.look = 1, .due = 1, .scavenging = 2}; }
  bool is_for_one_engine() const override { return false; }

 private:
  SystemClock clock_;
  SystemRandom random_;
  SystemWaiting waiting_;
  aws::Installation aws_;
};

SqliteStore::Open open_mode(StoreUse use) {
  switch (use) {
    case StoreUse::look:
      return SqliteStore::Open::read_only;
    case StoreUse::act:
      return SqliteStore::Open::existing;
    default:
      return SqliteStore::Open::create;
  }
}

}  // namespace

std::string StorePlace::text() const { return is_file() ? "sqlite:" + file.string() : "dynamodb:"; }

std::unique_ptr<OpenStore> open_store(const StorePlace& place, StoreUse use) {
  if (!place.is_file()) return std::make_unique<AwsStore>();
  if (use != StoreUse::create && !std::filesystem::exists(place.file))
    throw Error(
        fmt::format("no store at {} yet; `sosw run` or `sosw schedule` makes one", place.file.string()));
  return std::make_unique<FileStore>(place.file, open_mode(use));
}

}  // namespace sosw
