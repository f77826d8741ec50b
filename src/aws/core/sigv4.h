#pragma once

#include <optional>
#include <string>

#include "sosw/model/time.h"

#include "aws/core/credentials.h"
#include "http/client/http.h"

namespace sosw::aws {

/// Who a signature is for.
struct SigningScope {
  std::string region;   ///< of the endpoint, such as "eu-west-1"
  std::string service;  ///< its signing name: "dynamodb", "lambda", "s3", "monitoring" for CloudWatch, ...
};

/// The request with the headers of AWS Signature Version 4: X-Amz-Date, Authorization, with temporary
/// credentials X-Amz-Security-Token, and for S3 X-Amz-Content-SHA256. Those that were there are replaced;
/// only an x-amz-content-sha256 that the caller set (such as UNSIGNED-PAYLOAD over https) is kept and used.
/// All other headers are signed but for those that proxies and HTTP libraries touch (User-Agent, Connection,
/// Expect, X-Amzn-Trace-Id and the like). The query is sorted for the signature only: it is sent as it is.
/// A signature is good for some minutes: sign again for each attempt.
HttpRequest sign(HttpRequest, const Credentials&, const SigningScope&, Time now);

/// What signatures of one day with the same secret and scope share. Secret as credentials are.
struct SigningKey {
  std::string secret;
  std::string scope;  ///< date/region/service/aws4_request
  std::string key;
};

/// The same, with the key of an earlier signature where it is still right.
HttpRequest sign(HttpRequest, const Credentials&, const SigningScope&, Time now, SigningKey&);

/// What is wrong with the signature of a request.
struct SignatureFault {
  enum class Kind {
    malformed,    ///< incomplete, or of another form
    unknown_key,  ///< by another access key id
    clock,        ///< made too long ago, or in the future
    body,         ///< the declared hash is not that of the body
    mismatch,     ///< made with another secret, or of another request
  };
  Kind kind;
  std::string message;  ///< for who sent the request; tells no secret
};

constexpr Seconds kSignatureLife = 15 * 60;  ///< before and after X-Amz-Date

/// What keeps a request that arrived from being one that was signed with these credentials, as sign() does,
/// for whatever region and service; nothing when it is. Headers and body are those that came: Host,
/// X-Amz-Date and every other X-Amz- header must be signed, the body too (neither UNSIGNED-PAYLOAD nor
/// STREAMING-...). A signature in the query counts for nothing. Whoever sees a request can send the same
/// again for as long as its signature lives. The credentials' session token is not looked at.
std::optional<SignatureFault> verify(const HttpRequest&, const Credentials&, Time now);

}  // namespace sosw::aws
