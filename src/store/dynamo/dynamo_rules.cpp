// RuleStore: one row, an attribute per rule, so that steps of different rules don't conflict.

#include "store/dynamo/dynamo_tables.h"

namespace sosw::aws {
namespace {

constexpr std::string_view kOfRule = "of ";  // before its name
constexpr auto kIsAsKnown =
    "#rule.#timing = :timing AND #rule.#since = :since AND #rule.#considered = :considered";

Item item_of(const RuleProgress& progress) {
  return {{"timing", progress.timing}, {"since", progress.since}, {"considered", progress.considered}};
}

UpdateItem update_for(const RuleStep& step, const std::string& table) {
  const auto& [from, to] = step;
  UpdateItem update{.table = table,
                    .key = DynamoStore::Tables::key_of(kRulesKey),
                    .update = to ? "SET #rule = :to" : "REMOVE #rule",
                    .condition = from ? kIsAsKnown : "attribute_not_exists(#rule)",
                    .placeholders = {{{"#rule", std::string(kOfRule) + (to ? *to : *from).name}}, {}},
                    .repeat = Repeat::always};
  if (from)
    for (const auto& [name, value] : item_of(*from)) {
      update.placeholders.names.emplace('#' + name, name);
      update.placeholders.values.emplace(':' + name, value);
    }
  if (to) update.placeholders.values.emplace(":to", item_of(*to));
  return update;
}

}  // namespace

std::vector<RuleProgress> DynamoStore::rule_progress() {
  return as_store_error([&] {
    std::vector<RuleProgress> all;
    const auto row = tables_->row(kRulesKey);
    for (const auto& [name, value] : row ? *row : Item()) {
      const Item* rule = std::get_if<Item>(&value.value);
      if (!rule || !name.starts_with(kOfRule)) continue;
      all.push_back({.name = name.substr(kOfRule.size()),
                     .timing = rule->at("timing").text(),
                     .since = rule->at("since").time(),
                     .considered = rule->at("considered").time()});
    }
    return all;
  });
}

/// A step that was applied, but whose answer was lost, fails when repeated; the result is the same.
void DynamoStore::keep_rule_progress(std::span<const RuleStep> steps) {
  as_store_error([&] {
    std::vector<UpdateItem> updates;
    for (const RuleStep& step : steps) updates.push_back(update_for(step, tables_->names.tasks));
    for (const WriteResult& result : tables_->db.update(updates))
      if (result.error) throw AwsError(*result.error);
  });
}

}  // namespace sosw::aws
