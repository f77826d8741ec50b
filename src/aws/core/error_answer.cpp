#include "aws/core/error_answer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>

#include <boost/crc.hpp>
#include <nlohmann/json.hpp>

#include "aws/core/xml.h"
#include "text/parse_json.h"

namespace sosw::aws {
namespace {

template <std::size_t N>
bool is_one_of(std::string_view code, const std::array<std::string_view, N>& codes) {
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

bool is_throttle(std::string_view code, int status) {
  constexpr std::array<std::string_view, 14> codes = {"Throttling",
                                                      "ThrottlingException",
                                                      "ThrottledException",
                                                      "RequestThrottledException",
                                                      "RequestThrottled",
                                                      "TooManyRequestsException",
                                                      "ProvisionedThroughputExceededException",
                                                      "TransactionInProgressException",
                                                      "RequestLimitExceeded",
                                                      "BandwidthLimitExceeded",
                                                      "LimitExceededException",
                                                      "SlowDown",
                                                      "EC2ThrottledException",
                                                      "KMSThrottling"};
  return is_one_of(code, codes) || status == 429;
}

bool is_transient(std::string_view code, int status) {
  constexpr std::array<std::string_view, 7> codes = {"RequestTimeout",
                                                     "RequestTimeoutException",
                                                     "PriorRequestNotComplete",
                                                     "IDPCommunicationError",
                                                     "ConditionalRequestConflict",
                                                     "ReplicatedWriteConflictException",
                                                     "TransactionConflictException"};
  return is_one_of(code, codes) || status == 500 || status == 502 || status == 503 || status == 504;
}

bool checksum_fits(const HttpAnswer& answer) {
  const std::string* header = find_header(answer.headers, "x-amz-crc32");
  if (!header) return true;
  std::uint32_t expected = 0;
  std::from_chars(header->data(), header->data() + header->size(), expected);
  boost::crc_32_type crc;
  crc.process_bytes(answer.body.data(), answer.body.size());
  return crc.checksum() == expected;
}

/// "com.amazonaws.dynamodb.v20120810#Code" and "Code:http://..." are both Code.
std::string bare_code(std::string_view text) {
  text = text.substr(0, text.find(':'));
  return std::string(text.substr(text.rfind('#') + 1));
}

void read_json(const std::string& body, AwsError::Details& details) {
  const auto json = json_or_discarded<nlohmann::json>(body);
  if (!json.is_object()) return;
  const auto text = [&](const char* key) {
    const auto found = json.find(key);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  if (details.code.empty()) details.code = bare_code(text("__type"));
  if (details.code.empty()) details.code = bare_code(text("code"));
  details.message = text("message");
  if (details.message.empty()) details.message = text("Message");
}

/// <ErrorResponse><Error>.. and, from S3, <Error>.. alone.
void read_xml(const std::string& body, AwsError::Details& details) {
  try {
    const Xml tree = parse_xml(body);
    const std::string prefix = tree.count("Error") > 0 ? "Error" : "ErrorResponse.Error";
    details.code = text_at(tree, prefix + ".Code");
    details.message = text_at(tree, prefix + ".Message");
    for (const char* path : {"Error.RequestId", "ErrorResponse.RequestId"})
      if (details.request_id.empty()) details.request_id = text_at(tree, path);
  } catch (const std::invalid_argument&) {
    details.message = "the answer can't be read";
  }
}

void replace_all(std::string& text, const std::string& secret) {
  if (secret.empty()) return;
  for (std::size_t at = 0; (at = text.find(secret, at)) != std::string::npos;)
    text.replace(at, secret.size(), "***");
}

/// One line, without anything secret.
std::string safe(std::string message, const Credentials& used) {
  message.resize(std::min(message.find('\n'), message.size()));
  for (const char* quoted : {"Authorization=", "Signature=", "AWS4-HMAC"})
    message.resize(std::min(message.find(quoted), message.size()));
  replace_all(message, used.secret_access_key);
  replace_all(message, used.session_token);
  message.resize(std::min<std::size_t>(message.size(), 1000));
  return message;
}

std::string code_of_status(int status) {
  switch (status) {
    case 301:
    case 307:
      return "Redirect";
    case 400:
      return "BadRequest";
    case 403:
      return "Forbidden";
    case 404:
      return "NotFound";
    case 412:
      return "PreconditionFailed";
    default:
      return "HTTP" + std::to_string(status);
  }
}

AwsError::Details without_answer(const HttpAnswer& answer) {
  const bool reached = answer.kind == HttpAnswer::Kind::unknown;
  return {.code = answer.timed_out ? "Timeout"
                  : reached        ? "Disconnected"
                                   : "NotReached",
          .message = answer.problem,
          .retryable = true,
          .maybe_done = reached};
}

}  // namespace

bool is_success(const HttpAnswer& answer) {
  return answer.kind == HttpAnswer::Kind::answered && answer.status >= 200 && answer.status < 300 &&
         checksum_fits(answer);
}

AwsError::Details error_details(const HttpAnswer& answer, const Credentials& used) {
  if (answer.kind != HttpAnswer::Kind::answered) return without_answer(answer);
  AwsError::Details details{.status = answer.status};
  for (const char* name : {"x-amzn-requestid", "x-amz-request-id"})
    if (const std::string* id = find_header(answer.headers, name); id && details.request_id.empty())
      details.request_id = *id;
  if (answer.status >= 200 && answer.status < 300) {
    details.code = "ChecksumMismatch";
    details.message = "the answer was damaged on its way";
    details.retryable = details.maybe_done = true;
    return details;
  }
  if (const std::string* type = find_header(answer.headers, "x-amzn-errortype"))
    details.code = bare_code(*type);
  if (const auto first = answer.body.find_first_not_of(" \r\n\t"); first != std::string::npos)
    answer.body[first] == '<' ? read_xml(answer.body, details) : read_json(answer.body, details);
  if (details.code.empty()) details.code = code_of_status(answer.status);
  details.message = safe(details.message, used);
  details.throttled = is_throttle(details.code, answer.status);
  details.retryable = details.throttled || is_transient(details.code, answer.status);
  details.maybe_done = answer.status >= 500 && !details.throttled;
  return details;
}

bool is_about_credentials(std::string_view code) {
  constexpr std::array<std::string_view, 6> codes = {
      "ExpiredToken",         "ExpiredTokenException", "UnrecognizedClientException",
      "InvalidClientTokenId", "InvalidAccessKeyId",    "InvalidToken"};
  return is_one_of(code, codes);
}

bool is_about_time(std::string_view code) {
  constexpr std::array<std::string_view, 6> codes = {"RequestTimeTooSkewed",  "RequestExpired",
                                                     "RequestInTheFuture",    "InvalidSignatureException",
                                                     "SignatureDoesNotMatch", "AuthFailure"};
  return is_one_of(code, codes);
}

}  // namespace sosw::aws
