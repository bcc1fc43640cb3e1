/// Activations, as tags fused into a layer, `Dense<32, ReLU>`, and as layers of their own, `Activation<ReLU>`. Those
/// that Keras has as layers, too, may stand among the layers by themselves: ReLU, ReLUWith<...>, LeakyReLU<>, ELU<>,
/// Softmax.
///
/// Formulas: https://keras.io/api/layers/activations/. The members of an activation: fused_activation.hpp.
#pragma once

#include <array>
#include <cmath>
#include <limits>

#include "latent/core/real.hpp"
#include "latent/layers/fused_activation.hpp"
#include "latent/layers/options.hpp"

namespace latent {

namespace detail {
/// An activation A that is a layer, too; layers/activation.hpp makes it one.
template <class A>
struct AlsoLayer {
  using activation = A;
  template <class S>
  using complaint = void;
  template <class InputShape, class Scalar>
  struct On;
};
}  // namespace detail

/// max(z, 0). The derivative at 0 is 0; NaN stays NaN.
struct ReLU : detail::AlsoLayer<ReLU> {
  static constexpr const char *class_name = "ReLU", *default_name = "re_lu";
  using kind = ActivationKind;
  static constexpr bool cheap = true;
  template <class V>
  static V value(V z) {
    return z < 0 ? V{} : z;
  }
  template <class V>
  static V derivative(V y) {
    return y > 0 ? V{} + 1 : V{};
  }
};

/// min(max(z, 0), 6), Keras's "relu6". The derivative at 0 and 6 is 0.
struct ReLU6 {
  using kind = ActivationKind;
  static constexpr bool cheap = true;
  template <class V>
  static V value(V z) {
    return z < 0 ? V{} : z > 6 ? V{} + 6 : z;
  }
  template <class V>
  static V derivative(V y) {
    return ((y > 0) & (y < 6)) ? V{} + 1 : V{};
  }
};

struct MaxValueKind;
struct NegativeSlopeKind;
struct ThresholdKind;
/// The largest value of a ReLUWith.
template <Real value>
struct MaxValue {
  using kind = MaxValueKind;
  static constexpr double max_value = value.value;
  LATENT_NO_WHOLE_ZERO(value, "MaxValue<value>");
};
/// The slope of a ReLUWith below its threshold.
template <Real value>
struct NegativeSlope {
  using kind = NegativeSlopeKind;
  static constexpr double negative_slope = value.value;
  LATENT_NO_WHOLE_ZERO(value, "NegativeSlope<slope>");
};
/// The threshold of a ReLUWith.
template <Real value>
struct Threshold {
  using kind = ThresholdKind;
  static constexpr double threshold = value.value;
  LATENT_NO_WHOLE_ZERO(value, "Threshold<threshold>");
};

/// Keras's ReLU layer with options, any of MaxValue<6>, NegativeSlope<0.1>, Threshold<0.5>:
///
///     y = max_value for z >= max_value, z for threshold < z < max_value, else negative_slope * (z - threshold)
///
/// By default there is no largest value, and slope and threshold are 0. The derivatives at the kinks are 0,
/// but with a slope alone, the derivative at 0 is the slope.
template <class... Options>
struct ReLUWith : detail::AlsoLayer<ReLUWith<Options...>> {
  static constexpr const char *class_name = "ReLU", *default_name = "re_lu";
  using kind = ActivationKind;
  static constexpr bool cheap = true;
  static constexpr double infinity = std::numeric_limits<double>::infinity();  ///< No largest value.
  static constexpr double max_value = OptionOf<MaxValue<infinity>, Options...>::max_value;
  static constexpr double negative_slope = OptionOf<NegativeSlope<0.0>, Options...>::negative_slope;
  static constexpr double threshold = OptionOf<Threshold<0.0>, Options...>::threshold;

  template <class V>
  static V value(V z) {
    using Scalar = simd::ScalarOf<V>;
    constexpr auto most = static_cast<Scalar>(max_value), from = static_cast<Scalar>(threshold);
    const V above = z > most ? V{} + most : z;
    const V below = negative_slope == 0 ? z != z ? z : V{} : (z - from) * static_cast<Scalar>(negative_slope);
    return z > from ? above : below;
  }
  /// Below the threshold y <= 0, above it y > 0.
  template <class V>
  static V derivative(V y) {
    using Scalar = simd::ScalarOf<V>;
    constexpr bool slope_alone = threshold == 0 && max_value == infinity;
    const V slope = V{} + static_cast<Scalar>(negative_slope), middle = slope_alone ? slope : V{};
    const V positive = y < static_cast<Scalar>(max_value) ? V{} + 1 : V{};
    return y > 0 ? positive : y < 0 ? slope : middle;
  }
  static_assert(max_value >= 0 && negative_slope >= 0 && threshold >= 0,
                "latent: ReLUWith's MaxValue, NegativeSlope and Threshold are at least 0");
  static_assert(options_are<Kinds<MaxValueKind, NegativeSlopeKind, ThresholdKind>, Options...>,
                "latent: ReLUWith's options are MaxValue<...>, NegativeSlope<...>, Threshold<...>");
  static_assert(each_option_once<Options...>, "latent: ReLUWith got two options of one kind");
};

/// z for z > 0, else slope * z. LeakyReLU<> has Keras's default slope, which is not the same for both
/// uses: 0.2 for the activation, Dense<32, LeakyReLU<>>, and 0.3 for the layer, Dense<32>, LeakyReLU<>.
template <Real... slope>
struct LeakyReLU
    : detail::AlsoLayer<std::conditional_t<sizeof...(slope) == 0, LeakyReLU<Real(0.3)>, LeakyReLU<slope...>>> {
  static constexpr const char *class_name = "LeakyReLU", *default_name = "leaky_re_lu";
  using kind = ActivationKind;
  static constexpr bool cheap = true;
  static constexpr double negative_slope = std::array{slope.value..., 0.2}[0];
  template <class V>
  static V value(V z) {
    return z > 0 ? z : z * static_cast<simd::ScalarOf<V>>(negative_slope);
  }
  template <class V>
  static V derivative(V y) {
    return y > 0 ? V{} + 1 : V{} + static_cast<simd::ScalarOf<V>>(negative_slope);
  }
  static_assert(sizeof...(slope) <= 1, "latent: LeakyReLU has one slope at most");
  static_assert(!(slope.is_whole_zero || ...),
                "latent: LeakyReLU<slope> of the whole number 0. In C++ 1 / 10 is 0, too: write 0.1");
  static_assert(negative_slope >= 0, "latent: LeakyReLU's slope is at least 0");
};

/// z for z > 0, else alpha (exp(z) - 1). The derivative at 0 is alpha.
template <Real alpha = 1>
struct ELU : detail::AlsoLayer<ELU<alpha>> {
  LATENT_NO_WHOLE_ZERO(alpha, "ELU<alpha>");
  static constexpr const char *class_name = "ELU", *default_name = "elu";
  using kind = ActivationKind;
  static constexpr bool cheap = false;
  template <class V>
  static V value(V z) {
    constexpr auto a = static_cast<simd::ScalarOf<V>>(alpha.value);
    return z > 0 ? z : a * simd::expm1_of_negative(z > 0 ? V{} : z);
  }
  template <class V>
  static V derivative(V y) {
    return y > 0 ? V{} + 1 : y + static_cast<simd::ScalarOf<V>>(alpha.value);
  }
  static_assert(alpha.value >= 0, "latent: ELU's alpha is at least 0");
};

/// 1.0507 ELU<1.6733>: keeps mean 0 and variance 1 from layer to layer. The derivative at 0 is 1.0507, from the right.
struct SELU {
  using kind = ActivationKind;
  static constexpr bool cheap = false;
  static constexpr double scale = 1.0507009873554805, alpha = 1.6732632423543772;  ///< The two constants of the paper.
  template <class V>
  static V value(V z) {
    return ELU<alpha>::value(z) * static_cast<simd::ScalarOf<V>>(scale);
  }
  template <class V>
  static V derivative(V y) {
    using Scalar = simd::ScalarOf<V>;
    return y < 0 ? y + static_cast<Scalar>(scale * alpha) : V{} + static_cast<Scalar>(scale);
  }
};

/// 1 / (1 + exp(-z)).
struct Sigmoid {
  using kind = ActivationKind;
  static constexpr bool cheap = false, is_looked_through = true;
  template <class V>
  static V value(V z) {
    V e;
    return simd::sigmoid(z, e);
  }
  template <class V>
  static V derivative(V y) {
    return y * (1 - y);
  }
};

/// A piecewise linear sigmoid: min(max(z + 3, 0), 6) / 6. The derivative at -3 and 3 is 0.
struct HardSigmoid {
  using kind = ActivationKind;
  static constexpr bool cheap = true;
  template <class V>
  static V value(V z) {
    return ReLU6::value(z + 3) / 6;
  }
  template <class V>
  static V derivative(V y) {
    return ((y > 0) & (y < 1)) ? V{} + simd::ScalarOf<V>(1) / 6 : V{};
  }
};

/// z within -1..1, beyond them the nearer of the two.
struct HardTanh {
  using kind = ActivationKind;
  static constexpr bool cheap = false;
  template <class V>
  static V value(V z) {
    return z < -1 ? V{} - 1 : z > 1 ? V{} + 1 : z;
  }
  template <class V>
  static V derivative_at(V z) {  // of the result it is not known whether z was just 1, where Keras says 1
    return ((z >= -1) & (z <= 1)) ? V{} + 1 : V{};
  }
};

/// The hyperbolic tangent.
struct Tanh {
  using kind = ActivationKind;
  static constexpr bool cheap = false;
  template <class V>
  static V value(V z) {
    return simd::tanh(z);
  }
  template <class V>
  static V derivative(V y) {
    return 1 - y * y;
  }
};

/// z / (1 + |z|).
struct Softsign {
  using kind = ActivationKind;
  static constexpr bool cheap = true;
  template <class V>
  static V value(V z) {
    return z / (1 + simd::absolute(z));
  }
  template <class V>
  static V derivative(V y) {
    const V rest = 1 - simd::absolute(y);  // = 1 / (1 + |z|)
    return rest * rest;
  }
};

/// log(1 + exp(z)); the derivative is sigmoid(z) = 1 - exp(-y).
struct Softplus {
  using kind = ActivationKind;
  static constexpr bool cheap = false;
  template <class V>
  static V value(V z) {
    return (z < 0 ? V{} : z) + simd::log1p_of_unit(simd::exp_of_negative(-simd::absolute(z)));
  }
  template <class V>
  static V derivative(V y) {
    return -simd::expm1_of_negative(-y);
  }
};

/// log(sigmoid(z)) = -Softplus of -z.
struct LogSigmoid {
  using kind = ActivationKind;
  static constexpr bool cheap = false;
  template <class V>
  static V value(V z) {
    return -Softplus::value(-z);
  }
  template <class V>
  static V derivative(V y) {
    return -simd::expm1_of_negative(y);
  }
};

/// exp(z), Keras's "exponential".
struct Exponential {
  using kind = ActivationKind;
  static constexpr bool cheap = false;
  template <class V>
  static V value(V z) {
    return simd::exp(z);
  }
  template <class V>
  static V derivative(V y) {
    return y;
  }
};

/// z Phi(z), where Phi(z) = (1 + erf(z / sqrt(2))) / 2: Keras's "gelu".
struct GELU {
  using kind = ActivationKind;
  static constexpr bool cheap = false;
  template <class V>
  static V value(V z) {
    return z * simd::Normal<V>(z).cumulative;
  }
  template <class V>
  static V derivative_at(V z) {
    const simd::Normal<V> normal(z);
    return normal.cumulative + z * normal.density;
  }
};

namespace detail {
/// sigmoid(z) and 1 - sigmoid(z), both with all their digits.
template <class V>
struct Sigmoids {
  V of_z, rest;
  explicit Sigmoids(V z) {
    V e;
    of_z = simd::sigmoid(z, e);
    rest = (z < 0 ? V{} + 1 : e) / (1 + e);
  }
};
}  // namespace detail

/// z sigmoid(z), Keras's "silu" or "swish".
struct SiLU {
  using kind = ActivationKind;
  static constexpr bool cheap = false;
  template <class V>
  static V value(V z) {
    return z * Sigmoid::value(z);
  }
  template <class V>
  static V derivative_at(V z) {
    const detail::Sigmoids<V> s(z);
    return s.of_z * (1 + z * s.rest);
  }
};

/// z times HardSigmoid of z, Keras's "hard_silu" or "hard_swish". Howard et al., Searching for MobileNetV3, 2019.
struct HardSiLU {
  using kind = ActivationKind;
  static constexpr bool cheap = false;
  template <class V>
  static V value(V z) {
    return z * HardSigmoid::value(z);
  }
  template <class V>
  static V derivative_at(V z) {
    const V y = HardSigmoid::value(z);
    return y + z * HardSigmoid::derivative(y);
  }
};

/// z tanh(log(1 + exp z)). Misra, Mish: a self regularized non-monotonic activation function, 2019.
///
/// With e = exp z and n = e (e + 2), tanh(log(1 + e)) = n / (n + 2), which is 1 for a z above 20.
struct Mish {
  using kind = ActivationKind;
  static constexpr bool cheap = false;
  template <class V>
  static V value(V z) {
    const V e = simd::exp(below_20(z)), n = e * (e + 2);
    return z * (n / (n + 2));
  }
  template <class V>
  static V derivative_at(V z) {
    const V e = simd::exp(below_20(z)), n = e * (e + 2);
    return n / (n + 2) + below_20(z) * (4 * e * (1 + e) / ((n + 2) * (n + 2)));
  }

 private:
  template <class V>
  static V below_20(V z) {
    return z > 20 ? V{} + 20 : z;
  }
};

/// z sigmoid(u), u = 2 sqrt(2 / pi) (z + 0.044715 z^3): Keras's gelu(approximate=True), there written with tanh.
struct ApproximateGELU {
  using kind = ActivationKind;
  static constexpr bool cheap = false;
  template <class V>
  static V value(V z) {
    const V b = bounded(z);
    return z * Sigmoid::value(twice_root<V> * b * (1 + cubic<V> * b * b));
  }
  template <class V>
  static V derivative_at(V z) {
    const V b = bounded(z), square = cubic<V> * b * b;
    const detail::Sigmoids<V> s(twice_root<V> * b * (1 + square));
    return s.of_z * (1 + b * s.rest * twice_root<V> * (1 + 3 * square));
  }

 private:
  template <class V>
  static constexpr auto twice_root = simd::ScalarOf<V>(1.5957691216057308);  // 2 sqrt(2 / pi)
  template <class V>
  static constexpr auto cubic = simd::ScalarOf<V>(0.044715);
  /// Beyond 100 the sigmoid is 0 or 1 in any precision, and z^3 stays finite.
  template <class V>
  static V bounded(V z) {
    return z < -100 ? V{} - 100 : z > 100 ? V{} + 100 : z;
  }
};

/// exp(z_c) / sum over the channels of exp(z_k). Its derivative is a matrix:
///     dz_c = y_c (dy_c - sum_k y_k dy_k).
struct Softmax : detail::AlsoLayer<Softmax> {
  static constexpr const char *class_name = "Softmax", *default_name = "softmax";
  using kind = ActivationKind;
  static constexpr bool cheap = false, is_looked_through = true;
  /// Applies it to `count` values in place, over groups of `channels` values.
  template <class Scalar>
  static void apply(Scalar *z, Index count, Index channels) {
    for (Index i = 0; i < count; i += channels) {
      Scalar *first = z + i, *last = first + channels, sum = 0;
      const Scalar largest = *std::max_element(first, last);  // no exponent is above 0: no overflow
      for (Scalar *v = first; v < last; ++v) sum += *v = std::exp(*v - largest);
      for (Scalar *v = first; v < last; ++v) *v /= sum;
    }
  }
  /// Turns the gradient with respect to the results into that with respect to the logits, in place.
  template <class Scalar>
  static void undo(const Scalar *y, Scalar *dy, Index count, Index channels) {
    for (Index i = 0; i < count; i += channels) {
      Scalar dot = 0;
      for (Index c = i; c < i + channels; ++c) dot += y[c] * dy[c];
      for (Index c = i; c < i + channels; ++c) dy[c] = y[c] * (dy[c] - dot);
    }
  }
};

}  // namespace latent
