#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <SQLiteCpp/Statement.h>

#include "sosw/model/time.h"

namespace sosw {

/// One use of a prepared statement. The statement is ready for the next use when this goes out of scope.
class Query {
 public:
  explicit Query(SQLite::Statement& statement) : statement_(statement) {}
  ~Query() { statement_.tryReset(); }
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  /// Executes a statement without rows; returns how many rows it changed. Parameters are ?1, ?2, ... in this
  /// order. Texts are not copied. Can be called again with other values.
  template <typename... Values>
  int run(const Values&... values) {
    statement_.reset();
    int index = 0;
    (bind_in_place(++index, values), ...);
    return statement_.exec();
  }

  /// Starts a statement with rows; next() goes to each of them.
  template <typename... Values>
  Query& start(const Values&... values) {
    statement_.reset();
    int index = 0;
    (bind_copy(++index, values), ...);
    return *this;
  }
  bool next() { return statement_.executeStep(); }

  bool is_null(int column) const { return statement_.isColumnNull(column); }
  std::int64_t integer(int column) const { return statement_.getColumn(column).getInt64(); }
  Time time(int column) const { return Time(statement_.getColumn(column).getDouble()); }
  std::string text(int column) const { return statement_.getColumn(column).getString(); }
  std::optional<Time> maybe_time(int column) const {
    return is_null(column) ? std::nullopt : std::optional(time(column));
  }
  std::optional<std::int64_t> maybe_integer(int column) const {
    return is_null(column) ? std::nullopt : std::optional(integer(column));
  }

 private:
  void bind_in_place(int index, const std::string& text) { statement_.bindNoCopy(index, text); }
  void bind_in_place(int index, const char* text) { statement_.bindNoCopy(index, text); }
  template <typename Value>
  void bind_in_place(int index, const Value& value) {
    bind_copy(index, value);
  }

  void bind_copy(int index, const std::string& text) { statement_.bind(index, text); }
  void bind_copy(int index, const char* text) { statement_.bind(index, text); }
  void bind_copy(int index, std::int64_t value) { statement_.bind(index, value); }
  void bind_copy(int index, int value) { statement_.bind(index, value); }
  void bind_copy(int index, Time value) { statement_.bind(index, value.since_epoch()); }
  template <typename Value>
  void bind_copy(int index, const std::optional<Value>& value) {
    value ? bind_copy(index, *value) : statement_.bind(index);
  }

  SQLite::Statement& statement_;
};

}  // namespace sosw
