/// Chooses the rung of the convolution ladder for each pass of a convolution.
#pragma once

#include "latent/kernels/conv2d_few_filters.hpp"
#include "latent/kernels/conv2d_few_weights.hpp"
#include "latent/kernels/conv2d_tiled.hpp"
#include "latent/kernels/conv2d_winograd.hpp"

namespace latent {

/// A rung of the convolution ladder.
template <class R>
concept AnyRung = requires { R::is_rung; };

struct KernelKind;  // of options (layers/options.hpp)

namespace kernels {
/// A rung as a base of a Kernel; one rung may be all three bases.
template <class R, int pass>
struct Pass : R {};
}  // namespace kernels

/// Kernel<im2col>: all three passes of a layer on one rung; Kernel<winograd, winograd, tiled>: forward, input gradient
/// and weight gradient each on its own. An option of Conv2D and Conv2DTranspose. The passes are the rungs' own functions;
/// this class combines their constants for the layer.
template <AnyRung Forward, AnyRung InputGradient = Forward, AnyRung WeightGradient = Forward>
class Kernel : kernels::Pass<Forward, 0>, kernels::Pass<InputGradient, 1>, kernels::Pass<WeightGradient, 2> {
 public:
  using kind = KernelKind;

  using kernels::Pass<Forward, 0>::forward;
  using kernels::Pass<InputGradient, 1>::input_gradient;
  using kernels::Pass<WeightGradient, 2>::weight_gradient;

  template <kernels::Convolution C>
  static constexpr bool fits =
      Forward::template fits<C> && InputGradient::template fits<C> && WeightGradient::template fits<C>;
  template <kernels::Convolution C>
  static constexpr Border input_border =
      larger(Forward::template input_border<C>, WeightGradient::template input_border<C>);
  template <kernels::Convolution C>
  static constexpr Border gradient_border =
      larger(InputGradient::template gradient_border<C>, WeightGradient::template gradient_border<C>);
  template <kernels::Convolution C>
  static constexpr Index scratch_size =
      std::max({Forward::template scratch_size<C>, InputGradient::template scratch_size<C>,
                WeightGradient::template scratch_size<C>});

  template <kernels::Convolution C>
  static constexpr Index forward_parts = Forward::template forward_parts<C>;

  /// `prepared` holds what forward needs, and from `gradient_offset` on what the input gradient needs.
  template <kernels::Convolution C>
  static constexpr Index gradient_offset = Forward::template forward_prepared<C>;
  template <kernels::Convolution C>
  static constexpr Index prepared_size = gradient_offset<C> + InputGradient::template gradient_prepared<C>;
  template <kernels::Convolution C, class Scalar>
  static void prepare(const Scalar* kernel, Scalar* prepared) {
    Forward::template prepare_forward<C>(kernel, prepared);
    InputGradient::template prepare_input_gradient<C>(kernel, prepared + gradient_offset<C>);
  }
};

namespace kernels {

// The rules, measured by benchmarks/conv2d.

/// Without Winograd: the rung for windows of `taps` pixels with `channels` channels, for that many filters.
template <Index channels, Index filters, Index taps, bool dilated, class Scalar>
using FastestDirect =
    std::conditional_t<few_filters::pays<Scalar>(channels, filters) && !dilated, few_filters,
                       std::conditional_t<few_weights::pays<Scalar>(channels, filters, taps), few_weights, tiled>>;

/// Each pass separately. An input gradient reads dy, through as many filters as there are channels; strides leave some
/// windows of it with fewer taps than others: with the fewest, few weights have begun to pay.
template <Convolution C, class Scalar>
struct Direct {
  static constexpr bool dilated = C.rows.dilation > 1 || C.columns.dilation > 1;
  static constexpr Index gradient_taps =
      std::max<Index>(C.rows.kernel / C.rows.stride, 1) * std::max<Index>(C.columns.kernel / C.columns.stride, 1);
  using Forward = FastestDirect<C.channels, C.filters, C.taps(), dilated, Scalar>;
  using InputGradient = FastestDirect<C.filters, C.channels, gradient_taps, dilated, Scalar>;
  using WeightGradient = std::conditional_t<std::is_same_v<Forward, few_filters>, few_filters, tiled>;
  using type = Kernel<Forward, InputGradient, WeightGradient>;
};

/// Winograd where it applies and the products that it saves pay for its transforms. They do with a register of channels
/// on both sides (or half of one, unless the other side has far more: then `few_filters` is better), and if those are
/// few, only where no tile of 2 x 2 pixels is half outside the image.
template <Convolution C, class Scalar>
inline constexpr bool winograd_wins = [] {
  constexpr Index lanes = simd::lanes<Scalar>, fewer = std::min(C.channels, C.filters);
  const bool enough = fewer >= lanes || (2 * fewer >= lanes && std::max(C.channels, C.filters) < 2 * lanes);
  const bool whole_tiles = C.rows.output % 2 == 0 && C.columns.output % 2 == 0;
  return winograd::fits<C> && enough && (whole_tiles || fewer > lanes);
}();

template <Convolution C, class Scalar>
using FastestKernel = typename std::conditional_t<winograd_wins<C, Scalar>, std::type_identity<Kernel<winograd>>,
                                                  Direct<C, Scalar>>::type;

}  // namespace kernels
}  // namespace latent
