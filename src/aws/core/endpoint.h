#pragma once

#include <string>

#include "aws/core/environment.h"
#include "aws/core/shared_config.h"

namespace sosw::aws {

/// The names of a service, by where they are used.
struct Service {
  const char* name;       ///< for people: "Secrets Manager"
  const char* key;        ///< in configuration: "secrets_manager"; upper case in variables
  const char* host;       ///< first part of its host: "secretsmanager"
  const char* signed_as;  ///< in signatures
};

inline constexpr Service kDynamoDb{"DynamoDB", "dynamodb", "dynamodb", "dynamodb"};
inline constexpr Service kLambda{"Lambda", "lambda", "lambda", "lambda"};
inline constexpr Service kSns{"SNS", "sns", "sns", "sns"};
inline constexpr Service kCloudWatch{"CloudWatch", "cloudwatch", "monitoring", "monitoring"};
inline constexpr Service kSsm{"SSM", "ssm", "ssm", "ssm"};
inline constexpr Service kSecretsManager{"Secrets Manager", "secrets_manager", "secretsmanager",
                                         "secretsmanager"};
inline constexpr Service kEventBridge{"EventBridge", "eventbridge", "events", "events"};
inline constexpr Service kSts{"STS", "sts", "sts", "sts"};
inline constexpr Service kS3{"S3", "s3", "s3", "s3"};

/// The partition of a region: "aws", "aws-cn", "aws-us-gov", ...; part of every ARN.
std::string partition_of(const std::string& region);

/// The address of a service, without a trailing slash: AWS_ENDPOINT_URL_<SERVICE>, AWS_ENDPOINT_URL, the
/// profile's services section, the profile's endpoint_url, else the service's own in that region. Throws
/// InvalidConfig for an address that is not an http or https URL and for an invalid region.
std::string endpoint_of(const Service&, const std::string& region, const Environment&, const SharedConfig&);

/// Whether that address is configured and differs from the service's own.
bool has_configured_endpoint(const Service&, const Environment&, const SharedConfig&);

}  // namespace sosw::aws
