/// Depthwise convolution: every channel has kernels of its own, m of them, and no output sees more than one channel.
///
///     y[o][p][c m + q] = finish(bias[c m + q] +
///                               sum_{a, b} x[o s + a d - before][p s + b d - before][c] * kernel[a][b][c][q])
///
/// There are no sums over channels, so nothing is shared between the vectors of channels: one after the other goes
/// through the image, with its weights in registers.
///
///     m = 1    vectors of channels           m > 1    vectors of the kernels of one channel, for which x is broadcast:
///                                                     narrow ones, most of the time, and slow
///
/// C is a kernels::Convolution with m * C.channels filters; x and dy have its borders.
#pragma once

#include "latent/kernels/convolution.hpp"
#include "latent/kernels/simd.hpp"

namespace latent::kernels::depthwise {

template <Convolution C>
inline constexpr Index multiplier = C.filters / C.channels;

/// Calls visit<L>(c, f) for vectors that cover all filters: filters f ... f + L - 1 belong to channels c ..., one each,
/// or all to channel c.
template <Convolution C, class Scalar, class Visit>
[[gnu::always_inline]] inline void for_filters(const Visit& visit) {
  if constexpr (multiplier<C> == 1)
    simd::for_each_vector<Scalar, C.channels>([&]<int L>(Index c)
                                                  LATENT_INLINED { visit.template operator()<L>(c, c); });
  else
    for (Index c = 0; c < C.channels; ++c)
      simd::for_each_vector<Scalar, multiplier<C>>(
          [&]<int L>(Index q) LATENT_INLINED { visit.template operator()<L>(c, c * multiplier<C> + q); });
}

/// What a vector of filters sees of a pixel; `x` points to channel c of it.
template <Convolution C, int L, class Scalar>
[[gnu::always_inline]] inline simd::Vec<Scalar, L> seen(const Scalar* x) {
  if constexpr (multiplier<C> == 1)
    return simd::load<L>(x);
  else
    return simd::Vec<Scalar, L>{} + *x;
}

template <Convolution C, class Scalar, class X, class Y, class Finish>
void forward(View<const Scalar, X> x, const std::type_identity_t<Scalar>* kernel,
             const std::type_identity_t<Scalar>* bias, View<Scalar, Y> y, const Finish& finish) {
  constexpr Index taps = C.taps(), width = C.columns.kernel;
  for (Index n = 0; n < x.samples; ++n)
    for_filters<C, Scalar>([&]<int L>(Index c, Index f) LATENT_INLINED {
      const simd::Vec<Scalar, L> start = bias ? simd::load<L>(bias + f) : simd::Vec<Scalar, L>{};
      simd::Vec<Scalar, L> weights[array_size(taps)];
      const Scalar* of_tap = kernel + f;
      for (auto& weight : weights) weight = simd::load<L>(of_tap), of_tap += C.filters;
      for (Index o = 0; o < C.rows.output; ++o)
        for (Index p = 0; p < C.columns.output; ++p) {
          const Scalar* from =
              x.pixel(n, o * C.rows.stride - C.rows.before, p * C.columns.stride - C.columns.before) + c;
          simd::Vec<Scalar, L> sum = start;
#pragma GCC unroll 64
          for (Index tap = 0; tap < taps; ++tap)
            sum += weights[tap] * seen<C, L>(from + tap / width * C.rows.dilation * X::row_step +
                                             tap % width * C.columns.dilation * X::pixel_step);
          simd::store(y.pixel(n, o, p) + f, finish.template operator()<L>(sum, n, o, p, f));
        }
    });
}

/// dw[a][b][c][q] += sum_{n, o, p} x[o s + a d - before][p s + b d - before][c] * dy[o][p][c m + q]
template <Convolution C, class Scalar, class X, class Z>
void weight_gradient(View<const Scalar, X> x, View<const Scalar, Z> dy, Scalar* dw) {
  constexpr Index taps = C.taps(), width = C.columns.kernel;
  for_filters<C, Scalar>([&]<int L>(Index c, Index f) LATENT_INLINED {
    simd::Vec<Scalar, L> sums[array_size(taps)] = {};
    for (Index n = 0; n < x.samples; ++n)
      for (Index o = 0; o < C.rows.output; ++o)
        for (Index p = 0; p < C.columns.output; ++p) {
          const Scalar* from =
              x.pixel(n, o * C.rows.stride - C.rows.before, p * C.columns.stride - C.columns.before) + c;
          const auto gradient = simd::load<L>(dy.pixel(n, o, p) + f);
#pragma GCC unroll 64
          for (Index tap = 0; tap < taps; ++tap)
            sums[tap] += gradient * seen<C, L>(from + tap / width * C.rows.dilation * X::row_step +
                                               tap % width * C.columns.dilation * X::pixel_step);
        }
    for (Index tap = 0; tap < taps; ++tap) {
      Scalar* to = dw + tap * C.filters + f;
      simd::store(to, simd::load<L>(to) + sums[tap]);
    }
  });
}

/// The entries of dx whose place has the remainders i and j modulo the strides, kernels::Axis::phase: each sees the
/// same taps of the kernel, in reverse order.
template <Convolution C, Index i, Index j>
struct Phase {
  static constexpr Axis::Phase down = C.rows.phase(i), across = C.columns.phase(j);
  static constexpr Index taps = down.taps * across.taps, width = std::max<Index>(across.taps, 1), m = multiplier<C>;

  /// Where a tap's weights start in the kernel, and what it sees of dy.
  static constexpr Index weight(Index tap) {
    const Index a = i + C.rows.stride * (down.taps - 1 - tap / width);
    const Index b = j + C.columns.stride * (across.taps - 1 - tap % width);
    return (a * C.columns.kernel + b) * C.filters;
  }
  template <class Z>
  static constexpr Index offset(Index tap) {
    return tap / width * C.rows.dilation * Z::row_step + tap % width * C.columns.dilation * Z::pixel_step;
  }
  /// Calls visit(what the first tap sees, row of dx, column of dx).
  template <class Z, class Visit>
  [[gnu::always_inline]] static void for_pixels(Z dy, Index n, const Visit& visit) {
    for (Index row = 0; row < down.count; ++row)
      for (Index column = 0; column < across.count; ++column)
        visit(dy.pixel(n, row + down.start, column + across.start), down.first + C.rows.stride * row,
              across.first + C.columns.stride * column);
  }

  template <class Scalar, class Z, class DX, class Finish>
  static void gradient(View<const Scalar, Z> dy, const Scalar* kernel, View<Scalar, DX> dx, const Finish& finish) {
    for (Index n = 0; n < dy.samples; ++n)
      if constexpr (m == 1) {
        simd::for_each_vector<Scalar, C.channels>([&]<int L>(Index c) LATENT_INLINED {
          simd::Vec<Scalar, L> weights[array_size(taps + 1)];  // there may be no taps
          for (Index tap = 0; tap < taps; ++tap) weights[tap] = simd::load<L>(kernel + weight(tap) + c);
          for_pixels(dy, n, [&](const Scalar* from, Index row, Index column) LATENT_INLINED {
            simd::Vec<Scalar, L> sum{};
#pragma GCC unroll 64
            for (Index tap = 0; tap < taps; ++tap) sum += weights[tap] * simd::load<L>(from + offset<Z>(tap) + c);
            simd::store(dx.pixel(n, row, column) + c, finish.template operator()<L>(sum, n, row, column, c));
          });
        });
      } else {
        for_pixels(dy, n, [&](const Scalar* from, Index row, Index column) {
          for (Index c = 0; c < C.channels; ++c) {
            Scalar sum = 0;
            simd::for_each_vector<Scalar, m>([&]<int L>(Index q) LATENT_INLINED {
              simd::Vec<Scalar, L> products{};
              for (Index tap = 0; tap < taps; ++tap)
                products +=
                    simd::load<L>(kernel + weight(tap) + c * m + q) * simd::load<L>(from + offset<Z>(tap) + c * m + q);
              sum += simd::sum<L, Scalar>(products);
            });
            dx.pixel(n, row, column)[c] = finish.template operator()<1>(sum, n, row, column, c);
          }
        });
      }
  }
};

/// dx[i][j][c] = finish(sum of dy[o][p][c m + q] * kernel[a][b][c][q] over q and all o s + a d - before = i,
///                                                                                   p s + b d - before = j)
template <Convolution C, class Scalar, class Z, class DX, class Finish>
void input_gradient(View<const Scalar, Z> dy, const std::type_identity_t<Scalar>* kernel, View<Scalar, DX> dx,
                    const Finish& finish) {
  [&]<Index... r>(std::integer_sequence<Index, r...>) {
    (Phase<C, r / C.columns.stride, r % C.columns.stride>::gradient(dy, kernel, dx, finish), ...);
  }(std::make_integer_sequence<Index, C.rows.stride * C.columns.stride>{});
}

}  // namespace latent::kernels::depthwise
