#include "aws/core/endpoint.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "sosw/model/errors.h"

#include "text/url.h"

namespace sosw::aws {
namespace {

struct Partition {
  std::string_view region_prefix;
  std::string_view name;
  std::string_view suffix;
};

constexpr std::array kPartitions = {
    Partition{"cn-", "aws-cn", "amazonaws.com.cn"},      Partition{"us-gov-", "aws-us-gov", "amazonaws.com"},
    Partition{"us-isob-", "aws-iso-b", "sc2s.sgov.gov"}, Partition{"us-isof-", "aws-iso-f", "csp.hci.ic.gov"},
    Partition{"us-iso-", "aws-iso", "c2s.ic.gov"},       Partition{"eu-isoe-", "aws-iso-e", "cloud.adc-e.uk"},
    Partition{"eusc-", "aws-eusc", "amazonaws.eu"},      Partition{"", "aws", "amazonaws.com"},
};

const Partition& partition(std::string_view region) {
  return *std::find_if(kPartitions.begin(), kPartitions.end(),
                       [&](const Partition& it) { return region.starts_with(it.region_prefix); });
}

/// Where it is configured, and what.
std::optional<std::pair<std::string, std::string>> configured(const Service& service,
                                                              const Environment& environment,
                                                              const SharedConfig& config) {
  if (environment.is_true("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") ||
      config.get("ignore_configured_endpoint_urls") == "true")
    return std::nullopt;
  std::string variable = std::string("AWS_ENDPOINT_URL_") + service.key;
  std::transform(variable.begin(), variable.end(), variable.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  for (const std::string& name : {variable, std::string("AWS_ENDPOINT_URL")})
    if (const auto url = environment.get(name)) return {{name, *url}};
  if (const auto services = config.get("services"))
    if (const auto url = config.get_from_services(*services, std::string(service.key) + ".endpoint_url"))
      return {{fmt::format("[services {}] {}.endpoint_url", *services, service.key), *url}};
  if (const auto url = config.get("endpoint_url"))
    return {{fmt::format("endpoint_url of the profile {}", config.profile()), *url}};
  return std::nullopt;
}

}  // namespace

std::string partition_of(const std::string& region) { return std::string(partition(region).name); }

bool has_configured_endpoint(const Service& service, const Environment& environment,
                             const SharedConfig& config) {
  return configured(service, environment, config).has_value();
}

std::string endpoint_of(const Service& service, const std::string& region, const Environment& environment,
                        const SharedConfig& config) {
  if (auto found = configured(service, environment, config)) {
    auto& [setting, url] = *found;
    const UrlParts parts = split_url(url);
    if ((parts.scheme != "http" && parts.scheme != "https") || parts.authority.empty() ||
        !parts.query.empty())
      throw InvalidConfig(setting, "this is no address such as http://localhost:4566");
    while (url.ends_with('/')) url.pop_back();
    return url;
  }
  if (region.empty() || !std::all_of(region.begin(), region.end(), [](unsigned char c) {
        return std::islower(c) || std::isdigit(c) || c == '-';
      }))
    throw InvalidConfig("AWS_REGION", fmt::format("'{}' is no region such as eu-west-1", region));
  return fmt::format("https://{}{}.{}.{}", service.host,
                     environment.is_true("AWS_USE_FIPS_ENDPOINT") ? "-fips" : "", region,
                     partition(region).suffix);
}

}  // namespace sosw::aws
