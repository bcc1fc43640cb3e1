/// Sets part of the data aside for validation, and puts parts together.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <type_traits>
#include <utility>
#include <vector>

#include "latent/core/check.hpp"
#include "latent/core/random.hpp"
#include "latent/core/tensor.hpp"
#include "latent/datasets/mnist.hpp"

namespace latent::datasets {

/// `const auto [train, validation] = split(data.train, 0.1, Seed{1});`
template <class Data>
struct Split {
  Data train, validation;  ///< The two parts.
};

/// The samples with the numbers `order[first] ... order[first + count - 1]`. Throws std::invalid_argument for numbers that are
/// not there, in `order` or in the batch.
template <class Scalar, int Rank>
[[nodiscard]] Tensor<Rank, Scalar> gather(const Eigen::Tensor<Scalar, Rank, Eigen::RowMajor>& samples,
                                          const std::vector<Index>& order, Index first, Index count) {
  const Index numbers = static_cast<Index>(order.size());
  check(first >= 0 && count >= 0 && first <= numbers && count <= numbers - first,
        "gather(samples, order, first, count): expected numbers within 0..", numbers, " of order, received ", count,
        " from number ", first, " on");
  auto dimensions = samples.dimensions();
  dimensions[0] = count;
  auto part = new_tensor<Tensor<Rank, Scalar>>(dimensions);
  const Index size = sample_size(samples);
  for (Index i = 0; i < count; ++i) {
    const Index n = order[static_cast<std::size_t>(first + i)];
    check(n >= 0 && n < samples.dimension(0), "gather: expected samples 0 to ", samples.dimension(0) - 1, ", received ",
          n);
    std::copy_n(samples.data() + n * size, size, part.data() + i * size);
  }
  return part;
}

/// All samples with these numbers, in their order: NumPy's `samples[numbers]`. Throws std::invalid_argument for numbers that are not
/// there.
template <class Scalar, int Rank>
[[nodiscard]] Tensor<Rank, Scalar> gather(const Eigen::Tensor<Scalar, Rank, Eigen::RowMajor>& samples,
                                          const std::vector<Index>& numbers) {
  return gather(samples, numbers, 0, static_cast<Index>(numbers.size()));
}

/// The numbers of the values that meet a condition: `np.flatnonzero(labels > 3)` is
/// `where(labels, [](int label) { return label > 3; })`, and `gather(images, ...)` of it takes those images.
template <class Value, std::predicate<const Value&> Condition>
[[nodiscard]] std::vector<Index> where(const std::vector<Value>& values, Condition&& condition) {
  std::vector<Index> numbers;
  for (std::size_t n = 0; n < values.size(); ++n)
    if (condition(values[n])) numbers.push_back(static_cast<Index>(n));
  return numbers;
}

/// The numbers of the values that are equal to one: `where(labels, 3)`.
template <class Value>
[[nodiscard]] std::vector<Index> where(const std::vector<Value>& values, const std::type_identity_t<Value>& wanted) {
  return where(values, [&](const Value& value) { return value == wanted; });
}

/// Images with their labels. Throws also if there are more or fewer labels than images.
[[nodiscard]] inline LabelledImages gather(const LabelledImages& data, const std::vector<Index>& numbers) {
  check(static_cast<Index>(data.labels.size()) == data.images.dimension(0), "gather: ", data.images.dimension(0),
        " images but ", data.labels.size(), " labels");
  LabelledImages chosen{gather(data.images, numbers), {}};
  for (const Index n : numbers) chosen.labels.push_back(data.labels[static_cast<std::size_t>(n)]);
  return chosen;
}

/// How many of `count` samples go to validation: `fraction` of them, rounded. Throws std::invalid_argument unless both
/// parts get at least one.
inline Index validation_count(Index count, double fraction) {
  check(fraction > 0 && fraction < 1, "split: expected a fraction between 0 and 1, received ", fraction);
  const auto validation = static_cast<Index>(std::llround(fraction * static_cast<double>(count)));
  check(validation > 0 && validation < count, "split: a fraction of ", fraction, " of ", count,
        " samples leaves nothing for ", validation == 0 ? "validation" : "training");
  return validation;
}

/// Splits samples at random into two parts of which `fraction` goes to validation. The same number of samples, fraction
/// and seed split in the same way, so noisy images stay with their clean ones. Throws std::invalid_argument unless
/// 0 < fraction < 1 and both parts get something.
template <class Scalar, int Rank>
Split<Tensor<Rank, Scalar>> split(const Eigen::Tensor<Scalar, Rank, Eigen::RowMajor>& samples, double fraction,
                                  Seed seed) {
  const Index count = samples.dimension(0), validation = validation_count(count, fraction);
  const auto order = permutation(count, Random(seed, Purpose::split));
  return {gather(samples, order, validation, count - validation), gather(samples, order, 0, validation)};
}

/// The same for images with labels. Throws also if their numbers differ.
inline Split<LabelledImages> split(const LabelledImages& data, double fraction, Seed seed) {
  const Index count = data.images.dimension(0);
  check(static_cast<Index>(data.labels.size()) == count, "split: ", count, " images but ", data.labels.size(),
        " labels");
  auto [train, validation] = split(data.images, fraction, seed);
  const auto order = permutation(count, Random(seed, Purpose::split));
  Split<LabelledImages> parts{{std::move(train), {}}, {std::move(validation), {}}};
  const Index boundary = parts.validation.images.dimension(0);
  for (Index i = 0; i < count; ++i) {
    auto& labels = i < boundary ? parts.validation.labels : parts.train.labels;
    labels.push_back(data.labels[static_cast<std::size_t>(order[static_cast<std::size_t>(i)])]);
  }
  return parts;
}

/// The samples of both, one after the other. Throws std::invalid_argument if they have different shapes.
template <class Scalar, int Rank>
[[nodiscard]] Tensor<Rank, Scalar> concatenate(const Eigen::Tensor<Scalar, Rank, Eigen::RowMajor>& a,
                                               const Eigen::Tensor<Scalar, Rank, Eigen::RowMajor>& b) {
  auto dimensions = a.dimensions();
  for (std::size_t axis = 1; axis < Rank; ++axis)
    check(a.dimension(axis) == b.dimension(axis), "concatenate: axis ", axis, " has ", a.dimension(axis), " and ",
          b.dimension(axis));
  dimensions[0] += b.dimension(0);
  auto both = new_tensor<Tensor<Rank, Scalar>>(dimensions);
  std::copy_n(a.data(), a.size(), both.data());
  std::copy_n(b.data(), b.size(), both.data() + a.size());
  return both;
}

}  // namespace latent::datasets
