#pragma once

#include <cstdint>
#include <string>

namespace sosw {

/// The tasks of one job, one after the other, in a deterministic order.
class TaskSource {
 public:
  enum class Form {
    payload,  ///< as stored
    task,     ///< as shown in a dry run
  };

  virtual ~TaskSource() = default;

  /// The task at index(), overwritten by the next call. False when there are no more.
  virtual bool next(Form, std::string&) = 0;

  virtual std::int64_t index() const = 0;
  virtual std::int64_t count() const = 0;
  virtual void skip_to(std::int64_t index) = 0;  ///< from 0 to count()
};

}  // namespace sosw
