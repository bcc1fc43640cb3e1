# `cpack -G DEB` in the build folder: a package for all processors, liblatent-dev_<version>-1_all.deb.
set(CPACK_PACKAGE_NAME latent)
set(CPACK_PACKAGE_VENDOR "latent")
set(LATENT_MAINTAINER "the latent authors <authors@latent.invalid>" CACHE STRING "Who makes the Debian package, with an address")
set(CPACK_PACKAGE_CONTACT "${LATENT_MAINTAINER}")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "header-only neural-network library for auto-encoders")
set(CPACK_PACKAGE_DESCRIPTION
    "latent is a C++20 library for learning and teaching auto-encoders: plain,
convolutional, denoising and variational ones. It has Keras's names, computes
what Keras computes, and gives the same bits on any number of threads.
.
This package has the headers, and files for CMake and pkg-config. The headers
for pictures, data sets, files and weights need the recommended packages.")
set(CPACK_RESOURCE_FILE_LICENSE "${PROJECT_SOURCE_DIR}/LICENSE")
set(CPACK_INSTALL_CMAKE_PROJECTS "${PROJECT_BINARY_DIR};${PROJECT_NAME};ALL;/")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES OFF)
set(CPACK_GENERATOR DEB)

set(CPACK_DEBIAN_PACKAGE_NAME liblatent-dev)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_ARCHITECTURE all)
set(CPACK_DEBIAN_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "libeigen3-dev (>= 3.4), g++ (>= 4:11) | clang (>= 1:14)")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS
    "libarchive-dev, libcsv-dev, libstb-dev, nlohmann-json3-dev, pkg-config | cmake, zlib1g-dev")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "libopenmpi-dev | libmpich-dev")
# What Debian wants in /usr/share/doc.
set(CPACK_PRE_BUILD_SCRIPTS "${PROJECT_SOURCE_DIR}/packaging/debian/documents.cmake")
include(CPack)
