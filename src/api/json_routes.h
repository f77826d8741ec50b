#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "admin/admin_service.h"
#include "http/server/message.h"
#include "text/json.h"

namespace sosw {

/// A request, parsed for its route.
struct ApiCall {
  const web::Request& request;
  std::string id;  ///< the value of {id}
  Json body;       ///< the object that was POSTed; null where the route has no keys

  std::string text(const char* parameter) const;  ///< of the query; empty when absent
  std::size_t at_most() const;                    ///< the parameter `limit`
  std::size_t number(const char* parameter, std::size_t otherwise, std::size_t most) const;
  std::optional<Time> time(const char* parameter) const;  ///< in Unix seconds
};

/// Requests that take long do not block the others.
enum class Workload {
  quick,
  large,  ///< answers of many megabytes, when tasks are large
  slow,   ///< one small step for each task
};

/// One request that the admin service answers.
struct Route {
  std::string_view method;
  std::string_view path;  ///< behind /api/v1/
  std::string (*answer)(AdminService&, const ApiCall&);
  std::vector<std::string_view> parameters = {};  ///< of the query
  std::vector<std::string_view> keys = {};        ///< of the body
  int status = 200;
  Workload workload = Workload::quick;
  bool only_looks = false;  ///< a POST that changes nothing
};

std::span<const Route> admin_routes();

/// Whether a path below /api/v1 matches `pattern`; then `id` is the value of {id}.
bool matches(std::string_view pattern, std::span<const std::string> steps, std::string& id);

/// The request parsed for its route. Throws AdminError for anything unknown to the route.
ApiCall parse_call(const Route&, const web::Request&, std::string id);

}  // namespace sosw
