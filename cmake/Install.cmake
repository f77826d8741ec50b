# libsosw as a CMake package: find_package(sosw), then link sosw::sosw.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

get_property(rooms GLOBAL PROPERTY SOSW_ROOMS)
add_library(sosw_all INTERFACE)
target_link_libraries(sosw_all INTERFACE ${rooms})
set_target_properties(sosw_all PROPERTIES EXPORT_NAME sosw)
add_library(sosw::sosw ALIAS sosw_all)

install(TARGETS sosw RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS ${rooms} sosw_all EXPORT soswTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY include/sosw DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT soswTargets NAMESPACE sosw:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/sosw)
configure_package_config_file(cmake/soswConfig.cmake.in ${PROJECT_BINARY_DIR}/soswConfig.cmake
                              INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/sosw)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/soswConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/soswConfig.cmake ${PROJECT_BINARY_DIR}/soswConfigVersion.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/sosw)
