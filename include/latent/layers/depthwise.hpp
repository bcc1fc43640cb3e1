/// The convolution of each channel by itself: shared by DepthwiseConv2D and SeparableConv2D.
#pragma once

#include "latent/kernels/depthwise.hpp"
#include "latent/kernels/elementwise.hpp"
#include "latent/layers/layer.hpp"

namespace latent {

struct DepthMultiplierKind;
struct DepthwiseInitializerKind;
struct DepthwiseRegularizerKind;

/// The number of filters for each channel: `DepthMultiplier<2>`.
template <Index number>
struct DepthMultiplier {
  using kind = DepthMultiplierKind;
  static constexpr Index depth_multiplier = number;  ///< filters of each channel
};
/// The initialiser of the kernels of the channels.
template <class How>
struct DepthwiseInitializer : How {
  using kind = DepthwiseInitializerKind;
};
/// The regularizer of the kernels of the channels.
template <class Regularizer>
struct DepthwiseRegularizer : Regularizer {
  using kind = DepthwiseRegularizerKind;
};

namespace detail {

template <Size kernel_size, class... Options>
struct Depthwise {
  static constexpr Padding padding = OptionOf<Valid, Options...>::padding;
  static constexpr Size stride = OptionOf<Strides<1>, Options...>::stride;
  static constexpr Size dilation = OptionOf<Dilation<1>, Options...>::dilation;
  static constexpr Index depth_multiplier = OptionOf<DepthMultiplier<1>, Options...>::depth_multiplier;
  static constexpr bool use_bias = !is_among<NoBias, Options...>;
  static constexpr Index window_height = (kernel_size.height - 1) * dilation.height + 1;
  static constexpr Index window_width = (kernel_size.width - 1) * dilation.width + 1;

  template <class S>
  using complaint =
      FirstOf<Unless<at_least_1(kernel_size) && at_least_1(stride) && at_least_1(dilation) && depth_multiplier >= 1,
                     AlreadyReported>,
              Unless<S::rank == 3, Expects<an_image_of_height_width_channels>>,
              Unless<padding == Padding::same || (S::height >= window_height && S::width >= window_width),
                     Expects<an_input_at_least_as_large_as_its_window>>>;

  template <class S>
  static constexpr kernels::Convolution convolution{
      {S::height, kernel_size.height, stride.height, padding, dilation.height},
      {S::width, kernel_size.width, stride.width, padding, dilation.width},
      S::channels,
      S::channels* depth_multiplier};

  static constexpr ParameterSpec kernel(const char* name, Index channels) {
    return {name,
            {kernel_size.height, kernel_size.width, channels, depth_multiplier},
            4,
            OptionOf<DepthwiseInitializer<GlorotUniform>, Options...>::initializer,
            OptionOf<DepthwiseRegularizer<L2<0.0>>, Options...>::penalty};
  }
  static constexpr ParameterSpec bias(Index filters) {
    return {"bias",
            {filters},
            1,
            OptionOf<BiasInitializer<Zeros>, Options...>::initializer,
            OptionOf<BiasRegularizer<L2<0.0>>, Options...>::penalty};
  }

  using kinds = Kinds<PaddingKind, StridesKind, DilationKind, DepthMultiplierKind, ActivationKind, NoBias,
                      DepthwiseInitializerKind, BiasInitializerKind, DepthwiseRegularizerKind, BiasRegularizerKind,
                      ActivityRegularizerKind>;

  /// The layer asserts this: after a failed assertion in a base class, Clang would report all members of the base as missing.
  static constexpr bool is_well_formed() {
    static_assert(at_least_1(kernel_size), "latent: a depthwise convolution's kernel_size is at least 1");
    static_assert(at_least_1(stride), "latent: a depthwise convolution's strides are at least 1");
    static_assert(at_least_1(dilation), "latent: a depthwise convolution's dilation is at least 1");
    static_assert(depth_multiplier >= 1, "latent: a depthwise convolution's DepthMultiplier is at least 1");
    static_assert((stride.height == 1 && stride.width == 1) || (dilation.height == 1 && dilation.width == 1),
                  "latent: a depthwise convolution takes strides or a dilation larger than 1, not both");
    static_assert(each_option_once<Options...>, "latent: a depthwise convolution got two options of one kind");
    return true;
  }
};

}  // namespace detail
}  // namespace latent
