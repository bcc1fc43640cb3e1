/// What MaxPooling2D and AveragePooling2D share: their options, and what they take as an input.
#pragma once

#include "latent/kernels/convolution.hpp"
#include "latent/layers/layer.hpp"

namespace latent::detail {

template <Size pool_size, class... Options>
struct Pooling2D {
  static constexpr Padding padding = OptionOf<Valid, Options...>::padding;
  static constexpr Size stride = OptionOf<Strides<pool_size.height, pool_size.width>, Options...>::stride;

  template <class S>
  using complaint =
      FirstOf<Unless<at_least_1(pool_size) && at_least_1(stride), AlreadyReported>,
              Unless<S::rank == 3, Expects<an_image_of_height_width_channels>>,
              Unless<padding == Padding::same || (S::height >= pool_size.height && S::width >= pool_size.width),
                     Expects<an_input_at_least_as_large_as_its_window>>>;

  template <class S>
  static constexpr kernels::Axis rows{S::height, pool_size.height, stride.height, padding};
  template <class S>
  static constexpr kernels::Axis columns{S::width, pool_size.width, stride.width, padding};

  /// For the layer to assert: what fails in a base class takes the base away, and Clang then misses all that was in it.
  static constexpr bool is_well_formed() {
    static_assert(at_least_1(pool_size), "latent: a pooling layer's pool_size is at least 1");
    static_assert(at_least_1(stride) || !at_least_1(pool_size), "latent: a pooling layer's strides are at least 1");
    static_assert(options_are<Kinds<PaddingKind, StridesKind>, Options...>,
                  "latent: a pooling layer's options are Same, Valid, Strides<...>");
    static_assert(each_option_once<Options...>, "latent: a pooling layer got two options of one kind");
    return true;
  }
};

}  // namespace latent::detail
