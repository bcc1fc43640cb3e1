/// UpSampling2D<size, options...>: an image enlarged by whole factors.
///
///     Nearest (default)   y[o][p][c] = x[o / size.height][p / size.width][c], every pixel repeated
///     Bilinear            y[o][p][c] = between the four pixels around ((o + 1/2) / size.height - 1/2, likewise p):
///                         centres of pixels lie at whole numbers, and beyond the outermost centres nothing changes
///
/// Input shape (height, width, channels); output shape (height * size.height, width * size.width, channels).
/// https://keras.io/api/layers/reshaping_layers/up_sampling2d/
#pragma once

#include "latent/layers/layer.hpp"

namespace latent {

struct InterpolationKind;

/// Each new pixel is a copy of the nearest old one; the default.
struct Nearest {
  using kind = InterpolationKind;

  template <Size size, class InputShape, class Scalar>
  struct On : LayerDefaults {
    static constexpr Index height = InputShape::height, width = InputShape::width, channels = InputShape::channels;
    static constexpr bool undoes_previous = true;

    static void forward(const auto&, auto x, auto y, auto) {
      for (Index n = 0; n < x.samples; ++n)
        for (Index row = 0; row < height; ++row)
          for (Index column = 0; column < width; ++column)
            simd::for_each_vector<Scalar, channels>([&]<int L>(Index c) {
              const auto value = simd::load<L>(x.pixel(n, row, column) + c);
              for (Index a = 0; a < size.height; ++a)
                for (Index b = 0; b < size.width; ++b)
                  simd::store(y.pixel(n, row * size.height + a, column * size.width + b) + c, value);
            });
    }

    /// dx[row][column] = the sum of dz over the copies of that pixel.
    static void input_gradient(const auto&, auto x, auto, auto dz, auto dx, auto previous) {
      for (Index n = 0; n < x.samples; ++n)
        for (Index row = 0; row < height; ++row)
          for (Index column = 0; column < width; ++column)
            simd::for_each_vector<Scalar, channels>([&]<int L>(Index c) {
              simd::Vec<Scalar, L> sum{};
              for (Index a = 0; a < size.height; ++a)
                for (Index b = 0; b < size.width; ++b)
                  sum += simd::load<L>(dz.pixel(n, row * size.height + a, column * size.width + b) + c);
              simd::store(dx.pixel(n, row, column) + c,
                          sum * previous.derivative(simd::load<L>(x.pixel(n, row, column) + c)));
            });
    }
  };
};

/// Each new pixel is interpolated between the four old ones around it.
struct Bilinear {
  using kind = InterpolationKind;

  template <Size size, class InputShape, class Scalar>
  struct On : LayerDefaults {
    static constexpr Index height = InputShape::height, width = InputShape::width, channels = InputShape::channels;

    /// On each axis an output is weight[0] x[at[0]] + weight[1] x[at[1]], of the two inputs around it.
    struct Mixture {
      Index at[2];
      Scalar weight[2];
    };
    template <Index inputs, Index factor>
    static constexpr auto mixtures = [] {
      std::array<Mixture, array_size(inputs * factor)> all{};
      for (Index o = 0; o < inputs * factor; ++o) {
        const Index position = 2 * o + 1 - factor, unit = 2 * factor;  // (o + 1/2) / factor - 1/2 = position / unit
        const Index below = position < 0 ? -1 : position / unit;
        const Scalar weight = static_cast<Scalar>(position - below * unit) / static_cast<Scalar>(unit);
        all[static_cast<std::size_t>(o)] = {{std::max<Index>(below, 0), std::min(below + 1, inputs - 1)},
                                            {1 - weight, weight}};
      }
      return all;
    }();
    /// Calls visit(o, p, the mixture of rows, the mixture of columns) for every output pixel.
    template <class Visit>
    static void for_outputs(const Visit& visit) {
      for (Index o = 0; o < height * size.height; ++o)
        for (Index p = 0; p < width * size.width; ++p)
          visit(o, p, mixtures<height, size.height>[static_cast<std::size_t>(o)],
                mixtures<width, size.width>[static_cast<std::size_t>(p)]);
    }

    /// y[o][p] = sum over a, b = 0, 1 of weight[a] weight[b] x[at[a]][at[b]]
    static void forward(const auto&, auto x, auto y, auto) {
      for (Index n = 0; n < x.samples; ++n)
        for_outputs([&](Index o, Index p, const Mixture& rows, const Mixture& columns) {
          simd::for_each_vector<Scalar, channels>([&]<int L>(Index c) {
            simd::Vec<Scalar, L> sum{};
            for (int a : {0, 1})
              for (int b : {0, 1})
                sum += rows.weight[a] * columns.weight[b] * simd::load<L>(x.pixel(n, rows.at[a], columns.at[b]) + c);
            simd::store(y.pixel(n, o, p) + c, sum);
          });
        });
    }

    /// dx[at[a]][at[b]] = the sum of weight[a] weight[b] dz[o][p] over all outputs into which it was mixed
    static void input_gradient(const auto&, auto, auto, auto dz, auto dx, auto) {
      for (Index n = 0; n < dz.samples; ++n) {
        for (Index row = 0; row < height; ++row) std::fill_n(dx.pixel(n, row, 0), width * channels, Scalar(0));
        for_outputs([&](Index o, Index p, const Mixture& rows, const Mixture& columns) {
          simd::for_each_vector<Scalar, channels>([&]<int L>(Index c) {
            const auto gradient = simd::load<L>(dz.pixel(n, o, p) + c);
            for (int a : {0, 1})
              for (int b : {0, 1}) {
                Scalar* to = dx.pixel(n, rows.at[a], columns.at[b]) + c;
                simd::store(to, simd::load<L>(to) + rows.weight[a] * columns.weight[b] * gradient);
              }
          });
        });
      }
    }
  };
};

template <Size size, class... Options>
struct UpSampling2D {
  static constexpr const char* class_name = "UpSampling2D";
  static constexpr const char* default_name = "up_sampling2d";

  template <class S>
  using complaint = FirstOf<Unless<at_least_1(size), AlreadyReported>,
                            Unless<S::rank == 3, Expects<an_image_of_height_width_channels>>>;

  template <class InputShape, class Scalar>
  struct On : OptionOf<Nearest, Options...>::template On<size, InputShape, Scalar> {
    using output_shape = Shape<InputShape::height * size.height, InputShape::width * size.width, InputShape::channels>;
  };

  static_assert(at_least_1(size), "latent: UpSampling2D's size is at least 1");
  static_assert(options_are<InterpolationKind, Options...>, "latent: UpSampling2D's options are Nearest, Bilinear");
  static_assert(each_option_once<Options...>, "latent: UpSampling2D got two options of one kind");
};

}  // namespace latent
