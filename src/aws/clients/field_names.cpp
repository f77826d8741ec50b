#include "aws/clients/field_names.h"

#include <cctype>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "sosw/model/errors.h"

namespace sosw::aws {

FieldNames::FieldNames(const Names& names) {
  for (const auto& [name, in_table] : names) {
    if (name == in_table) continue;
    if (in_table.empty()) throw InvalidConfig("field_names." + name, "it is empty; name the table's field");
    if (!from_table_.emplace(in_table, name).second)
      throw InvalidConfig("field_names." + name, "another field is called '" + in_table + "' too");
    to_table_.emplace(name, in_table);
  }
  for (const auto& [in_table, name] : from_table_)
    if (in_table.starts_with("sosw_"))
      throw InvalidConfig("field_names." + name, "names that begin with sosw_ are taken");
}

std::string FieldNames::in_table(const std::string& name) const {
  const auto found = to_table_.find(name);
  return found == to_table_.end() ? name : found->second;
}

/// Names may be swapped, so all are removed before the first is inserted.
void FieldNames::rename(Item& item, const Names& names) {
  std::vector<Item::node_type> renamed;
  for (const auto& [from, to] : names) {
    auto node = item.extract(from);
    if (node.empty()) continue;
    node.key() = to;
    renamed.push_back(std::move(node));
  }
  for (auto& node : renamed) {
    item.erase(node.key());
    item.insert(std::move(node));
  }
}

void FieldNames::to_table(Item& item) const { rename(item, to_table_); }

void FieldNames::from_table(Item& item) const { rename(item, from_table_); }

/// A name that is translated becomes a placeholder: the table's may be a reserved word.
void FieldNames::expression(std::string& text, Names& placeholders) const {
  const auto is_of_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; };
  std::string result;
  for (std::size_t i = 0; i < text.size();) {
    if (!is_of_word(text[i])) {
      result += text[i++];
      continue;
    }
    std::size_t end = i;
    while (end < text.size() && is_of_word(text[end])) ++end;
    const std::string word = text.substr(i, end - i);
    const bool is_name = i == 0 || std::string_view("#:.").find(text[i - 1]) == std::string_view::npos;
    if (const auto found = to_table_.find(word); is_name && found != to_table_.end()) {
      result += '#';
      placeholders.emplace("#" + word, found->second);
    }
    result += word;
    i = end;
  }
  text = std::move(result);
}

/// All expressions of a request, and their name placeholders.
void FieldNames::expressions(Names& placeholders, std::initializer_list<std::string*> texts) const {
  for (auto& [placeholder, name] : placeholders) name = in_table(name);
  for (std::string* text : texts) expression(*text, placeholders);
}

void FieldNames::to_table(GetItem& request) const {
  to_table(request.key);
  expressions(request.names, {&request.projection});
}

void FieldNames::to_table(PutItem& request) const {
  to_table(request.item);
  expressions(request.placeholders.names, {&request.condition});
}

void FieldNames::to_table(UpdateItem& request) const {
  to_table(request.key);
  expressions(request.placeholders.names, {&request.update, &request.condition});
}

void FieldNames::to_table(DeleteItem& request) const {
  to_table(request.key);
  expressions(request.placeholders.names, {&request.condition});
}

void FieldNames::to_table(Transaction::Check& request) const {
  to_table(request.key);
  expressions(request.placeholders.names, {&request.condition});
}

void FieldNames::to_table(Query& request) const {
  expressions(request.placeholders.names, {&request.key_condition, &request.filter, &request.projection});
  if (request.start_after) to_table(*request.start_after);
}

void FieldNames::to_table(Scan& request) const {
  expressions(request.placeholders.names, {&request.filter, &request.projection});
  if (request.start_after) to_table(*request.start_after);
}

void FieldNames::to_table(BatchGet& request) const {
  for (Item& key : request.keys) to_table(key);
  expressions(request.names, {&request.projection});
}

void FieldNames::to_table(BatchWrite& request) const {
  for (std::string& name : request.key_names) name = in_table(name);
  for (Item& item : request.puts) to_table(item);
  for (Item& key : request.deletes) to_table(key);
}

void FieldNames::to_table(TableDescription& table) const {
  const auto translate = [&](KeySchema& key) { key = {in_table(key.hash), in_table(key.range)}; };
  translate(table.key);
  std::map<std::string, std::string> types;
  for (const auto& [name, type] : table.key_types) types.emplace(in_table(name), type);
  table.key_types = std::move(types);
  for (IndexDescription& index : table.indexes) {
    translate(index.key);
    for (std::string& name : index.included) name = in_table(name);
  }
}

}  // namespace sosw::aws
