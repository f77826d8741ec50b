#include "aws/core/query_protocol.h"

#include <stdexcept>

#include "text/url.h"

namespace sosw::aws {

QueryForm::QueryForm(std::string action, const std::string& version) : action_(std::move(action)) {
  body_ = "Action=" + action_ + "&Version=" + version;
}

void QueryForm::add(const std::string& name, const std::string& value) {
  body_.append("&").append(percent_encode(name)).append("=").append(percent_encode(value));
}

void QueryForm::add_unless_empty(const std::string& name, const std::string& value) {
  if (!value.empty()) add(name, value);
}

Call QueryForm::call(Repeat repeat) const {
  return {.operation = action_,
          .request = {.method = "POST",
                      .url = "/",
                      .headers = {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}},
                      .body = body_},
          .repeat = repeat};
}

AwsError unreadable(const Caller& caller, const std::string& operation, const HttpAnswer& answer,
                    const std::string& why) {
  return AwsError({.service = caller.setup().service,
                   .operation = operation,
                   .code = "UnreadableAnswer",
                   .message = why,
                   .status = answer.status,
                   .maybe_done = true});
}

Xml query_result(const Caller& caller, const std::string& action, const HttpAnswer& answer) {
  try {
    return parse_xml(answer.body).get_child(action + "Response").get_child(action + "Result", {});
  } catch (const std::invalid_argument& error) {
    throw unreadable(caller, action, answer, error.what());
  } catch (const boost::property_tree::ptree_bad_path&) {
    throw unreadable(caller, action, answer, "it is no " + action + "Response");
  }
}

Xml send_query(Caller& caller, const std::string& action, const QueryForm& form, Repeat repeat) {
  return query_result(caller, action, caller.send_one(form.call(repeat)));
}

}  // namespace sosw::aws
