#pragma once

#include <optional>
#include <string>

#include "sosw/model/time.h"

#include "aws/core/credentials.h"
#include "http/client/http.h"

namespace sosw::aws {

/// The scope of a signature.
struct SigningScope {
  std::string region;   ///< of the endpoint, such as "eu-west-1"
  std::string service;  ///< its signing name: "dynamodb", "lambda", "s3", "monitoring" for CloudWatch, ...
};

/// The request with the headers of AWS Signature Version 4: X-Amz-Date, Authorization, with temporary
/// credentials X-Amz-Security-Token, and for S3 X-Amz-Content-SHA256. Existing ones are replaced; only an
/// x-amz-content-sha256 that the caller set (such as UNSIGNED-PAYLOAD over https) is kept and used. All other
/// headers are signed except those that proxies and HTTP libraries change (User-Agent, Connection, Expect,
/// X-Amzn-Trace-Id and the like). The query is sorted for the signature only: it is sent unchanged. A
/// signature is valid for some minutes: sign again for each attempt.
HttpRequest sign(HttpRequest, const Credentials&, const SigningScope&, Time now);

/// The signing key shared by signatures of one day, secret and scope. As secret as credentials.
struct SigningKey {
  std::string secret;
  std::string scope;  ///< date/region/service/aws4_request
  std::string key;
};

/// The same, reusing the key of an earlier signature where it still applies.
HttpRequest sign(HttpRequest, const Credentials&, const SigningScope&, Time now, SigningKey&);

/// What is wrong with the signature of a request.
struct SignatureFault {
  enum class Kind {
    malformed,    ///< incomplete, or of another format
    unknown_key,  ///< by another access key id
    clock,        ///< signed too long ago, or in the future
    body,         ///< the declared hash does not match the body
    mismatch,     ///< made with another secret, or for another request
  };
  Kind kind;
  std::string message;  ///< for the sender; holds no secret
};

constexpr Seconds kSignatureLife = 15 * 60;  ///< before and after X-Amz-Date

/// Why a received request is not one that was signed with these credentials, as sign() does, for any region
/// and service; nullopt when it is. Headers and body are those received: Host, X-Amz-Date and every other
/// X-Amz- header must be signed, the body too (neither UNSIGNED-PAYLOAD nor STREAMING-...). A signature in
/// the query is ignored. Anyone who sees a request can replay it until its signature expires. The
/// credentials' session token is ignored.
std::optional<SignatureFault> verify(const HttpRequest&, const Credentials&, Time now);

}  // namespace sosw::aws
