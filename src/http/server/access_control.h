#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "http/server/message.h"
#include "http/server/server.h"

namespace sosw::web {

/// Access control: decides on a request's headers, and on the whole of it where it has a proof.
class AccessControl {
 public:
  explicit AccessControl(const Access&);

  struct Decision {
    int status = 0;  ///< 0: the request may pass
    std::string message;
    bool needs_authentication = false;  ///< it may pass if there is no objection() once its body is read
  };
  Decision check(const Request& head) const;
  /// The answer when none of a request's proofs is valid.
  std::optional<Answer> rejection(const Request& whole) const;

 private:
  bool host_is_known(std::string_view host) const;
  std::string fault_of_page(const Request& head) const;
  bool knows_token(std::string_view authorization) const;

  std::string token_;
  std::vector<std::shared_ptr<const Authenticator>> proofs_;
  std::vector<std::string> hosts_;
  bool pages_;
};

}  // namespace sosw::web
