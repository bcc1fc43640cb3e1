/// Initial values of parameters: options of the layers that have a kernel, KernelInitializer<HeNormal>, BiasInitializer<Ones>.
/// https://keras.io/api/layers/initializers/
///
///     Zeros, Ones, Constant<0.1>      0, 1, 0.1; also as a fraction, Constant<1, 10>
///     GlorotUniform, GlorotNormal     variance 2 / (fan_in + fan_out); X. Glorot, Y. Bengio, AISTATS 2010
///     HeUniform, HeNormal             variance 2 / fan_in, for layers before a ReLU; K. He et al., ICCV 2015
///
/// fan_in and fan_out are the inputs that one output sums up and the outputs that one input goes to, as Keras reads
/// them off a kernel's shape: (inputs, outputs) times the taps of the window. The uniform ones lie within sqrt(3
/// variance). The normal ones are drawn again if they lie more than two standard deviations from 0, and scaled up by 1
/// / 0.8796, the standard deviation that is left, so that the variance is right nonetheless.
#pragma once

#include <cmath>
#include <span>

#include "latent/core/random.hpp"
#include "latent/core/real.hpp"

namespace latent {

/// An initialiser as a value.
struct Initializer {
  /// The distribution of the numbers.
  enum class Distribution { constant, uniform, truncated_normal };
  /// The divisor of the variance: the inputs of a neuron, or the mean of its inputs and outputs.
  enum class Fan { in, average };
  Distribution distribution;  ///< the distribution of the numbers
  double scale = 0;           ///< the constant, or the variance times the fan
  Fan fan = Fan::average;     ///< the divisor of the variance

  /// Keras's initialisers.
  static const Initializer zeros, ones, glorot_uniform, glorot_normal, he_uniform, he_normal;
};
inline constexpr Initializer Initializer::zeros{Distribution::constant, 0};
inline constexpr Initializer Initializer::ones{Distribution::constant, 1};
inline constexpr Initializer Initializer::glorot_uniform{Distribution::uniform, 1, Fan::average};
inline constexpr Initializer Initializer::glorot_normal{Distribution::truncated_normal, 1, Fan::average};
inline constexpr Initializer Initializer::he_uniform{Distribution::uniform, 2, Fan::in};
inline constexpr Initializer Initializer::he_normal{Distribution::truncated_normal, 2, Fan::in};

/// Starts at 0.
struct Zeros {
  static constexpr Initializer initializer = Initializer::zeros;
};
/// Starts at 1.
struct Ones {
  static constexpr Initializer initializer = Initializer::ones;
};
/// All values are numerator / denominator.
template <Real numerator, Real denominator = 1>
struct Constant {
  static_assert(denominator.value != 0, "latent: Constant<numerator, denominator> divides by 0");
  static constexpr Initializer initializer{Initializer::Distribution::constant, numerator.value / denominator.value};
  LATENT_NO_WHOLE_ZERO(numerator, "Constant<value>");
};
/// Uniform within -l ... l with l = sqrt(6 / (fan_in + fan_out)); the default of kernels, as in Keras.
struct GlorotUniform {
  static constexpr Initializer initializer = Initializer::glorot_uniform;
};
/// Truncated normal with variance 2 / (fan_in + fan_out).
struct GlorotNormal {
  static constexpr Initializer initializer = Initializer::glorot_normal;
};
/// Uniform within -l ... l with l = sqrt(6 / fan_in); for ReLU.
struct HeUniform {
  static constexpr Initializer initializer = Initializer::he_uniform;
};
/// Truncated normal with variance 2 / fan_in; for ReLU.
struct HeNormal {
  static constexpr Initializer initializer = Initializer::he_normal;
};

/// Keras's fan of a tensor of that shape: its last two axes are inputs and outputs, those before them the window.
inline double fan_of(std::span<const Index> shape, Initializer::Fan fan) {
  if (shape.size() < 2) return shape.empty() ? 1 : static_cast<double>(shape[0]);
  double taps = 1;
  for (Index n : shape.first(shape.size() - 2)) taps *= static_cast<double>(n);
  const double inputs = static_cast<double>(shape[shape.size() - 2]), outputs = static_cast<double>(shape.back());
  return taps * (fan == Initializer::Fan::in ? inputs : (inputs + outputs) / 2);
}

/// Sets the initial values of a parameter tensor. Value k depends on `random` and k alone.
template <class Scalar>
[[gnu::cold]] void initialize(const Initializer& how, std::span<const Index> shape, const Random& random,
                              Scalar* values) {
  const double variance = how.scale / fan_of(shape, how.fan), limit = std::sqrt(3 * variance);
  const double before_truncation = std::sqrt(variance) / 0.87962566103423978;
  Index size = 1;
  for (Index n : shape) size *= n;
  for (Index k = 0; k < size; ++k) {
    double value = how.scale;
    if (how.distribution == Initializer::Distribution::uniform) {
      value = limit * (2 * random.uniform(k) - 1);
    } else if (how.distribution == Initializer::Distribution::truncated_normal) {
      Index i = k;
      while (std::abs(value = random.normal(i)) > 2) i += size;
      value *= before_truncation;
    }
    values[k] = static_cast<Scalar>(value);
  }
}

}  // namespace latent
