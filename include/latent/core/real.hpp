/// A number with a fraction as a template argument: `LeakyReLU<0.1>`, `LayerNormalization<Epsilon<1e-5>>`. (C++20 has
/// `template <double>`, but Clang only since version 18.)
#pragma once

namespace latent {

struct Real {
  double value;  ///< the number
  /// A double as it is.
  constexpr Real(double number) : value(number) {}  // NOLINT: the conversion is the point
  /// A float, converted exactly: as Keras rounds a factor, L1<1e-5f>.
  constexpr Real(float number) : value(number) {}  // NOLINT: as Keras rounds a factor, L1<1e-5f>
  /// A whole number.
  constexpr Real(int number) : value(number) {}  // NOLINT
};

}  // namespace latent
