#include "store/open_store.h"

#include <fmt/format.h>

#include "sosw/model/errors.h"

#include "store/aws_store.h"
#include "store/sqlite/sqlite_event_log.h"
#include "store/sqlite/sqlite_store.h"

namespace sosw {
namespace {

constexpr auto kAuthor = "sosw";
constexpr std::string_view kSqlite = "sqlite:";
constexpr std::string_view kDynamo = "dynamodb:";

class FileStore final : public Store {
 public:
  FileStore(const std::filesystem::path& file, SqliteStore::Open how)
      : store_(file, how), events_(store_, kAuthor) {}

  TaskStore& tasks() override { return store_; }
  JobStore& jobs() override { return store_; }
  TaskDesk& desk() override { return store_; }
  EventLog& events() override { return events_; }
  RuleStore& rules() override { return store_; }
  std::int64_t version() override { return store_.version(); }
  Store::Polling polling() const override { return {}; }

 private:
  SqliteStore store_;
  SqliteEventLog events_;
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

std::string StorePlace::text() const {
  if (own) return "the program's own store";
  return is_file() ? fmt::format("{}{}", kSqlite, file.string()) : std::string(kDynamo);
}

StorePlace store_place_of(const std::string& url, const aws::DynamoTables& tables) {
  if (url == kDynamo) return {.tables = tables};
  if (!url.starts_with(kSqlite) || url.size() == kSqlite.size())
    throw Error(fmt::format("{}: must be sqlite:PATH or dynamodb:", url));
  StorePlace place{.file = url.substr(kSqlite.size())};
  if (std::filesystem::is_directory(place.file))
    throw Error(fmt::format("{}: is a directory, not a file", url));
  return place;
}

std::unique_ptr<Store> open_store(const StorePlace& place, StoreUse use) {
  if (place.own) return place.own();
  if (!place.is_file()) return std::make_unique<AwsStore>(place.tables);
  if (use != StoreUse::create && !std::filesystem::exists(place.file))
    throw Error(
        fmt::format("no store at {} yet; `sosw run` or `sosw schedule` makes one", place.file.string()));
  return std::make_unique<FileStore>(place.file, open_mode(use));
}

}  // namespace sosw
