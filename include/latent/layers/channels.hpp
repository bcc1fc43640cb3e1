/// Channels<first, count>: some of the channels, for a branch of a Fork that passes on a part of its input as it is.
///
///     y[.., i] = x[.., first + i],   0 <= i < count
///
/// Input shape (..., channels); output shape (..., count). https://keras.io/api/ops/core/ (slice)
#pragma once

#include "latent/layers/layer.hpp"

namespace latent {

template <Index first, Index count>
struct Channels {
  static constexpr const char *class_name = "Channels", *default_name = "channels";

  template <class S>
  using complaint =
      FirstOf<Unless<(first >= 0 && count >= 1), AlreadyReported>,
              Unless<first + count <= S::channels, Expects<an_input_with_at_least_this_many_channels<first + count>>>>;

  template <class InputShape, class Scalar>
  struct On : LayerDefaults {
    using output_shape = WithLast<InputShape, count>;

    static void forward(const auto&, auto x, auto y, auto) {
      for_pixels(x.samples, [&](Index n, Index row, Index column) {
        for (Index i = 0; i < count; ++i) y.pixel(n, row, column)[i] = x.pixel(n, row, column)[first + i];
      });
    }

    /// dx[.., first + i] = dz[.., i], the others 0
    static void input_gradient(const auto&, auto x, auto, auto dz, auto dx, auto) {
      for_pixels(x.samples, [&](Index n, Index row, Index column) {
        for (Index i = 0; i < InputShape::channels; ++i)
          dx.pixel(n, row, column)[i] =
              i >= first && i < first + count ? dz.pixel(n, row, column)[i - first] : Scalar(0);
      });
    }

   private:
    template <class Visit>
    static void for_pixels(Index samples, const Visit& visit) {
      for (Index n = 0; n < samples; ++n)
        for (Index row = 0; row < InputShape::height; ++row)
          for (Index column = 0; column < InputShape::width; ++column) visit(n, row, column);
    }
  };

  static_assert(first >= 0 && count >= 1,
                "latent: Channels<first, count> starts at 0 or later and has at least 1 channel");
};

}  // namespace latent
