#include <doctest/doctest.h>

#include "latent/core/buffer.hpp"
#include "latent/core/tensor.hpp"

using namespace latent;

#if defined(__SANITIZE_ADDRESS__)
#define LATENT_SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define LATENT_SANITIZED
#endif
#endif

using Matrix = Tensor<2, double>;

TEST_CASE("what there is no memory for is said, with the number of bytes") {
#ifdef LATENT_SANITIZED
  MESSAGE("AddressSanitizer ends a program that asks for too much: skipped");
#else
  CHECK_THROWS_WITH_AS(aligned_zeros<float>(Index{1} << 55),
                       "there is no memory for 144115188075855936 bytes (144115188.08 GB); fewer samples at once, a "
                       "smaller batch, fewer threads or a smaller network may help",
                       OutOfMemory);
  CHECK_THROWS_WITH_AS(new_tensor<Matrix>(Matrix::Dimensions(Index{1} << 50, 100)),
                       doctest::Contains("no memory for 900719925474099200 bytes (900719925.47 GB)"), OutOfMemory);
#endif
}
