#include <doctest/doctest.h>

#include "latent/core/buffer.hpp"
#include "latent/core/tensor.hpp"
#include "latent/datasets/labels.hpp"
#include "latent/evaluation/distances.hpp"
#include "sanitized.hpp"

using namespace latent;

using Matrix = Tensor<2, double>;

TEST_CASE("what there is no memory for is said, with the number of bytes") {
#ifdef LATENT_SANITIZED
  MESSAGE("a sanitizer ends a program that asks for too much: skipped");
#else
  CHECK_THROWS_WITH_AS(aligned_zeros<float>(Index{1} << 55),
                       "there is no memory for 144115188075855936 bytes (144115188.08 GB); fewer samples at once, a "
                       "smaller batch, fewer threads or a smaller network may help",
                       OutOfMemory);
  CHECK_THROWS_WITH_AS(new_tensor<Matrix>(Matrix::Dimensions(Index{1} << 50, 100)),
                       doctest::Contains("no memory for 900719925474099200 bytes (900719925.47 GB)"), OutOfMemory);
  const auto said = [](double bytes) { return std::string(OutOfMemory(bytes).what()).substr(0, 50); };
  CHECK(said(999999) == "there is no memory for 999999 bytes; fewer samples");
  CHECK(said(1e6).starts_with("there is no memory for 1000000 bytes (1.00 MB); "));
  CHECK(said(1e9).starts_with("there is no memory for 1000000000 bytes (1.00 GB)"));
  // Of functions whose result can be far larger than what they are given.
  CHECK_THROWS_WITH_AS(evaluation::squared_distances(Tensor<2>(Index{1} << 26, 0)),
                       doctest::Contains("no memory for 18014398509481984 bytes"), OutOfMemory);
  CHECK_THROWS_WITH_AS((void)datasets::to_categorical(std::vector<int>(100), Index{1} << 50),
                       doctest::Contains("no memory for 450359962737049600 bytes"), OutOfMemory);
#endif
}
