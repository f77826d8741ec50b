# Writes OUT/assets.cpp: cmake -DWANTED=AUTO|ON|OFF -DNPM=... -DNODE=... -DSOURCE=... -DOUT=... -P this file.

# The page that says why there is no dashboard, as C++.
function(leave_out reason)
  if(WANTED STREQUAL "ON")
    message(FATAL_ERROR "The dashboard can't be built: ${reason}")
  endif()
  message(WARNING "The program has no dashboard: ${reason}")
  file(READ ${SOURCE}/unbuilt.html page)
  string(REPLACE "@REASON@" "${reason}" page "${page}")
  file(WRITE ${OUT}/assets.cpp "#include \"api/dashboard_assets.h\"

#include <array>

namespace sosw {
namespace {

constexpr std::string_view kPage = R\"page(${page})page\";
constexpr std::array kAssets = {DashboardAsset{\"index.html\", \"text/html; charset=utf-8\", kPage, {}}};

}  // namespace

std::span<const DashboardAsset> dashboard_assets() { return kAssets; }

}  // namespace sosw
")
endfunction()

function(run)
  execute_process(COMMAND ${ARGN} WORKING_DIRECTORY ${OUT} RESULT_VARIABLE status OUTPUT_VARIABLE said
                  ERROR_VARIABLE said)
  set(status ${status} PARENT_SCOPE)
  if(NOT status EQUAL 0)
    message("${said}")
  endif()
endfunction()

file(MAKE_DIRECTORY ${OUT})
if(WANTED STREQUAL "OFF")
  leave_out("it was built with SOSW_DASHBOARD=OFF.")
  return()
endif()
if(NOT NPM OR NOT NODE)
  leave_out("there was no npm when it was built.")
  return()
endif()
set(installed ${OUT}/node_modules/.package-lock.json)
if(NOT EXISTS ${installed} OR ${SOURCE}/package-lock.json IS_NEWER_THAN ${installed})
  file(COPY ${SOURCE}/package.json ${SOURCE}/package-lock.json ${SOURCE}/.npmrc DESTINATION ${OUT})
  run(${NPM} ci --no-audit --no-fund)
  if(NOT status EQUAL 0)
    leave_out("`npm ci` failed when it was built.")
    return()
  endif()
endif()
run(${NODE} ${SOURCE}/build.mjs ${OUT} ${OUT})
if(NOT status EQUAL 0)
  message(FATAL_ERROR "The dashboard can't be built; esbuild says why above")
endif()
