#include "aws/core/sts.h"

#include "aws/core/query_protocol.h"
#include "text/iso_time.h"

namespace sosw::aws {
namespace {

constexpr const char* kStsVersion = "2011-06-15";

Credentials credentials_in(const Xml& result) {
  return {.access_key_id = text_at(result, "Credentials.AccessKeyId"),
          .secret_access_key = text_at(result, "Credentials.SecretAccessKey"),
          .session_token = text_at(result, "Credentials.SessionToken"),
          .expires = parse_instant(text_at(result, "Credentials.Expiration"))};
}

QueryForm form_for(const char* action, const Sts::Role& role) {
  QueryForm form(action, kStsVersion);
  form.add("RoleArn", role.arn);
  form.add("RoleSessionName", role.session_name);
  form.add_unless_empty("DurationSeconds", role.duration_seconds);
  return form;
}

}  // namespace

Credentials Sts::assume(const Role& role) {
  QueryForm form = form_for("AssumeRole", role);
  form.add_unless_empty("ExternalId", role.external_id);
  return credentials_in(send_query(caller_, "AssumeRole", form));
}

Credentials Sts::assume_with_web_identity(const Role& role) {
  QueryForm form = form_for("AssumeRoleWithWebIdentity", role);
  form.add("WebIdentityToken", role.web_identity_token);
  return credentials_in(send_query(caller_, "AssumeRoleWithWebIdentity", form));
}

Sts::Identity Sts::caller_identity() {
  const Xml result = send_query(caller_, "GetCallerIdentity", QueryForm("GetCallerIdentity", kStsVersion));
  return {text_at(result, "Account"), text_at(result, "Arn"), text_at(result, "UserId")};
}

}  // namespace sosw::aws
