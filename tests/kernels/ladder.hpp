// Every rung against the loops of the definition, all three passes, with results and scratch memory full of NaN.
#pragma once

#include <doctest/doctest.h>

#include <latent/core/random.hpp>
#include <latent/kernels/conv2d_alone.hpp>
#include <latent/kernels/conv2d_im2col.hpp>
#include <latent/kernels/conv2d_naive.hpp>
#include <latent/latent.hpp>

using namespace latent;
using kernels::Convolution, kernels::LoneConv2D;

namespace ladder {

template <class Scalar>
Tensor<4, Scalar> normal(Index a, Index b, Index c, Index d, int stream) {
  Tensor<4, Scalar> values(a, b, c, d);
  const Random random(Seed{3}, Purpose::test, static_cast<std::uint32_t>(stream));
  // float holds all inputs exactly, so that double computes from the same numbers
  for (Index i = 0; i < values.size(); ++i)
    values.data()[i] = static_cast<Scalar>(static_cast<float>(random.normal(i)));
  return values;
}

struct Results {
  Tensor<4, double> y, dx, dkernel;
};

template <class R, Convolution C, class Scalar>
Results results(Index images, int threads = 1) {
  LoneConv2D<R, C, Scalar> convolution(images);
  convolution.fill_results(std::numeric_limits<Scalar>::quiet_NaN());
  convolution.set_x(normal<Scalar>(images, C.rows.input, C.columns.input, C.channels, 0));
  convolution.set_dy(normal<Scalar>(images, C.rows.output, C.columns.output, C.filters, 1));
  convolution.set_kernel(normal<Scalar>(C.rows.kernel, C.columns.kernel, C.channels, C.filters, 2));
  std::vector<Scalar> bias;
  for (Index f = 0; f < C.filters; ++f) bias.push_back(static_cast<Scalar>(f + 1) / 8);
  convolution.set_bias(bias);
  convolution.forward(threads), convolution.input_gradient(threads), convolution.weight_gradient(threads);
  return {convolution.y().template cast<double>(), convolution.dx().template cast<double>(),
          convolution.dkernel().template cast<double>()};
}

/// The largest difference, relative to the largest value; NaN counts as infinite.
double error(const Tensor<4, double>& got, const Tensor<4, double>& expected) {
  REQUIRE(got.size() == expected.size());
  double worst = 0, largest = 0;
  for (Index i = 0; i < got.size(); ++i) {
    const double difference = std::abs(got.data()[i] - expected.data()[i]);
    if (!(difference <= worst)) worst = std::isnan(difference) ? HUGE_VAL : difference;
    largest = std::max(largest, std::abs(expected.data()[i]));
  }
  return worst / largest;
}

/// A sum of n products of numbers near 1 grows as sqrt(n), and so do its rounding errors: together n eps is generous for a
/// direct sum. Winograd's additions of neighbours make numbers up to 4 (16 / 4) times as large before they cancel.
template <class R, Convolution C, class Scalar>
void compare(const char* rung, const Results& expected, Index images) {
  const double eps = static_cast<double>(std::numeric_limits<Scalar>::epsilon());
  const double terms = std::sqrt(static_cast<double>(
      std::max({C.taps() * C.channels, C.taps() * C.filters, images * C.rows.output * C.columns.output})));
  const double allowed = (std::is_same_v<R, winograd> ? 4 : 1) * eps * terms;
  const Results got = results<R, C, Scalar>(images);
  const auto what = [&](const char* pass) {
    return text(rung, " ", pass, " ", C.rows.input, "x", C.columns.input, "x", C.channels, "x", C.filters, ", kernel ",
                C.rows.kernel, "x", C.columns.kernel, ", strides ", C.rows.stride, "x", C.columns.stride, ", ",
                8 * sizeof(Scalar), " bit, ", images, " images");
  };
  CHECK_MESSAGE(error(got.y, expected.y) <= allowed, what("forward"), ": ", error(got.y, expected.y), " > ", allowed);
  CHECK_MESSAGE(error(got.dx, expected.dx) <= allowed, what("input gradient"), ": ", error(got.dx, expected.dx), " > ",
                allowed);
  CHECK_MESSAGE(error(got.dkernel, expected.dkernel) <= allowed, what("weight gradient"), ": ",
                error(got.dkernel, expected.dkernel), " > ", allowed);

  // The same bits, however many threads share the images.
  const Results other = results<R, C, Scalar>(images, 3);
  CHECK(error(other.y, got.y) == 0);
  CHECK(error(other.dx, got.dx) == 0);
  CHECK(error(other.dkernel, got.dkernel) == 0);
}

/// All rungs, in double unless other scalars are named. (Every one of them is minutes of compiling for all the shapes.)
template <Convolution C, class... Scalars>
void climb(Index images) {
  if constexpr (sizeof...(Scalars) == 0) {
    climb<C, double>(images);
  } else {
    const Results expected = results<naive, C, double>(images);
    (compare<im2col, C, Scalars>("im2col", expected, images), ...);
    (compare<tiled, C, Scalars>("tiled", expected, images), ...);
    (compare<few_filters, C, Scalars>("few_filters", expected, images), ...);
    (compare<few_weights, C, Scalars>("few_weights", expected, images), ...);
    if constexpr (winograd::fits<C>) (compare<winograd, C, Scalars>("winograd", expected, images), ...);
  }
}

constexpr Convolution square(Index size, Index kernel, Index channels, Index filters, Padding padding, Index stride = 1,
                             Index dilation = 1) {
  return {{size, kernel, stride, padding, dilation}, {size, kernel, stride, padding, dilation}, channels, filters};
}

}  // namespace ladder
