#include "store/dynamo/dynamo_moves.h"

#include <algorithm>
#include <map>
#include <utility>

#include <spdlog/spdlog.h>

#include "sosw/model/task_id.h"

namespace sosw::aws {
namespace {

constexpr std::size_t kMovesAtOnce = 25;         // two writes each, of the hundred of a transaction
constexpr std::size_t kBytesAtOnce = 3'000'000;  // of the 4 MB of a transaction
constexpr int kTriesUnseen = 2;                  // of a transaction whose answers are lost, until we read

/// Moves that can share a transaction: those that count in the same row.
std::string name_of_group(const Move& move) {
  if (!move.closed_change) return "";
  return ClosedSets::key_of(*move.closed_change) + (move.closed_change->takes_back ? "-" : "+") +
         std::to_string(static_cast<int>(move.closed_change->closed));
}

std::vector<std::vector<std::size_t>> groups_of(std::span<const Move> moves) {
  std::map<std::string, std::vector<std::size_t>> by_name;
  for (std::size_t i = 0; i < moves.size(); ++i) by_name[name_of_group(moves[i])].push_back(i);
  std::vector<std::vector<std::size_t>> groups;
  for (const auto& [name, members] : by_name) {
    std::size_t bytes = kBytesAtOnce;  // so that the first opens a group
    for (const std::size_t i : members) {
      const std::size_t size = size_of(moves[i].put.item);
      if (bytes + size > kBytesAtOnce || groups.back().size() == kMovesAtOnce) {
        groups.emplace_back();
        bytes = 0;
      }
      groups.back().push_back(i);
      bytes += size;
    }
  }
  return groups;
}

/// Moves that share a transaction, which the rows that it writes name.
struct Group {
  std::vector<std::size_t> members;
  Transaction transaction;
};

Group group_of(DynamoStore::Tables& tables, std::span<const Move> moves, std::vector<std::size_t> members) {
  Group group{.members = std::move(members)};
  Transaction& transaction = group.transaction;
  transaction.token = job_id_from(tables.random.next());
  std::vector<ClosedSets::Change> changes;
  for (const std::size_t i : group.members) {
    transaction.puts.push_back(moves[i].put);
    transaction.puts.back().item.insert_or_assign(field::move, transaction.token);
    transaction.deletes.push_back(moves[i].remove);
    if (moves[i].closed_change) changes.push_back(*moves[i].closed_change);
  }
  if (!changes.empty()) transaction.updates.push_back(ClosedSets::update_for(tables.names.tasks, changes));
  return group;
}

/// The result of one move in a cancelled transaction.
Moved moved_by(const TransactionResult& result, std::size_t member, std::size_t members,
               std::size_t updates) {
  const auto failed = [&](std::size_t write) {
    return write < result.reasons.size() && result.reasons[write].code == "ConditionalCheckFailed";
  };
  return failed(member) || failed(members + updates + member) ? Moved::lost : Moved::later;
}

/// Executes moves, and reads the results of those whose answer was lost.
class Carriage {
 public:
  Carriage(DynamoStore::Tables& tables, std::span<const Move> moves)
      : tables_(tables), moves_(moves), outcomes_(moves.size(), Moved::lost) {}

  std::vector<Moved> run() {
    send(groups_of(moves_));
    // One row that can't be written must not block the others.
    std::vector<std::vector<std::size_t>> alone;
    for (const Group& group : std::exchange(unreadable_, {}))
      for (const std::size_t i : group.members)
        if (group.members.size() > 1) alone.push_back({i});
    send(alone);
    for (int tries = 1; tries <= kTriesUnseen && !unsure_.empty(); ++tries) {
      tables_.db.back_off(tries);
      send_groups(std::exchange(unsure_, {}));  // with the same token: completed ones are not repeated
    }
    for (const Group& group : unsure_) look_for(group);
    if (std::ranges::count(outcomes_, Moved::later) > 0) tables_.db.back_off();
    return std::move(outcomes_);
  }

 private:
  void send(const std::vector<std::vector<std::size_t>>& members) {
    std::vector<Group> groups;
    groups.reserve(members.size());
    for (const auto& of_one : members) groups.push_back(group_of(tables_, moves_, of_one));
    send_groups(std::move(groups));
  }

  void send_groups(std::vector<Group> groups) {
    if (groups.empty()) return;
    std::vector<Transaction> transactions;
    transactions.reserve(groups.size());
    for (const Group& group : groups) transactions.push_back(group.transaction);
    const auto results = tables_.db.transact(transactions);
    for (std::size_t g = 0; g < groups.size(); ++g) take(std::move(groups[g]), results[g]);
  }

  void take(Group group, const TransactionResult& result) {
    if (result.error && result.reasons.empty()) {
      if (result.error->maybe_done) {
        unsure_.push_back(std::move(group));
        return;
      }
      if (result.error->code == "ValidationException") {
        if (group.members.size() == 1)
          spdlog::error("task {} stays where it is: {}",
                        group.transaction.puts[0].item.at(field::task_id).text(), result.error->what());
        unreadable_.push_back(std::move(group));
        return;
      }
      if (!result.error->retryable) throw AwsError(*result.error);
    }
    for (std::size_t member = 0; member < group.members.size(); ++member)
      outcomes_[group.members[member]] =
          result.done() ? Moved::yes
                        : moved_by(result, member, group.members.size(), group.transaction.updates.size());
  }

  /// The rows that it wrote show whether it succeeded; if one exists, all were written.
  void look_for(const Group& group) {
    std::map<std::string, BatchGet> gets;
    for (const PutItem& put : group.transaction.puts) {
      BatchGet& get = gets[put.table];
      get.table = put.table;
      get.consistent = true;
      get.keys.push_back(put.table == tables_.names.retry
                             ? DynamoStore::Tables::retry_key(put.item.at(field::labourer_id).text(),
                                                              put.item.at(field::task_id).text())
                             : DynamoStore::Tables::key_of(put.item.at(field::task_id).text()));
    }
    bool is_done = false;
    for (const auto& [table, get] : gets)
      for (const Item& row : tables_.db.get_all(get)) {
        const AttributeValue* by = find(row, field::move);
        is_done = is_done || (by && by->text() == group.transaction.token);
      }
    for (const std::size_t i : group.members) outcomes_[i] = is_done ? Moved::yes : Moved::later;
  }

  DynamoStore::Tables& tables_;
  std::span<const Move> moves_;
  std::vector<Moved> outcomes_;
  std::vector<Group> unreadable_;  ///< the service rejects them as invalid
  std::vector<Group> unsure_;      ///< may or may not have happened
};

}  // namespace

std::vector<Moved> carry_out(DynamoStore::Tables& tables, std::span<const Move> moves) {
  return moves.empty() ? std::vector<Moved>() : Carriage(tables, moves).run();
}

}  // namespace sosw::aws
