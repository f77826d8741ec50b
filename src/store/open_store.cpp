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
  AdminStore& admin() override { return store_; }
  EventLog& events() override { return events_; }
  RuleStore& rules() override { return store_; }
  std::int64_t version() override { return store_.version(); }
  Store::Polling polling() const override { return {}; }

 private:
  SqliteStore store_;
  SqliteEventLog events_;
};

SqliteStore::Open open_mode(StoreAccess use) {
  switch (use) {
    case StoreAccess::read:
      return SqliteStore::Open::read_only;
    case StoreAccess::write:
      return SqliteStore::Open::existing;
    default:
      return SqliteStore::Open::create;
  }
}

}  // namespace

std::string StoreLocation::text() const {
  if (own) return "the program's own store";
  return is_file() ? fmt::format("{}{}", kSqlite, file.string()) : std::string(kDynamo);
}

StoreLocation store_place_of(const std::string& url, const aws::DynamoTables& tables) {
  if (url == kDynamo) return {.tables = tables};
  if (!url.starts_with(kSqlite) || url.size() == kSqlite.size())
    throw Error(fmt::format("{}: must be sqlite:PATH or dynamodb:", url));
  StoreLocation store_location{.file = url.substr(kSqlite.size())};
  if (std::filesystem::is_directory(store_location.file))
    throw Error(fmt::format("{}: is a directory, not a file", url));
  return store_location;
}

std::unique_ptr<Store> open_store(const StoreLocation& store_location, StoreAccess use) {
  if (store_location.own) return store_location.own();
  if (!store_location.is_file()) return std::make_unique<AwsStore>(store_location.tables);
  if (use != StoreAccess::create && !std::filesystem::exists(store_location.file))
    throw Error(fmt::format("no store at {} yet; `sosw run` or `sosw schedule` makes one",
                            store_location.file.string()));
  return std::make_unique<FileStore>(store_location.file, open_mode(use));
}

}  // namespace sosw
