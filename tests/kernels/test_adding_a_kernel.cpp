// The rung of docs/adding_a_kernel.md works, and the document shows the code that is tested here.
#include <doctest/doctest.h>

#include <latent/checks.hpp>
#include <latent/core/files.hpp>
#include <latent/kernels/conv2d_alone.hpp>
#include <latent/latent.hpp>

#include "kernels/example_rung.hpp"

using namespace latent;

TEST_CASE("filters_innermost computes what naive computes") {
  constexpr kernels::Convolution sizes{{9, 3, 2, Padding::same}, {7, 3, 2, Padding::same}, 5, 12};
  kernels::LoneConv2D<naive, sizes> slow(2);
  kernels::LoneConv2D<filters_innermost, sizes> fast(2);
  Tensor<4> x(2, 9, 7, 5), kernel(3, 3, 5, 12);
  x.setRandom(), kernel.setRandom();
  slow.set_x(x), slow.set_kernel(kernel), slow.forward();
  fast.set_x(x), fast.set_kernel(kernel), fast.forward();
  for (Index i = 0; i < slow.y().size(); ++i)
    CHECK(fast.y().data()[i] == doctest::Approx(slow.y().data()[i]).epsilon(1e-5));
}

TEST_CASE("filters_innermost in a model") {
  Model<double, Input<5, 6, 2>, Conv2D<3, 3, Same, Tanh, Kernel<filters_innermost>>, Conv2D<1, 3, Same>> model;
  Tensor<4, double> x(2, 5, 6, 2);
  x.setRandom();
  const auto report = check_gradients(model, x);
  CHECK_MESSAGE(report.passed, report);
}

TEST_CASE("docs/adding_a_kernel.md shows this rung whole and this test's code") {
  const std::string folder = LATENT_SOURCE_DIR, document = read_file(folder + "/docs/adding_a_kernel.md");
  const std::string rung = read_file(folder + "/tests/kernels/example_rung.hpp");
  const std::string test = read_file(folder + "/tests/kernels/test_adding_a_kernel.cpp");
  const std::string opening = "```cpp\n";
  int blocks = 0, whole = 0;
  for (std::size_t at = document.find(opening); at != std::string::npos; at = document.find(opening, at)) {
    at += opening.size();
    const std::string block = document.substr(at, document.find("```", at) - at);
    CAPTURE(block);
    whole += block == rung;
    CHECK((block == rung || test.find(block) != std::string::npos));
    ++blocks;
  }
  CHECK(whole == 1);
  CHECK(blocks == 2);
}
