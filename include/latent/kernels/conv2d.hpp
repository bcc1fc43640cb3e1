/// Which rung of the ladder a convolution stands on.
#pragma once

#include "latent/kernels/conv2d_tiled.hpp"
#include "latent/kernels/conv2d_winograd.hpp"

namespace latent {

template <class R>
concept AnyRung = requires {
  R::is_rung;
};

struct KernelKind;  // of options (layers/options.hpp)

/// Kernel<im2col>: all three passes of a layer on one rung; Kernel<winograd, winograd, tiled>: forward, input gradient
/// and weight gradient each on its own. An option of Conv2D and Conv2DTranspose.
template <AnyRung Forward, AnyRung InputGradient = Forward, AnyRung WeightGradient = Forward>
struct Kernel {
  using kind = KernelKind;

  template <kernels::Convolution C>
  static constexpr bool fits =
      Forward::template fits<C>&& InputGradient::template fits<C>&& WeightGradient::template fits<C>;
  template <kernels::Convolution C>
  static constexpr Border input_border = larger(Forward::template input_border<C>,
                                                WeightGradient::template input_border<C>);
  template <kernels::Convolution C>
  static constexpr Border gradient_border = larger(InputGradient::template gradient_border<C>,
                                                   WeightGradient::template gradient_border<C>);
  template <kernels::Convolution C>
  static constexpr Index scratch_size = std::max({Forward::template scratch_size<C>,
                                                  InputGradient::template scratch_size<C>,
                                                  WeightGradient::template scratch_size<C>});

  /// `prepared` holds what forward needs, then what the input gradient needs.
  template <kernels::Convolution C>
  static constexpr Index prepared_size =
      Forward::template forward_prepared<C> + InputGradient::template gradient_prepared<C>;
  template <kernels::Convolution C, class Scalar>
  static void prepare(const Scalar* kernel, Scalar* prepared) {
    Forward::template prepare_forward<C>(kernel, prepared);
    InputGradient::template prepare_input_gradient<C>(kernel, prepared + Forward::template forward_prepared<C>);
  }

  template <kernels::Convolution C, class Scalar, class X, class Y, class Finish>
  static void forward(View<const Scalar, X> x, kernels::Weights<Scalar> w, View<Scalar, Y> y, Scalar* scratch,
                      const Finish& finish) {
    Forward::template forward<C>(x, w, y, scratch, finish);
  }
  template <kernels::Convolution C, class Scalar, class Z, class DX, class Finish>
  static void input_gradient(View<const Scalar, Z> dy, kernels::Weights<Scalar> w, View<Scalar, DX> dx, Scalar* scratch,
                             const Finish& finish) {
    w.prepared += Forward::template forward_prepared<C>;
    InputGradient::template input_gradient<C>(dy, w, dx, scratch, finish);
  }
  template <kernels::Convolution C, class Scalar, class X, class Z>
  static void weight_gradient(View<const Scalar, X> x, View<const Scalar, Z> dy, Scalar* dw, Scalar* scratch) {
    WeightGradient::template weight_gradient<C>(x, dy, dw, scratch);
  }
};

namespace kernels {

/// The rule, measured by benchmarks/conv2d: Winograd where it applies and the products that it saves pay for its transforms.
/// They do with a register of channels on both sides (or half of one, unless the other side has far more: then `tiled` is
/// good at few filters), and if those are few, only where no tile of 2 x 2 pixels is half outside the image.
template <Convolution C, class Scalar>
inline constexpr bool winograd_wins = [] {
  constexpr Index lanes = simd::lanes<Scalar>, fewer = std::min(C.channels, C.filters);
  const bool enough = fewer >= lanes || (2 * fewer >= lanes && std::max(C.channels, C.filters) < 2 * lanes);
  const bool whole_tiles = C.rows.output % 2 == 0 && C.columns.output % 2 == 0;
  return winograd::fits<C> && enough && (whole_tiles || fewer > lanes);
}();

template <Convolution C, class Scalar>
using FastestKernel = std::conditional_t<winograd_wins<C, Scalar>, Kernel<winograd>, Kernel<tiled>>;

}  // namespace kernels
}  // namespace latent
