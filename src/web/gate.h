#pragma once

#include <string>
#include <vector>

#include "sosw/web/message.h"
#include "sosw/web/server.h"

namespace sosw::web {

/// Who may ask: decides on a request's headers alone.
class Gate {
 public:
  explicit Gate(const Access&);

  struct Refusal {
    int status = 0;  ///< 0: the request may pass
    std::string message;
  };
  Refusal check(const Request&) const;

 private:
  bool host_is_known(std::string_view host) const;
  bool knows_token(std::string_view authorization) const;

  std::string token_;
  std::vector<std::string> hosts_;
};

}  // namespace sosw::web
