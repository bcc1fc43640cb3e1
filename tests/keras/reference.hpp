// Numbers that Keras computed, and how close latent has to come. The folder's format is described in its README.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <latent/core/parameters.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace keras {

using latent::Index;

/// The folder of references: that which the environment variable LATENT_KERAS_REFERENCE names, the whole one where it
/// is found, else the few that the project ships.
std::string folder();
bool is_whole();
/// Folder and name of every group, "layers/conv2d" or "models/dae74k", those included that only the project ships.
std::vector<std::pair<std::string, std::string>> all_groups();
/// A text file of the folder, for example "models/dae74k.summary80.txt"; empty if it is not there.
std::string text_file(const std::string& name);

/// One pair of files <name>.json and <name>.safetensors.
class Group {
 public:
  /// Of the folder, or, where that does not have it, of the project.
  explicit Group(const std::string& name);
  Group(const std::string& root, const std::string& name);
  /// Names of all cases; a model is a group of one case.
  const std::vector<std::string>& cases() const { return cases_; }
  bool has(const std::string& tensor) const;
  std::vector<double> tensor(const std::string& name) const;

  /// Writes down that a case was run, for test_coverage.cpp.
  void ran(const std::string& name) const;
  const std::string& name() const { return name_; }

 private:
  struct Files;
  std::shared_ptr<Files> files_;
  std::string name_;
  std::vector<std::string> cases_;
};

/// A group that is read once and shared by all who ask.
Group& shared_group(const std::string& name);

/// "clean" or "noisy": the 320 images on which the models train; or what a model of the project's own is given. Without
/// the full references the clean ones come from the project's sample of MNIST, and the noisy ones are empty.
std::vector<double> training_images(const std::string& kind);

/// Rows [first, first + count) of some samples' numbers, as a batch of samples of that shape; all rows if count is -1.
template <class Tensor, class Shape>
Tensor rows(const std::vector<double>& all, const Shape& shape, Index first = 0, Index count = -1) {
  Index size = 1;
  for (const Index dimension : shape) size *= dimension;
  REQUIRE(static_cast<Index>(all.size()) % size == 0);
  typename Tensor::Dimensions dimensions;
  dimensions[0] = count < 0 ? static_cast<Index>(all.size()) / size : count;
  std::copy(shape.begin(), shape.end(), dimensions.begin() + 1);
  REQUIRE(static_cast<Index>(all.size()) >= (first + dimensions[0]) * size);
  Tensor batch(dimensions);
  std::transform(all.begin() + first * size, all.begin() + (first + dimensions[0]) * size, batch.data(),
                 [](double v) { return static_cast<typename Tensor::Scalar>(v); });
  return batch;
}

template <class Scalar>
std::vector<Scalar> numbers(const std::vector<double>& all) {
  std::vector<Scalar> made(all.size());
  std::transform(all.begin(), all.end(), made.begin(), [](double v) { return static_cast<Scalar>(v); });
  return made;
}

/// Sets a parameter of a model.
template <class Scalar>
void set(latent::NamedTensor<Scalar>& parameter, const std::vector<double>& values) {
  REQUIRE(static_cast<Index>(values.size()) == parameter.size());
  std::transform(values.begin(), values.end(), parameter.data, [](double v) { return static_cast<Scalar>(v); });
}

inline double largest(const std::vector<double>& numbers) {
  double found = 0;
  for (const double number : numbers) found = std::max(found, std::abs(number));
  return found;
}

/// The largest |got - expected| relative to the largest |expected|, or to `at_least`, is at most `tolerance`; NaN fails.
template <class Scalar>
void compare(const std::string& what, const std::vector<double>& expected, const Scalar* got, double tolerance,
             double at_least = 0) {
  const double scale = std::max(largest(expected), at_least);
  double worst = 0;
  std::size_t at = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const double error = std::abs(static_cast<double>(got[i]) - expected[i]);
    if (!(error <= worst)) worst = std::isnan(error) ? HUGE_VAL : error, at = i;
  }
  CHECK_MESSAGE(worst <= tolerance * scale, what, " [", sizeof(Scalar) * 8, " bit], index ", at, ": expected ",
                expected[at], ", got ", got[at], ", error ", worst / scale, " of the largest entry, allowed ",
                tolerance);
}

/// 64 bit: Keras's own code paths agree to 6e-13; 32 bit: what Keras in float32 shows, with a margin.
template <class Scalar>
constexpr double tolerance(double in_double, double in_float) {
  return sizeof(Scalar) == 8 ? in_double : in_float;
}

}  // namespace keras
