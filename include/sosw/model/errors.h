#pragma once

#include <stdexcept>
#include <string>

namespace sosw {

/// What went wrong, where, and how to fix it, in one line for the user.
struct Error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A job that can't be chunked into tasks. Thrown before anything of the job is written.
struct InvalidJob : Error {
  using Error::Error;
};

/// A configuration that can't be used. `where` is the path of the key, such as "labourers.resize.retry".
struct InvalidConfig : Error {
  InvalidConfig(std::string where_, const std::string& what)
      : Error(where_.empty() ? what : where_ + ": " + what), where(std::move(where_)) {}
  std::string where;
};

/// The store could not do what was asked; the call had no partial effect unless its documentation says so.
struct StoreError : Error {
  using Error::Error;
};

}  // namespace sosw
