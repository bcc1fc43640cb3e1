# `cmake --install build/release --prefix DIR` copies the headers and the files find_package(latent) reads.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(LATENT_PACKAGE_DIR "${CMAKE_INSTALL_DATAROOTDIR}/cmake/latent")
configure_package_config_file(cmake/latent-config.cmake.in "${PROJECT_BINARY_DIR}/latent-config.cmake"
                              INSTALL_DESTINATION "${LATENT_PACKAGE_DIR}" PATH_VARS CMAKE_INSTALL_INCLUDEDIR)
# Before 1.0 a new minor version may change what programs call.
write_basic_package_version_file("${PROJECT_BINARY_DIR}/latent-config-version.cmake"
                                 COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)

install(DIRECTORY include/latent DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" FILES_MATCHING PATTERN "*.hpp")
install(FILES cmake/latent-targets.cmake "${PROJECT_BINARY_DIR}/latent-config.cmake"
              "${PROJECT_BINARY_DIR}/latent-config-version.cmake"
        DESTINATION "${LATENT_PACKAGE_DIR}")
install(FILES LICENSE DESTINATION "${CMAKE_INSTALL_DOCDIR}")
