/// Dropout<rate>: in training, each value is set to 0 with probability `rate`, and the others are scaled so that the mean stays the same.
///
///     y = x * mask,   mask = 0 with probability rate, else 1 / (1 - rate)        at inference y = x
///
/// Each sample has its own mask in each step. The backward pass draws the same mask again: a random number is a
/// function of seed, layer, step and place.
/// Input shape any; output shape the same. https://keras.io/api/layers/regularization_layers/dropout/
#pragma once

#include "latent/kernels/elementwise.hpp"
#include "latent/layers/layer.hpp"

namespace latent {

namespace detail {
/// The mask of sample n of a view: `size` numbers, 0 with probability `rate`, else 1 / (1 - rate).
template <Real rate, Index size, class Scalar>
void draw_mask(const Call& call, Index n, Scalar* mask) {
  constexpr auto dropped = static_cast<std::uint32_t>(rate.value * 0x1p32);  // of the 2^32 numbers the smallest ones
  constexpr auto kept = static_cast<Scalar>(1 / (1 - rate.value));
  constexpr Index pieces = (size + Random::piece - 1) / Random::piece;
  const Random random = call.random(Purpose::dropout);
  for (Index piece = 0; piece < pieces; ++piece) {
    const auto bits = random.bits(call.place(n) * pieces + piece);
    const Index first = piece * Random::piece, count = std::min(Random::piece, size - first);
    for (Index i = 0; i < count; ++i) mask[first + i] = bits[static_cast<std::size_t>(i)] < dropped ? Scalar(0) : kept;
  }
}
}  // namespace detail

template <Real rate>
struct Dropout {
  static constexpr const char* class_name = "Dropout";
  static constexpr const char* default_name = "dropout";

  template <class S>
  using complaint = Unless<(rate.value >= 0 && rate.value < 1), AlreadyReported>;

  template <class InputShape, class Scalar>
  struct On : LayerDefaults {
    using output_shape = InputShape;
    static constexpr Index scratch_size = InputShape::size;

    /// to = from * mask
    static void mask_values(const Call& call, auto from, auto to, Scalar* mask) {
      if (!call.training) return kernels::copy_in_order(from, to);
      constexpr Index row_size = InputShape::width * InputShape::channels;
      for (Index n = 0; n < from.samples; ++n) {
        detail::draw_mask<rate, InputShape::size>(call, n, mask);
        for (Index row = 0; row < InputShape::height; ++row)
          simd::for_each_vector<Scalar, row_size>([&]<int L>(Index i) {
            const auto value = simd::load<L>(from.pixel(n, row, 0) + i);
            simd::store(to.pixel(n, row, 0) + i, value * simd::load<L>(mask + row * row_size + i));
          });
      }
    }

    static void forward(const auto& p, auto x, auto y, auto) { mask_values(p.call, x, y, p.scratch); }
    /// dx = dz * mask
    static void input_gradient(const auto& p, auto, auto, auto dz, auto dx, auto) {
      mask_values(p.call, dz, dx, p.scratch);
    }
  };

  LATENT_NO_WHOLE_ZERO(rate, "Dropout<rate>");
  static_assert(rate.value >= 0 && rate.value < 1, "latent: Dropout's rate is within 0..1, 1 excluded");
};

}  // namespace latent
