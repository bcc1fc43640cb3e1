/// Convolutions in groups: the images' channels and the filters are cut into equal parts, and each part of the filters
/// sees its part of the channels only.
///
///     x  [ group 0 | group 1 ]      a group's pixels lie where they are, among those of the others:
///          |         |              a layout with fewer channels and the same steps
///     y  [ group 0 | group 1 ]
///
/// A rung of the ladder does the groups one after the other, as convolutions of their own; the kernel is cut up once a
/// step. This is efficient for groups with a register of channels, 16 floats: of 64 channels, 16 groups of 4 take as long as 4
/// groups of 16, with a quarter of the work, and 64 groups of 1 longer than no groups. (DepthwiseConv2D is for those.)
#pragma once

#include "latent/kernels/conv2d.hpp"

namespace latent::kernels {

/// Some of the channels of an image.
template <class L, Index count>
struct ChannelsOf : L {
  using shape = Shape<L::height, L::width, count>;
  static constexpr Index channels = count;
  static constexpr bool contiguous = false;
};

/// The convolution of one group.
constexpr Convolution part_of(Convolution whole, Index groups) {
  whole.channels /= groups, whole.filters /= groups;
  return whole;
}

/// K, a Kernel<...>, for that many groups. C is the whole convolution, which has fewer weights than without groups.
template <class K, Index groups>
struct Grouped {
  template <Convolution C>
  static constexpr Convolution part = part_of(C, groups);

  template <Convolution C>
  static constexpr bool fits = K::template fits<part<C>>;
  template <Convolution C>
  static constexpr Border input_border = K::template input_border<part<C>>;
  template <Convolution C>
  static constexpr Border gradient_border = K::template gradient_border<part<C>>;

  template <Convolution C>
  static constexpr Index forward_parts = 1;

  /// For each group: its kernel, then the rung's prepared weights.
  template <Convolution C>
  static constexpr Index group_size = part<C>.weights() + K::template prepared_size<part<C>>;
  template <Convolution C>
  static constexpr Index prepared_size = groups * group_size<C>;
  template <Convolution C>
  static constexpr Index gradient_offset = 0;  // each group's parts lie together
  template <Convolution C, class Scalar>
  static void prepare(const Scalar* kernel, Scalar* prepared) {
    constexpr Index count = part<C>.filters;
    for (Index g = 0; g < groups; ++g, prepared += group_size<C>) {
      for (Index i = 0; i < part<C>.patch(); ++i)
        std::copy_n(kernel + i * C.filters + g * count, count, prepared + i * count);
      K::template prepare<part<C>>(prepared, prepared + part<C>.weights());
    }
  }

  /// The gradient of one group's kernel, then the rung's scratch.
  template <Convolution C>
  static constexpr Index scratch_size = part<C>.weights() + K::template scratch_size<part<C>>;

  template <Convolution C, class Scalar, class X, class Y, class Finish>
  static void forward(View<const Scalar, X> x, Weights<Scalar> w, View<Scalar, Y> y, Scalar* scratch,
                      const Finish& finish) {
    for (Index g = 0; g < groups; ++g)
      K::template forward<part<C>>(group<part<C>.channels>(x, g), weights<C>(w, g, part<C>.filters, 0),
                                   group<part<C>.filters>(y, g), scratch, behind(g * part<C>.filters, finish));
  }
  template <Convolution C, class Scalar, class Z, class DX, class Finish>
  static void input_gradient(View<const Scalar, Z> dy, Weights<Scalar> w, View<Scalar, DX> dx, Scalar* scratch,
                             const Finish& finish) {
    for (Index g = 0; g < groups; ++g)
      K::template input_gradient<part<C>>(
          group<part<C>.filters>(dy, g), weights<C>(w, g, part<C>.channels, K::template gradient_offset<part<C>>),
          group<part<C>.channels>(dx, g), scratch, behind(g * part<C>.channels, finish));
  }
  template <Convolution C, class Scalar, class X, class Z>
  static void weight_gradient(View<const Scalar, X> x, View<const Scalar, Z> dy, Scalar* dw, Scalar* scratch) {
    constexpr Index count = part<C>.filters;
    for (Index g = 0; g < groups; ++g) {
      std::fill_n(scratch, part<C>.weights(), Scalar(0));
      K::template weight_gradient<part<C>>(group<part<C>.channels>(x, g), group<count>(dy, g), scratch,
                                           scratch + part<C>.weights());
      for (Index i = 0; i < part<C>.patch(); ++i)
        for (Index f = 0; f < count; ++f) dw[i * C.filters + g * count + f] += scratch[i * count + f];
    }
  }

 private:
  /// Channels g * count ... of an image, borders included.
  template <Index count, class Scalar, class L>
  static View<Scalar, ChannelsOf<L, count>> group(View<Scalar, L> image, Index g) {
    return {image.data + g * count, image.samples};
  }
  template <Convolution C, class Scalar>
  static Weights<Scalar> weights(Weights<Scalar> w, Index g, Index outputs, Index offset) {
    const Scalar* kernel = w.prepared + g * group_size<C>;
    return {kernel, w.bias ? w.bias + g * outputs : nullptr, kernel + part<C>.weights() + offset};
  }
  /// `finish` for channels that are `first` further on.
  template <class Finish>
  static auto behind(Index first, const Finish& finish) {
    return [first, &finish]<int L>(auto sum, Index n, Index row, Index column, Index channel)
               LATENT_INLINED { return finish.template operator()<L>(sum, n, row, column, first + channel); };
  }
};

template <class K, Index groups>
using InGroups = std::conditional_t<groups == 1, K, Grouped<K, groups>>;

}  // namespace latent::kernels
