#pragma once

#include <string>

#include <gtest/gtest.h>

namespace sosw {

/// What the error says that the call ends in; a failure of the test when it ends in none.
template <typename Error, typename Call>
std::string refusal_of(const Call& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  ADD_FAILURE() << "nothing was refused";
  return "";
}

}  // namespace sosw
