#include "aws/core/access.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace sosw::aws {

bool is_forbidden(const AwsError& error) {
  constexpr std::array<std::string_view, 6> codes = {"AccessDenied",          "AccessDeniedException",
                                                     "AuthorizationError",    "Forbidden",
                                                     "UnauthorizedOperation", "UnauthorizedException"};
  return std::ranges::find(codes, error.code) != codes.end();
}

}  // namespace sosw::aws
