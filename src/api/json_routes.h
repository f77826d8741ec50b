#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "admin/admin_service.h"
#include "http/server/message.h"
#include "text/json.h"

namespace sosw {

/// A request, taken apart for its route.
struct ApiCall {
  const web::Request& request;
  std::string id;  ///< what stands for {id}
  Json body;       ///< the object that was POSTed; null where the route has no keys

  std::string text(const char* parameter) const;  ///< of the query; empty when it is not there
  std::size_t at_most() const;                    ///< the parameter `limit`
  std::size_t number(const char* parameter, std::size_t otherwise, std::size_t most) const;
  std::optional<Time> time(const char* parameter) const;  ///< in Unix seconds
};

/// Who asks for what takes long does not hold up the others.
enum class Workload {
  quick,
  large,  ///< answers of many megabytes, when tasks are large
  slow,   ///< as many small steps as there are tasks
};

/// One thing that can be asked of the admin service.
struct Route {
  std::string_view method;
  std::string_view path;  ///< behind /api/v1/
  std::string (*answer)(AdminService&, const ApiCall&);
  std::vector<std::string_view> parameters = {};  ///< of the query
  std::vector<std::string_view> keys = {};        ///< of the body
  int status = 200;
  Workload workload = Workload::quick;
  bool only_looks = false;  ///< though it is a POST
};

std::span<const Route> admin_routes();

/// Whether the steps of a path behind /api/v1 are those of `pattern`; then `id` is what stands for {id}.
bool matches(std::string_view pattern, std::span<const std::string> steps, std::string& id);

/// The request as its route wants it. Throws AdminError for what the route does not know.
ApiCall parse_call(const Route&, const web::Request&, std::string id);

}  // namespace sosw
