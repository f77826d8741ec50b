#pragma once

#include <span>
#include <string_view>

namespace sosw {

/// One file of the dashboard, as built into the program.
struct DashboardAsset {
  std::string_view path;  ///< "assets/app-1a2b3c4d.js"
  std::string_view content_type;
  std::string_view bytes;
  std::string_view gzip;  ///< the same, compressed; empty where that is not smaller
};

/// Includes index.html. Where the program was built without npm, that is the only one, and says so.
std::span<const DashboardAsset> dashboard_assets();

}  // namespace sosw
