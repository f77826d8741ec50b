#include "api/api_answers.h"

namespace sosw {
namespace {

std::string_view code_of(int status) {
  switch (status) {
    case 400:
      return "invalid_request";
    case 401:
      return "unauthorized";
    case 403:
      return "forbidden";
    case 404:
      return "not_found";
    case 405:
      return "method_not_allowed";
    case 409:
      return "ambiguous";
    case 413:
      return "too_large";
    case 422:
      return "invalid_job";
    case 503:
      return "unavailable";
    default:
      return status < 500 ? "invalid_request" : "internal";
  }
}

}  // namespace

web::Answer api_error(int status, std::string_view message) {
  web::Answer answer{.status = status,
                     .body = to_text({{"error", {{"code", code_of(status)}, {"message", message}}}}) + '\n'};
  if (status == 503) answer.headers.emplace_back("Retry-After", "1");
  return answer;
}

}  // namespace sosw
