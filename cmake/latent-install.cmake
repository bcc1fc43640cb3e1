# `cmake --install build/release --prefix DIR` copies the headers, the command latent and the files that find_package(latent) and
# pkg-config read;
# `cmake --build build/release --target uninstall` removes what was installed last; `cpack -G DEB` makes a Debian package.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(LATENT_PACKAGE_DIR "${CMAKE_INSTALL_DATAROOTDIR}/cmake/latent")
configure_package_config_file(cmake/latent-config.cmake.in "${PROJECT_BINARY_DIR}/latent-config.cmake"
                              INSTALL_DESTINATION "${LATENT_PACKAGE_DIR}" PATH_VARS CMAKE_INSTALL_INCLUDEDIR)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/latent-config-version.cmake"
                                 COMPATIBILITY SameMajorVersion ARCH_INDEPENDENT)

install(DIRECTORY include/latent DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" FILES_MATCHING PATTERN "*.hpp")
install(FILES cmake/latent-targets.cmake "${PROJECT_BINARY_DIR}/latent-config.cmake"
              "${PROJECT_BINARY_DIR}/latent-config-version.cmake"
        DESTINATION "${LATENT_PACKAGE_DIR}")
option(LATENT_INSTALL_COMMAND "Install the command latent, a script that compiles and runs a program" ${UNIX})
if(LATENT_INSTALL_COMMAND)
  install(PROGRAMS scripts/latent DESTINATION "${CMAKE_INSTALL_BINDIR}")
endif()
install(FILES LICENSE DESTINATION "${CMAKE_INSTALL_DOCDIR}")

# pkg-config: a file for each target that can be made here. They know where they lie, so that a prefix may be moved.
set(LATENT_PKGCONFIG_DIR "${CMAKE_INSTALL_DATAROOTDIR}/pkgconfig")
file(RELATIVE_PATH LATENT_PKGCONFIG_UP "/${LATENT_PKGCONFIG_DIR}" "/")
string(REGEX REPLACE "/$" "" LATENT_PKGCONFIG_UP "${LATENT_PKGCONFIG_UP}")
function(latent_pkg_config name)
  cmake_parse_arguments(PC "" "DESCRIPTION;REQUIRES;CFLAGS;LIBS" "" ${ARGN})
  configure_file(cmake/latent.pc.in "${PROJECT_BINARY_DIR}/${name}.pc" @ONLY)
  install(FILES "${PROJECT_BINARY_DIR}/${name}.pc" DESTINATION "${LATENT_PKGCONFIG_DIR}")
endfunction()
if(OpenMP_CXX_FOUND)
  set(threads "${OpenMP_CXX_FLAGS}")
else()
  set(threads "-pthread -fopenmp-simd -Wno-unknown-pragmas")
endif()
latent_pkg_config(latent DESCRIPTION "${PROJECT_DESCRIPTION} (compile with -std=c++20 -O3 -march=native)"
                  REQUIRES "eigen3 >= 3.4" CFLAGS "-I\${includedir} -DEIGEN_DONT_PARALLELIZE ${threads}" LIBS "${threads}")
set(stb "")
if(LATENT_STB_INCLUDE_DIR)
  set(stb "-I${LATENT_STB_INCLUDE_DIR}")
endif()
if(TARGET latent_pictures)
  latent_pkg_config(latent-pictures DESCRIPTION "latent's PNGs, grids and plots" REQUIRES "latent"
                    CFLAGS "${stb}")
endif()
if(TARGET latent_datasets)
  latent_pkg_config(latent-datasets DESCRIPTION "latent's MNIST and its kin, noise, splits, images" REQUIRES "latent zlib"
                    CFLAGS "${stb}")
endif()
if(TARGET latent_files)
  latent_pkg_config(latent-files DESCRIPTION "latent's archives, folders of images, arrays and tables"
                    REQUIRES "latent-datasets libarchive" CFLAGS "-DLATENT_FILES" LIBS "-lcsv")
endif()
if(TARGET latent_io)
  latent_pkg_config(latent-io DESCRIPTION "latent's weights and models as safetensors" REQUIRES "latent nlohmann_json")
endif()
if(TARGET latent_report)
  latent_pkg_config(latent-report DESCRIPTION "latent's page for every run" REQUIRES "latent-pictures latent-datasets")
endif()

if(NOT TARGET uninstall)
  # A list of its own: CMake's install_manifest.txt is written by cpack, too, and then names files of /usr that it did not install.
  set(LATENT_INSTALLED "${PROJECT_BINARY_DIR}/latent_installed.txt")
  install(CODE "if(NOT \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}\" MATCHES \"/_CPack_Packages/\")
    string(REPLACE \";\" \"\\n\" installed \"\${CMAKE_INSTALL_MANIFEST_FILES}\")
    file(WRITE \"${LATENT_INSTALLED}\" \"\${installed}\\n\")
  endif()")
  add_custom_target(uninstall COMMAND ${CMAKE_COMMAND} -D MANIFEST=${LATENT_INSTALLED}
                                      -P ${PROJECT_SOURCE_DIR}/cmake/latent-uninstall.cmake)
endif()

include(cmake/latent-debian.cmake)
