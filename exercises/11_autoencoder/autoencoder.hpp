/// Exercise 11: a denoising auto-encoder, made of your own layers, with your own loss and your own optimiser.
#pragma once

#include "02_cross_entropy/binary_crossentropy.hpp"
#include "03_optimizers/optimizers.hpp"
#include "04_convolution/conv2d.hpp"
#include "05_convolution_gradients/conv2d_gradients.hpp"
#include "07_max_pooling/max_pooling2d.hpp"
#include "08_larger_images/up_sampling.hpp"
#include "latent/models/model.hpp"
#include "latent/training/trainer.hpp"

namespace yours {
using namespace latent;

/// Exercises 4 and 5 in one layer, with 'same' padding.
template <Index filters, Index kernel_size>
struct Convolution {
  static constexpr const char *class_name = "Convolution", *default_name = "convolution";
  template <class S>
  using complaint = void;
  template <class InputShape, class Scalar>
  struct On : yours::Conv2D<filters, kernel_size, Same>::template On<InputShape, Scalar> {
    using Gradients = typename yours::Conv2DGradients<filters, kernel_size, Same>::template On<InputShape, Scalar>;
    static void weight_gradient(const auto& dp, auto x, auto dz) { Gradients::weight_gradient(dp, x, dz); }
    static void input_gradient(const auto& p, auto x, auto y, auto dz, auto dx, auto previous) {
      Gradients::input_gradient(p, x, y, dz, dx, previous);
    }
  };
};

/// y = max(x, 0), for every number.
struct ReLU {
  static constexpr const char *class_name = "ReLU", *default_name = "re_lu";
  template <class S>
  using complaint = void;
  template <class InputShape, class Scalar>
  struct On : LayerDefaults {
    using output_shape = InputShape;
    static constexpr Index height = InputShape::height, width = InputShape::width, channels = InputShape::channels;

    // x.pixel(n, row, column)[c] is x[n][row][column][c], and the others likewise; x.samples is the number of images.

    /// Assigns every y.
    static void forward(const auto&, auto x, auto y, auto) {
      // your turn
    }
    /// Assigns every dx.
    static void input_gradient(const auto&, auto x, auto, auto dz, auto dx, auto) {
      // your turn
    }
  };
};

// A network that goes from 28 x 28 pixels to 28 x 28 logits. This one hardly can do anything: your turn.
using Network = Sequential<Input<28, 28, 1>, Convolution<1, 3>>;

/// Trains a network that makes clean digits of noisy ones (images, 28, 28, 1), and returns what it makes of `noisy_test`: for each
/// pixel the probability that it is white.
inline Tensor<4> denoise(const Tensor<4>& noisy, const Tensor<4>& clean, const Tensor<4>& noisy_test) {
  // your turn:
  //     Network network{Seed{1}};
  //     auto trainer = compile(network, optimiser, loss);
  //     trainer.fit(inputs, targets, {.epochs = ..., .batch_size = ...});
  //     network.predict(inputs) gives the logits
  return {};
}

}  // namespace yours
