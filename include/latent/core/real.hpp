/// A number with a fraction as a template argument: `LeakyReLU<0.1>`, `LayerNormalization<Epsilon<1e-5>>`. (C++20 has
/// `template <double>`, but Clang only since version 18.)
#pragma once

namespace latent {

struct Real {
  double value;                ///< the number
  bool is_whole_zero = false;  ///< whether it is the int 0, as 1 / 2 is
  /// A double as it is.
  constexpr Real(double number) : value(number) {}  // NOLINT: the conversion is the point
  /// A float, converted exactly: as Keras rounds a factor, L1<1e-5f>.
  constexpr Real(float number) : value(number) {}  // NOLINT: as Keras rounds a factor, L1<1e-5f>
  /// A whole number.
  constexpr Real(int number) : value(number), is_whole_zero(number == 0) {}  // NOLINT
};

/// For a factor or a share, of which an int 0 is more likely a mistake than meant.
#define LATENT_NO_WHOLE_ZERO(number, example)                                                          \
  static_assert(!(number).is_whole_zero, "latent: " example                                            \
                                         " of the whole number 0. In C++ 1 / 2 is 0, too: write 0.5, " \
                                         "or 0.0 where 0 is meant")

}  // namespace latent
