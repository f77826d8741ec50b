# The dashboard becomes C++ when the program is built: with npm as it is, else as a page that says so.
set(SOSW_DASHBOARD AUTO CACHE STRING "Build the dashboard: AUTO (if npm can), ON (or fail) or OFF")
set_property(CACHE SOSW_DASHBOARD PROPERTY STRINGS AUTO ON OFF)

set(DASHBOARD_SOURCE ${PROJECT_SOURCE_DIR}/dashboard)
set(DASHBOARD_OUT ${PROJECT_BINARY_DIR}/dashboard)
find_program(NPM_PROGRAM npm)
find_program(NODE_PROGRAM NAMES node nodejs)
file(GLOB_RECURSE dashboard_files CONFIGURE_DEPENDS ${DASHBOARD_SOURCE}/src/*)
add_custom_command(
  OUTPUT ${DASHBOARD_OUT}/assets.cpp
  COMMAND ${CMAKE_COMMAND} -DWANTED=${SOSW_DASHBOARD} -DNPM=${NPM_PROGRAM} -DNODE=${NODE_PROGRAM}
          -DSOURCE=${DASHBOARD_SOURCE} -DOUT=${DASHBOARD_OUT} -P ${PROJECT_SOURCE_DIR}/cmake/BuildDashboard.cmake
  DEPENDS ${dashboard_files} ${DASHBOARD_SOURCE}/build.mjs ${DASHBOARD_SOURCE}/package-lock.json
          ${DASHBOARD_SOURCE}/unbuilt.html ${PROJECT_SOURCE_DIR}/cmake/BuildDashboard.cmake
  COMMENT "Building the dashboard" VERBATIM)
set_source_files_properties(${DASHBOARD_OUT}/assets.cpp PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
target_sources(sosw_api PRIVATE ${DASHBOARD_OUT}/assets.cpp)
