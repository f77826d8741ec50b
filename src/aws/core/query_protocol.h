#pragma once

#include <string>
#include <utility>
#include <vector>

#include "aws/core/caller.h"
#include "aws/core/xml.h"

namespace sosw::aws {

/// The parameters of a call in AWS's Query protocol: names such as "Dimensions.member.1.Name".
class QueryForm {
 public:
  QueryForm(std::string action, const std::string& version);

  void add(const std::string& name, const std::string& value);
  void add_unless_empty(const std::string& name, const std::string& value);

  Call call(Repeat repeat = Repeat::always) const;

 private:
  std::string action_;
  std::string body_;
};

/// The content of <ActionResponse><ActionResult> of an answer. Throws AwsError when it can't be parsed.
Xml query_result(const Caller&, const std::string& action, const HttpAnswer&);

/// Sends, and decodes the result.
Xml send_query(Caller&, const std::string& action, const QueryForm&, Repeat repeat = Repeat::always);

/// The error for a success that can't be parsed.
AwsError unreadable(const Caller&, const std::string& operation, const HttpAnswer&, const std::string& why);

}  // namespace sosw::aws
