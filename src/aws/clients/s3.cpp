#include "aws/clients/s3.h"

#include <charconv>

#include "text/url.h"

namespace sosw::aws {
namespace {

std::string header_of(const HttpAnswer& answer, const char* name) {
  const std::string* value = find_header(answer.headers, name);
  return value ? *value : "";
}

/// "https://s3.eu-west-1.amazonaws.com" with the bucket as the first part of the host.
std::string with_bucket(const std::string& endpoint, const std::string& bucket) {
  const auto host = endpoint.find("://") + 3;
  return endpoint.substr(0, host) + bucket + "." + endpoint.substr(host);
}

}  // namespace

S3::S3(Session& session)
    : caller_(session.caller(kS3)),
      path_style_(has_configured_endpoint(kS3, session.environment(), session.config())) {}

Reply S3::send(const char* operation, const std::string& bucket, const std::string& key,
               HttpRequest request) {
  const std::string path = std::string("/").append(percent_encode(key, "/"));
  Call call{.operation = operation, .request = std::move(request)};
  if (path_style_ || bucket.find('.') != std::string::npos) {
    call.request.url = std::string("/").append(percent_encode(bucket)).append(path);
  } else {
    call.request.url = path;
    call.endpoint = with_bucket(caller_.setup().endpoint, bucket);
  }
  return std::move(caller_.send({&call, 1}).front());
}

std::optional<std::string> S3::get(const std::string& bucket, const std::string& key) {
  Reply reply = send("GetObject", bucket, key, {.method = "GET"});
  if (reply.error && reply.error->code == "NoSuchKey") return std::nullopt;
  if (reply.error) throw AwsError(*reply.error);
  return std::move(reply.answer.body);
}

std::string S3::put(const std::string& bucket, const std::string& key, const std::string& content,
                    const std::string& content_type) {
  const Reply reply = send("PutObject", bucket, key,
                           {.method = "PUT", .headers = {{"Content-Type", content_type}}, .body = content});
  if (reply.error) throw AwsError(*reply.error);
  return header_of(reply.answer, "ETag");
}

std::optional<S3::Head> S3::head(const std::string& bucket, const std::string& key) {
  const Reply reply = send("HeadObject", bucket, key, {.method = "HEAD"});
  if (reply.error && reply.error->status == 404) return std::nullopt;
  if (reply.error) throw AwsError(*reply.error);
  Head head{.etag = header_of(reply.answer, "ETag")};
  const std::string size = header_of(reply.answer, "Content-Length");
  std::from_chars(size.data(), size.data() + size.size(), head.size);
  return head;
}

}  // namespace sosw::aws
