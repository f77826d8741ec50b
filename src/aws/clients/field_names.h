#pragma once

#include <initializer_list>
#include <map>
#include <string>

#include "aws/clients/dynamo_requests.h"

namespace sosw::aws {

/// The attribute names of a table in an installation that renames those of SPEC 2
/// (`dynamo_db_config.field_names`). Requests and rows use the usual names everywhere; they are translated on
/// the way to the table and back. Names of nested attributes are not translated.
class FieldNames {
 public:
  FieldNames() = default;

  /// From the usual name to the table's. Throws InvalidConfig for an empty or duplicate name.
  explicit FieldNames(const std::map<std::string, std::string>&);

  bool empty() const { return to_table_.empty(); }

  std::string in_table(const std::string& name) const;
  void to_table(Item&) const;
  void from_table(Item&) const;

  void to_table(GetItem&) const;
  void to_table(PutItem&) const;
  void to_table(UpdateItem&) const;
  void to_table(DeleteItem&) const;
  void to_table(Query&) const;
  void to_table(Scan&) const;
  void to_table(BatchGet&) const;
  void to_table(BatchWrite&) const;
  void to_table(Transaction::Check&) const;
  void to_table(TableDescription&) const;

 private:
  using Names = std::map<std::string, std::string>;

  void expression(std::string&, Names& placeholders) const;
  void expressions(Names& placeholders, std::initializer_list<std::string*>) const;
  static void rename(Item&, const Names&);

  Names to_table_;
  Names from_table_;
};

}  // namespace sosw::aws
