#pragma once

#include <stdexcept>
#include <string>

namespace sosw {

/// What went wrong, where, and what to do, in one line for the person who caused it.
struct Error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A job that can't be cut into tasks. Thrown before anything of the job is written.
struct InvalidJob : Error {
  using Error::Error;
};

/// A configuration that can't be used. `where` is the path of the key, such as "labourers.resize.retry".
struct InvalidConfig : Error {
  InvalidConfig(std::string where_, const std::string& what)
      : Error(where_.empty() ? what : where_ + ": " + what), where(std::move(where_)) {}
  std::string where;
};

/// The store could not do what was asked; nothing of that call is half done unless the call says so.
struct StoreError : Error {
  using Error::Error;
};

}  // namespace sosw
