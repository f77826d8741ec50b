# What `cmake --install` installs: the program, its unit for systemd, documents, and the library in two components, for
# CMake (find_package(sosw COMPONENTS worker engine), then link sosw::worker or sosw::engine) and for pkg-config
# (sosw-worker, sosw-engine).
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# worker: sosw_worker is installed as it is. engine: all other rooms in one archive.
add_library(sosw_engine_archive STATIC)
get_property(rooms GLOBAL PROPERTY SOSW_ROOMS)
list(REMOVE_ITEM rooms sosw_worker)
foreach(room ${rooms})
  get_target_property(type ${room} TYPE)
  if(type STREQUAL STATIC_LIBRARY)
    target_sources(sosw_engine_archive PRIVATE $<TARGET_OBJECTS:${room}>)
  endif()
endforeach()
set_target_properties(sosw_engine_archive PROPERTIES OUTPUT_NAME sosw_engine EXPORT_NAME engine LINKER_LANGUAGE CXX
                      ARCHIVE_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/package)
set_target_properties(sosw_worker PROPERTIES EXPORT_NAME worker)
# Also in soswConfig.cmake.in and sosw-engine.pc.in.
target_link_libraries(sosw_engine_archive PRIVATE CURL::libcurl OpenSSL::Crypto SQLiteCpp Threads::Threads fmt::fmt
                      prometheus-cpp::core spdlog::spdlog yaml-cpp cctz)
target_include_directories(sosw_engine_archive INTERFACE $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>)
foreach(library sosw_worker sosw_engine_archive)
  target_include_directories(${library} INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_compile_features(${library} INTERFACE cxx_std_20)
endforeach()
add_library(sosw::worker ALIAS sosw_worker)
add_library(sosw::engine ALIAS sosw_engine_archive)

# All that is installed, to be built without tests and benchmarks.
add_custom_target(installable DEPENDS sosw sosw_worker sosw_engine_archive)

install(TARGETS sosw RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY include/sosw DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/sosw)
install(TARGETS sosw_worker EXPORT soswWorkerTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(TARGETS sosw_engine_archive EXPORT soswEngineTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT soswWorkerTargets NAMESPACE sosw:: DESTINATION ${package_dir})
install(EXPORT soswEngineTargets NAMESPACE sosw:: DESTINATION ${package_dir})
configure_package_config_file(cmake/soswConfig.cmake.in ${PROJECT_BINARY_DIR}/package/soswConfig.cmake
                              INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/package/soswConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/package/soswConfig.cmake ${PROJECT_BINARY_DIR}/package/soswConfigVersion.cmake
        DESTINATION ${package_dir})

# pkg-config: the prefix is found from where the file is, so that an installed tree may be moved.
file(RELATIVE_PATH prefix_from_pc /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
foreach(library worker engine)
  configure_file(cmake/sosw-${library}.pc.in ${PROJECT_BINARY_DIR}/package/sosw-${library}.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/package/sosw-${library}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endforeach()

# The unit names the program where it is installed, which is only known then.
install(CODE "
  file(READ \"${PROJECT_SOURCE_DIR}/deploy/sosw.service\" unit)
  string(REPLACE /usr/local/bin \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_BINDIR}\" unit \"\${unit}\")
  file(WRITE \"${PROJECT_BINARY_DIR}/package/sosw.service\" \"\${unit}\")
  file(INSTALL \"${PROJECT_BINARY_DIR}/package/sosw.service\" DESTINATION \"\${CMAKE_INSTALL_PREFIX}/lib/systemd/system\")
")
install(FILES LICENSE README.md CHANGELOG.md deploy/sosw.environment DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR})
