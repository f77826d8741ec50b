#include "api/sigv4_authenticator.h"

#include <ctime>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "api/api_answers.h"
#include "api/aws_answers.h"
#include "api/json_api.h"
#include "aws/core/sigv4.h"

namespace sosw {
namespace {

using Fault = aws::SignatureFault;

aws::HttpRequest as_sent(const web::Request& request) {
  aws::HttpRequest sent{.method = request.method,
                        .url = fmt::format("http://{}{}", request.header("host"), request.target),
                        .body = request.body};
  for (const auto& [name, value] : request.headers) sent.headers.push_back({name, value});
  return sent;
}

std::string message_of(const Fault& fault) {
  std::string message = "the signature of this request: " + fault.message;
  if (fault.kind == Fault::Kind::unknown_key || fault.kind == Fault::Kind::mismatch)
    message +=
        fmt::format("; this server wants AWS_ACCESS_KEY_ID={} and its SOSW_TOKEN as AWS_SECRET_ACCESS_KEY",
                    SigV4Authenticator::kAccessKeyId);
  return message;
}

const char* aws_code_of(Fault::Kind kind) {
  switch (kind) {
    case Fault::Kind::malformed:
      return "IncompleteSignatureException";
    case Fault::Kind::unknown_key:
      return "UnrecognizedClientException";
    default:
      return "InvalidSignatureException";
  }
}

}  // namespace

bool SigV4Authenticator::has_credentials(const web::Request& request) const {
  return request.header("authorization").starts_with("AWS4-");
}

std::optional<web::Answer> SigV4Authenticator::rejection(const web::Request& request) const {
  const Time now = clock_.now();
  const auto fault = aws::verify(as_sent(request), {kAccessKeyId, token_}, now);
  if (!fault) return std::nullopt;
  const std::string message = message_of(*fault);
  web::Answer answer =
      JsonApi::serves(request) ? api_error(401, message) : aws_error(403, aws_code_of(fault->kind), message);
  // Clients with a wrong clock correct themselves by it.
  answer.headers.emplace_back(
      "Date", fmt::format("{:%a, %d %b %Y %H:%M:%S GMT}", fmt::gmtime(whole_unix_seconds(now))));
  return answer;
}

}  // namespace sosw
