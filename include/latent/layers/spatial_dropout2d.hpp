/// SpatialDropout2D<rate>: in training every channel of an image is 0 with probability `rate`, and the others grow so
/// that the mean stays. Neighbouring pixels of a channel tell much the same: dropping them one by one would hide little.
///
///     y[row][column][c] = x[row][column][c] * mask[c],   mask = 0 with probability rate, else 1 / (1 - rate)
///
/// At inference y = x. Every sample has a mask of its own in every step, drawn again in the backward pass; see Dropout.
/// Input shape (height, width, channels); output shape the same.
/// https://keras.io/api/layers/regularization_layers/spatial_dropout2d/
/// J. Tompson et al., "Efficient object localization using convolutional networks", CVPR 2015
#pragma once

#include "latent/layers/dropout.hpp"

namespace latent {

template <Real rate>
struct SpatialDropout2D {
  static constexpr const char* class_name = "SpatialDropout2D";
  static constexpr const char* default_name = "spatial_dropout2d";

  template <class S>
  using complaint = FirstOf<Unless<(rate.value >= 0 && rate.value < 1), AlreadyReported>,
                            Unless<S::rank == 3, Expects<an_image_of_height_width_channels>>>;

  template <class InputShape, class Scalar>
  struct On : LayerDefaults {
    using output_shape = InputShape;
    static constexpr Index scratch_size = InputShape::channels;

    /// to = from * mask
    static void mask_channels(const Call& call, auto from, auto to, Scalar* mask) {
      if (!call.training) return kernels::copy_in_order(from, to);
      for (Index n = 0; n < from.samples; ++n) {
        detail::draw_mask<rate, InputShape::channels>(call, n, mask);
        kernels::for_vectors<Scalar, InputShape>([&]<int L>(Index row, Index column, Index c) {
          const auto value = simd::load<L>(from.pixel(n, row, column) + c);
          simd::store(to.pixel(n, row, column) + c, value * simd::load<L>(mask + c));
        });
      }
    }

    static void forward(const auto& p, auto x, auto y, auto) { mask_channels(p.call, x, y, p.scratch); }
    /// dx = dz * mask
    static void input_gradient(const auto& p, auto, auto, auto dz, auto dx, auto) {
      mask_channels(p.call, dz, dx, p.scratch);
    }
  };

  LATENT_NO_WHOLE_ZERO(rate, "SpatialDropout2D<rate>");
  static_assert(rate.value >= 0 && rate.value < 1, "latent: SpatialDropout2D's rate is within 0..1, 1 excluded");
};

}  // namespace latent
