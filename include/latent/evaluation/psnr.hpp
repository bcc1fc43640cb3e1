/// The error of images: mean squared error, its root, and the peak signal-to-noise ratio.
#pragma once

#include <cmath>
#include <limits>
#include <vector>

#include "latent/core/check.hpp"
#include "latent/core/tensor.hpp"

namespace latent::evaluation {

namespace detail {

/// Throws std::invalid_argument unless both tensors have the same dimensions, and at least one sample.
template <class Tensors>
[[gnu::cold]] void check_alike(const Tensors& a, const Tensors& b, const char* what) {
  check(a.size() > 0, what, ": expected at least one image, received none");
  for (std::size_t axis = 0; axis < Tensors::NumDimensions; ++axis)
    check(a.dimension(axis) == b.dimension(axis), what, ": expected two tensors of the same shape, but axis ", axis,
          " has ", a.dimension(axis), " and ", b.dimension(axis));
}

}  // namespace detail

/// mean (a - b)^2 of each sample; NaN for a sample with a NaN in it.
template <class Scalar, int Rank>
std::vector<double> squared_errors(const Eigen::Tensor<Scalar, Rank, Eigen::RowMajor>& a,
                                   const Eigen::Tensor<Scalar, Rank, Eigen::RowMajor>& b) {
  detail::check_alike(a, b, "squared_errors");
  const Index size = sample_size(a);
  std::vector<double> errors;
  for (Index n = 0; n < a.dimension(0); ++n) {
    double sum = 0;
    for (Index i = n * size; i < (n + 1) * size; ++i) {
      const double difference = static_cast<double>(a.data()[i]) - static_cast<double>(b.data()[i]);
      sum += difference * difference;
    }
    errors.push_back(sum / static_cast<double>(size));
  }
  return errors;
}

/// The mean of numbers, as those that `psnr` gives; NaN if one of them is. Throws std::invalid_argument if there are none.
inline double mean(const std::vector<double>& numbers) {
  check(!numbers.empty(), "mean: expected at least one number, received none");
  double sum = 0;
  for (const double number : numbers) sum += number;
  return sum / static_cast<double>(numbers.size());
}

/// mean (a - b)^2 over everything; NaN if there is one.
template <class Scalar, int Rank>
double mean_squared_error(const Eigen::Tensor<Scalar, Rank, Eigen::RowMajor>& a,
                          const Eigen::Tensor<Scalar, Rank, Eigen::RowMajor>& b) {
  detail::check_alike(a, b, "mean_squared_error");
  return mean(squared_errors(a, b));
}

/// Its root.
template <class Scalar, int Rank>
double root_mean_squared_error(const Eigen::Tensor<Scalar, Rank, Eigen::RowMajor>& a,
                               const Eigen::Tensor<Scalar, Rank, Eigen::RowMajor>& b) {
  detail::check_alike(a, b, "root_mean_squared_error");
  return std::sqrt(mean_squared_error(a, b));
}

/// 10 log10(max_val^2 / mean (a - b)^2) of each sample, in decibels, as tf.image.psnr: infinite where both are equal,
/// NaN where there is a NaN.
/// https://www.tensorflow.org/api_docs/python/tf/image/psnr
template <class Scalar, int Rank>
std::vector<double> psnr(const Eigen::Tensor<Scalar, Rank, Eigen::RowMajor>& a,
                         const Eigen::Tensor<Scalar, Rank, Eigen::RowMajor>& b, double max_val = 1) {
  detail::check_alike(a, b, "psnr");
  check(std::isfinite(max_val) && max_val > 0, "psnr: expected a max_val above 0, received ", max_val);
  std::vector<double> decibels = squared_errors(a, b);
  for (double& error : decibels)
    error = error == 0 ? std::numeric_limits<double>::infinity() : 20 * std::log10(max_val) - 10 * std::log10(error);
  return decibels;
}

}  // namespace latent::evaluation

namespace latent {
using evaluation::mean_squared_error, evaluation::root_mean_squared_error;
}
