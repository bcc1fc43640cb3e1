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

/// A static_assert among the members of a class template. It has a `name`, for it stands in a class of its own: where an assertion
/// fails, Clang takes its class away, and what uses it makes errors that explain nothing.
#define LATENT_ASSERT(name, condition, sentence) \
  template <bool holds>                          \
  struct name {                                  \
    static_assert(holds, "latent: " sentence);   \
    static constexpr bool reported = true;       \
  };                                             \
  static_assert(name<(condition)>::reported)

/// For a factor or a share, of which an int 0 is more likely a mistake than meant.
#define LATENT_NO_WHOLE_ZERO(number, example)         \
  LATENT_ASSERT(NoWholeZero, !(number).is_whole_zero, \
                example " of the whole number 0. In C++ 1 / 2 is 0, too: write 0.5, or 0.0 where 0 is meant")

}  // namespace latent
