/// Small loops that several layers share.
#pragma once

#include "latent/core/shape.hpp"
#include "latent/kernels/simd.hpp"

namespace latent::kernels {

/// Calls run(first scalar of each view ..., pixels) for runs of pixels that lie without gaps in all views, which have
/// the same height and width: all samples at once where there are no borders, else the pixels of one image row.
template <class Run, class First, class... Others>
[[gnu::always_inline]] inline void for_runs(const Run& run, const First& first, const Others&... others) {
  if constexpr (First::contiguous && (Others::contiguous && ...)) {
    run(first.sample(0), others.sample(0)..., first.samples * First::height * First::width);
  } else {
    for (Index n = 0; n < first.samples; ++n)
      for (Index row = 0; row < First::height; ++row)
        run(first.pixel(n, row, 0), others.pixel(n, row, 0)..., First::width);
  }
}

/// Calls visit<L>(row, column, channel) for the vectors of channels that cover an image.
template <class Scalar, class Image, class Visit>
[[gnu::always_inline]] inline void for_vectors(const Visit& visit) {
  for (Index row = 0; row < Image::height; ++row)
    for (Index column = 0; column < Image::width; ++column)
      simd::for_each_vector<Scalar, Image::channels>(
          [&]<int L>(Index c) LATENT_INLINED { visit.template operator()<L>(row, column, c); });
}

/// sums[c] += the sum of channel c over the pixels of sample n.
template <class Scalar, class L>
void sum_pixels(View<const Scalar, L> image, Index n, Scalar* sums) {
  simd::for_each_vector<Scalar, L::channels>([&]<int Lanes>(Index c) LATENT_INLINED {
    // Four sums in turn, for an addition has to wait for the one before it.
    constexpr Index chains = 4, whole = L::width / chains * chains;
    simd::Vec<Scalar, Lanes> sum[chains] = {};
    for (Index row = 0; row < L::height; ++row) {
      const Scalar* pixels = image.pixel(n, row, 0) + c;
      for (Index column = 0; column < whole; column += chains)
#pragma GCC unroll 4
        for (Index i = 0; i < chains; ++i) sum[i] += simd::load<Lanes>(pixels + (column + i) * L::pixel_step);
      for (Index column = whole; column < L::width; ++column)
        sum[0] += simd::load<Lanes>(pixels + column * L::pixel_step);
    }
    simd::store(sums + c, simd::load<Lanes>(sums + c) + ((sum[0] + sum[1]) + (sum[2] + sum[3])));
  });
}

/// A tensor with some of the axes of an image; along the others its entries repeat. The means of the channels of each
/// pixel go along rows and columns, a factor for each channel goes along the channels.
template <class Image, bool rows, bool columns, bool channels>
struct Along {
  static constexpr Index size =
      (rows ? Image::height : 1) * (columns ? Image::width : 1) * (channels ? Image::channels : 1);

  static constexpr Index position(Index row, Index column, Index channel) {
    const Index pixel = (rows ? row : 0) * (columns ? Image::width : 1) + (columns ? column : 0);
    return channels ? pixel * Image::channels + channel : pixel;
  }
  /// The entries that belong to a vector of channels of a pixel.
  template <int Lanes, class Scalar>
  [[gnu::always_inline]] static simd::Vec<std::remove_const_t<Scalar>, Lanes> load(Scalar* from, Index row,
                                                                                   Index column, Index channel) {
    if constexpr (channels)
      return simd::load<Lanes>(from + position(row, column, channel));
    else
      return simd::Vec<std::remove_const_t<Scalar>, Lanes>{} + from[position(row, column, channel)];
  }
  /// Adds a vector of channels to the entries that belong to it.
  template <int Lanes, class Scalar>
  [[gnu::always_inline]] static void add(Scalar* to, Index row, Index column, Index channel,
                                         simd::Vec<Scalar, Lanes> v) {
    to += position(row, column, channel);
    if constexpr (channels)
      simd::store(to, simd::load<Lanes>(to) + v);
    else
      *to += simd::sum<Lanes, Scalar>(v);
  }
};

/// Copies the values of `from` in order, whatever the shapes and borders of both are.
template <class Scalar, class From, class To>
void copy_in_order(View<const Scalar, From> from, View<Scalar, To> to) {
  for (Index n = 0; n < from.samples; ++n) {
    Index row = 0, column = 0;  // in `to`, in scalars
    for (Index r = 0; r < From::height; ++r)
      for (Index left = From::width * From::channels; left > 0;) {
        constexpr Index to_width = To::width * To::channels;
        const Index run = std::min(left, to_width - column);
        std::copy_n(from.pixel(n, r, 0) + From::width * From::channels - left, run, to.pixel(n, row, 0) + column);
        left -= run;
        column += run;
        if (column == to_width) column = 0, ++row;
      }
  }
}

/// inner[row][column] = outer[row + top][column + left]
// (Loops instead of std::copy_n: GCC 12 -O1 throws away stores of two scalars that come from it.)
template <class Scalar, class Outer, class Inner>
void crop(View<const Scalar, Outer> outer, View<Scalar, Inner> inner, Index top, Index left) {
  for (Index n = 0; n < inner.samples; ++n)
    for (Index row = 0; row < Inner::height; ++row) {
      const Scalar* from = outer.pixel(n, row + top, left);
      Scalar* to = inner.pixel(n, row, 0);
      for (Index i = 0; i < Inner::width * Inner::channels; ++i) to[i] = from[i];
    }
}

/// outer[row + top][column + left] = inner[row][column], all else 0
template <class Scalar, class Inner, class Outer>
void pad(View<const Scalar, Inner> inner, View<Scalar, Outer> outer, Index top, Index left) {
  for (Index n = 0; n < inner.samples; ++n) {
    for (Index row = 0; row < Outer::height; ++row)
      std::fill_n(outer.pixel(n, row, 0), Outer::width * Outer::channels, Scalar(0));
    for (Index row = 0; row < Inner::height; ++row) {
      const Scalar* from = inner.pixel(n, row, 0);
      Scalar* to = outer.pixel(n, row + top, left);
      for (Index i = 0; i < Inner::width * Inner::channels; ++i) to[i] = from[i];
    }
  }
}

}  // namespace latent::kernels
