// What a user's program is compiled and linked with: every library that latent's headers may include is found. The headers
// themselves take ten times as long to compile, and are compiled by packaging.install.
#include <Eigen/src/Core/util/Macros.h>
#include <archive.h>
#include <csv.h>
#include <stb_image_write.h>
#include <zlib.h>

#include <cstdio>
#include <latent/core/threads.hpp>
#include <latent/core/version.hpp>
#include <nlohmann/json_fwd.hpp>

#if !EIGEN_VERSION_AT_LEAST(3, 4, 0)
#error "Eigen is older than 3.4"
#endif
#ifndef EIGEN_DONT_PARALLELIZE
#error "the package does not define EIGEN_DONT_PARALLELIZE"
#endif
#ifndef LATENT_FILES
#error "the package does not define LATENT_FILES"
#endif
#if LATENT_VERSION < 10000 || \
    LATENT_VERSION_MAJOR * 10000 + LATENT_VERSION_MINOR * 100 + LATENT_VERSION_PATCH != LATENT_VERSION
#error "LATENT_VERSION is not the number of its parts"
#endif

int main() {
  csv_parser parser;
  if (csv_init(&parser, 0) != 0) return 1;
  csv_free(&parser);
  std::printf("latent %s works with %s, zlib %s and %d processors\n", latent::version, archive_version_string(),
              zlibVersion(), latent::detail::processors());
}
