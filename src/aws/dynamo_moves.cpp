#include "aws/dynamo_moves.h"

#include <map>

#include <spdlog/spdlog.h>

namespace sosw::aws {
namespace {

constexpr std::size_t kMovesAtOnce = 25;         // two writes each, of the hundred of a transaction
constexpr std::size_t kBytesAtOnce = 3'000'000;  // of the 4 MB of a transaction

/// What may share a transaction: moves that count in the same row.
std::string group_of(const Move& move) {
  if (!move.tally) return "";
  return Tally::key_of(*move.tally) + (move.tally->takes_back ? "-" : "+") +
         std::to_string(static_cast<int>(move.tally->closed));
}

std::vector<std::vector<std::size_t>> groups_of(std::span<const Move> moves) {
  std::map<std::string, std::vector<std::size_t>> by_name;
  for (std::size_t i = 0; i < moves.size(); ++i) by_name[group_of(moves[i])].push_back(i);
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

Transaction transaction_of(DynamoStore::Tables& tables, std::span<const Move> moves,
                           const std::vector<std::size_t>& group) {
  Transaction transaction;
  std::vector<Tally::Change> changes;
  for (const std::size_t i : group) {
    transaction.puts.push_back(moves[i].put);
    transaction.deletes.push_back(moves[i].remove);
    if (moves[i].tally) changes.push_back(*moves[i].tally);
  }
  if (!changes.empty()) transaction.updates.push_back(Tally::update_for(tables.names.tasks, changes));
  return transaction;
}

/// Of one move in a cancelled transaction.
Moved verdict(const TransactionResult& result, std::size_t member, std::size_t members, std::size_t updates) {
  const auto failed = [&](std::size_t write) {
    return write < result.reasons.size() && result.reasons[write].code == "ConditionalCheckFailed";
  };
  return failed(member) || failed(members + updates + member) ? Moved::lost : Moved::later;
}

struct Pass {
  std::vector<std::vector<std::size_t>> unreadable;  ///< groups that the service calls wrong
  bool hindered = false;
};

Pass send(DynamoStore::Tables& tables, std::span<const Move> moves,
          const std::vector<std::vector<std::size_t>>& groups, std::vector<Moved>& outcomes) {
  std::vector<Transaction> transactions;
  transactions.reserve(groups.size());
  for (const auto& group : groups) transactions.push_back(transaction_of(tables, moves, group));
  const auto results = tables.db.transact(transactions);
  Pass pass;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    const TransactionResult& result = results[g];
    if (result.error && result.reasons.empty() && !result.error->retryable) {
      if (result.error->code != "ValidationException") throw AwsError(*result.error);
      if (groups[g].size() == 1)
        spdlog::error("task {} stays where it is: {}", moves[groups[g][0]].put.item.at(field::task_id).text(),
                      result.error->what());
      pass.unreadable.push_back(groups[g]);
      continue;
    }
    for (std::size_t member = 0; member < groups[g].size(); ++member) {
      Moved& outcome = outcomes[groups[g][member]];
      outcome = result.done() ? Moved::yes
                              : verdict(result, member, groups[g].size(), transactions[g].updates.size());
      pass.hindered = pass.hindered || outcome == Moved::later;
    }
  }
  return pass;
}

}  // namespace

std::vector<Moved> carry_out(DynamoStore::Tables& tables, std::span<const Move> moves) {
  std::vector<Moved> outcomes(moves.size(), Moved::lost);
  if (moves.empty()) return outcomes;
  const Pass first = send(tables, moves, groups_of(moves), outcomes);
  // One row that can't be written must not hold up the others.
  std::vector<std::vector<std::size_t>> alone;
  for (const auto& group : first.unreadable)
    for (const std::size_t i : group)
      if (group.size() > 1) alone.push_back({i});
  const Pass second = alone.empty() ? Pass{} : send(tables, moves, alone, outcomes);
  if (first.hindered || second.hindered) tables.db.back_off();
  return outcomes;
}

}  // namespace sosw::aws
