/// Draws the pictures of the lessons and of docs/pictures.md, all with the library's own layers.
///
///     build/release/tests/lesson_pictures docs/images/lessons
///
/// The digits are those of data/mnist_sample.

#include <cstdio>
#include <filesystem>
#include <latent/datasets/mnist.hpp>
#include <latent/layers/batch_normalization.hpp>
#include <latent/layers/conv2d.hpp>
#include <latent/layers/conv2d_transpose.hpp>
#include <latent/layers/dense.hpp>
#include <latent/layers/max_pooling2d.hpp>
#include <latent/layers/sampling.hpp>
#include <latent/layers/up_sampling2d.hpp>
#include <latent/losses/binary_crossentropy.hpp>
#include <latent/losses/mean_squared_error.hpp>
#include <latent/models/model.hpp>
#include <latent/optimizers/adam.hpp>
#include <latent/optimizers/sgd.hpp>
#include <latent/pictures.hpp>

using namespace latent;
using namespace latent::pictures;

namespace {

using Digits = datasets::LabelledImages;

/// Signed numbers as an image: grey is 0, white the largest, black the largest below 0.
template <class Numbers>
Tensor<4> shades(const Numbers& numbers, Index count, Index height, Index width) {
  Tensor<4> images(count, height, width, 1);
  float largest = 1e-30f;
  for (Index i = 0; i < images.size(); ++i) largest = std::max(largest, std::abs(numbers.data()[i]));
  for (Index i = 0; i < images.size(); ++i) images.data()[i] = 0.5f + 0.5f * numbers.data()[i] / largest;
  return images;
}

Tensor<2> table(Index rows, Index columns, std::initializer_list<float> numbers) {
  Tensor<2> made(rows, columns);
  std::copy(numbers.begin(), numbers.end(), made.data());
  return made;
}

/// One channel of the first image.
Tensor<2> plane(const Tensor<4>& image) {
  Tensor<2> made(image.dimension(1), image.dimension(2));
  std::copy_n(image.data(), made.size(), made.data());
  return made;
}

/// The gradient of a dense layer's kernel is a sum of its inputs: of one unit that is to say whether a digit is a 3.
Image dense(const Digits& digits) {
  constexpr Index count = 8, many = 1000;
  Model<float, Input<784>, Dense<1, KernelInitializer<Zeros>>> model;
  const auto is_3 = [&](Index i) { return digits.labels[static_cast<std::size_t>(i)] == 3; };
  // The gradient of the loss of some digits with respect to the kernel: dz = p - t.
  const auto gradient = [&](const std::vector<Index>& which) {
    const auto samples = static_cast<Index>(which.size());
    Tensor<2> x(samples, 784), dz(samples, 1);
    for (Index n = 0; n < samples; ++n)
      std::copy_n(digits.images.data() + which[static_cast<std::size_t>(n)] * 784, 784, x.data() + n * 784);
    const Tensor<2> z = model.predict(x);
    for (Index n = 0; n < samples; ++n)
      dz(n, 0) = 1 / (1 + std::exp(-z(n, 0))) - static_cast<float>(is_3(which[static_cast<std::size_t>(n)]));
    return model.backward(x, dz)["dense/kernel"];
  };
  // A 3, another digit, and so on.
  std::vector<Index> chosen, all;
  for (Index i = 0; std::ssize(chosen) < count; ++i)
    if (is_3(i) == (chosen.size() % 2 == 0)) chosen.push_back(i);
  for (Index i = 0; i < many; ++i) all.push_back(i);
  std::vector<Index> so_far;
  Tensor<4> x(count, 28, 28, 1);
  std::vector<float> shares, sums;
  for (const Index i : chosen) {
    std::copy_n(digits.images.data() + i * 784, 784, x.data() + std::ssize(so_far) * 784);
    so_far.push_back(i);
    for (const float v : gradient({i})) shares.push_back(v);
    for (const float v : gradient(so_far)) sums.push_back(v);
  }
  const Image rows = grid({x, shades(shares, count, 28, 28), shades(sums, count, 28, 28)}, count,
                          {.title = "Is it a 3? The gradient of the kernel is the sum of x dz",
                           .row_titles = {"x", "x dz", "sum so far"},
                           .scale = 3});
  for (int step = 0; step < 100; ++step) {
    const std::vector<float> sum = gradient(all);
    for (std::size_t i = 0; i < 784; ++i) model.data()[i] -= 0.5f / many * sum[i];
  }
  const std::vector<float> learnt(model.data(), model.data() + 784);
  return beside({rows, grid({shades(learnt, 1, 28, 28)}, 1, {.title = "The kernel after 100 steps", .scale = 9})});
}

/// A filter learns to find vertical edges from images of where they are.
Image conv2d(const Digits& digits) {
  Model<float, Input<28, 28, 1>, Conv2D<1, 3, Same, NoBias>> teacher, pupil(Seed{1});
  const float edges[] = {-1, 0, 1, -2, 0, 2, -1, 0, 1};
  std::copy_n(edges, 9, teacher.data());
  const Tensor<4> x = slice(digits.images, 7, 1), target = teacher.predict(x);
  const auto kernel = [&](const float* numbers) {
    Tensor<2> made(3, 3);
    std::copy_n(numbers, 9, made.data());
    return made;
  };
  const Tensor<2> start = kernel(pupil.data());
  const Tensor<4> y = pupil.predict(x);
  Tensor<4> dz = y - target;
  const auto first = pupil.backward(x, dz);
  for (int step = 0; step < 1000; ++step) {
    dz = pupil.predict(x) - target;
    const auto gradients = pupil.backward(x, dz);
    for (std::size_t i = 0; i < 9; ++i) pupil.data()[i] -= 0.002f * gradients["conv2d/kernel"][i];
  }
  const Tensor<4> first_dz = y - target;
  const auto numbers = [&](const char* title, const Tensor<2>& values) {
    return heat_map(values, {.title = title, .decimals = 1, .cell = 62});
  };
  const Image images = grid(
      {x, shades(y, 1, 28, 28), shades(target, 1, 28, 28), shades(first_dz, 1, 28, 28), shades(first.dx, 1, 28, 28)}, 1,
      {.title = "One filter, one image (grey: 0)",
       .column_titles = {"x", "y", "target: edges", "dz = y - target", "dx"},
       .by_column = true,
       .scale = 6});
  return beside({images, numbers("kernel", start), numbers("dkernel", kernel(first["conv2d/kernel"].data())),
                 numbers("kernel, 1,000 steps on", kernel(pupil.data()))});
}

/// How many taps reach each pixel of a transposed convolution.
Image conv2d_transpose() {
  const auto reached = []<Index taps>(const char* title) {
    Model<float, Input<4, 4, 1>, Conv2DTranspose<1, taps, Same, Strides<2>, NoBias, KernelInitializer<Ones>>> model;
    Tensor<4> x(1, 4, 4, 1);
    x.setConstant(1);
    return heat_map(plane(model.predict(x)), {.title = title, .cell = 52});
  };
  return beside({reached.operator()<3>("3 x 3, stride 2: taps that reach a pixel"),
                 reached.operator()<4>("4 x 4, stride 2: taps that reach a pixel")});
}

/// The example of exercise 7: who won, and who gets the gradient.
Image max_pooling2d() {
  Model<float, Input<4, 4, 1>, MaxPooling2D<2>> model;
  Tensor<4> x(1, 4, 4, 1), dz(1, 2, 2, 1);
  const Tensor<2> numbers = table(4, 4, {1, 3, -2, -5, 2, 0, -1, -3, 4, 4, 0, 1, 0, 4, 2, 2});
  const Tensor<2> gradient = table(2, 2, {1, 2, 3, 4});
  std::copy_n(numbers.data(), 16, x.data());
  std::copy_n(gradient.data(), 4, dz.data());
  return beside({heat_map(numbers, {.title = "x"}), heat_map(plane(model.predict(x)), {.title = "y"}),
                 heat_map(gradient, {.title = "dz"}), heat_map(plane(model.backward(x, dz).dx), {.title = "dx"})});
}

/// Four pixels made larger in two ways, and a gradient on its way back.
Image up_sampling2d() {
  Model<float, Input<2, 2, 1>, UpSampling2D<2>> nearest;
  const Model<float, Input<2, 2, 1>, UpSampling2D<2, Bilinear>> bilinear;
  Tensor<4> x(1, 2, 2, 1), dz(1, 4, 4, 1);
  const Tensor<2> numbers = table(2, 2, {1, 2, 3, 4});
  const Tensor<2> gradient = table(4, 4, {1, 0, 0, 2, 0, 1, 0, 0, -1, 0, 1, 1, 0, 0, 1, 1});
  std::copy_n(numbers.data(), 4, x.data());
  std::copy_n(gradient.data(), 16, dz.data());
  return beside({heat_map(numbers, {.title = "x"}), heat_map(plane(nearest.predict(x)), {.title = "y"}),
                 heat_map(plane(bilinear.predict(x)), {.title = "y, Bilinear", .decimals = 2, .cell = 58}),
                 heat_map(gradient, {.title = "dz"}), heat_map(plane(nearest.backward(x, dz).dx), {.title = "dx"})});
}

/// What three units give for a thousand digits, before and after the normalization.
Image batch_normalization(const Digits& digits) {
  constexpr Index count = 1000, units = 3;
  Model<float, Input<784>, Dense<units>> before(Seed{3});
  const Model<float, Input<units>, BatchNormalization<>> after;
  Tensor<2> x(count, 784);
  std::copy_n(digits.images.data(), x.size(), x.data());
  const Tensor<2> z = before.predict(x), y = after.call(z, {.training = true});
  const auto drawn = [&](const Tensor<2>& values, const char* title) {
    constexpr double step = 0.25;
    constexpr int bins = 33, middle = 16;
    std::vector<Curve> curves;
    for (Index u = 0; u < units; ++u) {
      std::vector<double> shares(bins, 0.0), places;
      for (int bin = 0; bin < bins; ++bin) places.push_back((bin - middle) * step);
      for (Index n = 0; n < count; ++n) {
        const double place = std::round(static_cast<double>(values(n, u)) / step) + middle;
        if (place >= 0 && place < bins) shares[static_cast<std::size_t>(place)] += 1.0 / count;
      }
      curves.push_back({text("channel ", u), shares, places});
    }
    return plot(curves, {.title = title,
                         .x_label = "value",
                         .y_label = "share of 1,000 digits",
                         .width = 700,
                         .height = 480,
                         .y_min = 0,
                         .y_max = 0.4});
  };
  return beside({drawn(z, "Three channels before the normalization"), drawn(y, "after it: mean 0, variance 1")});
}

/// Codes drawn for three digits, and what the divergence costs.
Image sampling() {
  constexpr Index draws = 400;
  const Model<float, Named<"z_mean", Input<2>>, Named<"z_log_var", Input<2>>, Sampling<>> layer;
  const float means[3][2] = {{0, 0}, {-2, 1.5}, {2, 1}}, log_vars[3][2] = {{0, 0}, {-3, -3}, {-3, 0.5}};
  Tensor<2> z_mean(3 * draws, 2), z_log_var(3 * draws, 2);
  std::vector<int> labels;
  for (Index n = 0; n < 3 * draws; ++n) {
    const Index which = n / draws;
    labels.push_back(static_cast<int>(which));
    for (Index i = 0; i < 2; ++i) z_mean(n, i) = means[which][i], z_log_var(n, i) = log_vars[which][i];
  }
  ScatterOptions options;
  options.title = "z drawn 400 times for three inputs";
  options.x_label = "z[0]", options.y_label = "z[1]";
  options.width = 800, options.height = 520;
  options.label_names = {"m = (0, 0), v = (0, 0)", "m = (-2, 1.5), v = (-3, -3)", "m = (2, 1), v = (-3, 0.5)"};
  std::vector<Curve> costs;
  const Model<float, Named<"z_mean", Input<1>>, Named<"z_log_var", Input<1>>, Sampling<>> one;
  for (const float mean : {0.0f, 1.0f, 2.0f}) {
    Curve curve{text("m = ", mean), {}, {}};
    for (double v = -4; v <= 2; v += 0.05) {
      Tensor<2> m(1, 1), log_var(1, 1);
      m(0, 0) = mean, log_var(0, 0) = static_cast<float>(v);
      curve.x.push_back(v), curve.y.push_back(one.losses({m, log_var}).at("kl_loss"));
    }
    costs.push_back(curve);
  }
  return beside({scatter(layer.call({z_mean, z_log_var}, {.training = true}), labels, options),
                 plot(costs, {.title = "The divergence of one number of the code",
                              .x_label = "v = z_log_var",
                              .y_label = "kl_loss",
                              .width = 640,
                              .height = 520})});
}

/// The loss and its gradient over the logit, beside those of the squared error.
Image binary_crossentropy() {
  std::vector<Curve> losses,
      gradients{{"cross-entropy: p - t", {}, {}}, {"squared error: 2 (p - t) p (1 - p)", {}, {}}};
  const BinaryCrossentropy crossentropy{.from_logits = true};
  for (const double t : {0.0, 0.25, 1.0}) {
    Curve curve{text("t = ", t), {}, {}};
    for (double z = -8; z <= 8; z += 0.1) {
      double dz = 0, dp = 0;
      curve.x.push_back(z), curve.y.push_back(crossentropy(&z, &t, &dz, 1, 1, 1.0));
      if (t < 1) continue;
      const double p = 1 / (1 + std::exp(-z));
      MeanSquaredError{}(&p, &t, &dp, 1, 1, 1.0);
      gradients[0].x.push_back(z), gradients[0].y.push_back(dz);
      gradients[1].x.push_back(z), gradients[1].y.push_back(dp * p * (1 - p));
    }
    losses.push_back(curve);
  }
  const auto drawn = [](const std::vector<Curve>& curves, const char* title, const char* y_label) {
    return plot(curves, {.title = title, .x_label = "logit z", .y_label = y_label, .width = 700, .height = 480});
  };
  return beside({drawn(losses, "Binary cross-entropy", "loss"),
                 drawn(gradients, "Target 1: the gradient with respect to the logit", "gradient")});
}

/// Three optimisers in a long valley, L = (a^2 + 100 b^2) / 2.
Image adam() {
  std::vector<Curve> paths, losses;
  const auto go = [&](const char* name, const auto& optimizer) {
    Curve path{name, {}, {}}, loss{name, {}, {}};
    double w[] = {-4, 1}, kept[4] = {0, 0, 0, 0};
    for (Index t = 0; t <= 60; ++t) {
      const double g[] = {w[0], 100 * w[1]};
      path.x.push_back(w[0]), path.y.push_back(w[1]);
      loss.x.push_back(static_cast<double>(t));
      loss.y.push_back((w[0] * w[0] + 100 * w[1] * w[1]) / 2);
      double rate = optimizer.learning_rate(t);
      if constexpr (requires { optimizer.corrected_rate(t, rate); }) rate = optimizer.corrected_rate(t + 1, rate);
      optimizer.template update<double>(rate, {w, 2}, {g, 2}, {kept, 2, 2});
    }
    paths.push_back(path), losses.push_back(loss);
  };
  go("SGD, rate 0.019", SGD{.learning_rate = 0.019});
  go("momentum 0.9, rate 0.005", SGD{.learning_rate = 0.005, .momentum = 0.9});
  go("Adam, rate 0.3", Adam{.learning_rate = 0.3});
  const PlotOptions size{.width = 760, .height = 500};
  PlotOptions of_paths = size, of_losses = size;
  of_paths.title = "60 steps in the valley (a a + 100 b b) / 2, from (-4, 1)";
  of_paths.x_label = "a", of_paths.y_label = "b";
  of_losses.title = "The same: the loss", of_losses.x_label = "step", of_losses.y_label = "loss";
  of_losses.log_y = true;
  return beside({plot(paths, of_paths), plot(losses, of_losses)});
}

/// What docs/pictures.md speaks of: curves, points and bars, all of the same digits.
Image of_numbers(const Digits& digits) {
  const Index count = digits.images.dimension(0), pixels = 28 * 28;
  Tensor<2> places(count, 2);
  std::vector<double> brightness;
  std::vector<Bar> number_of;
  for (int digit = 0; digit < 10; ++digit) number_of.push_back({text(digit), 0, digit / 5});
  for (Index n = 0; n < count; ++n) {
    double ink = 0, across = 0, down = 0;
    for (Index i = 0; i < pixels; ++i) {
      const double here = static_cast<double>(digits.images.data()[n * pixels + i]);
      const double right = static_cast<double>(i % 28) - 13.5, below = static_cast<double>(i / 28) - 13.5;
      ink += here, across += here * right * right, down += here * below * below;
    }
    places(n, 0) = static_cast<float>(std::sqrt(across / ink)),
              places(n, 1) = static_cast<float>(std::sqrt(down / ink));
    brightness.push_back(ink / static_cast<double>(pixels));
    number_of[static_cast<std::size_t>(digits.labels[static_cast<std::size_t>(n)])].value += 1;
  }
  return beside({scatter(places, digits.labels,
                         {.title = "Width and height of digits",
                          .x_label = "pixels from the middle, across",
                          .y_label = "down",
                          .width = 520,
                          .height = 400,
                          .text_size = 11}),
                 histogram(brightness, {.title = "Brightness of digits",
                                        .x_label = "mean of the pixels",
                                        .width = 520,
                                        .height = 400,
                                        .text_size = 11}),
                 bars(number_of, {.title = "Digits of each class", .decimals = 0, .width = 400, .text_size = 11})});
}

}  // namespace

int main(int argc, char** argv) try {
  check(argc == 2, "usage: lesson_pictures FOLDER");
  const std::string folder = argv[1];
  std::filesystem::create_directories(folder);
  const Digits digits = datasets::load_mnist_part(LATENT_SOURCE_DIR "/data/mnist_sample", "t10k");
  save_png(folder + "/dense.png", dense(digits));
  save_png(folder + "/conv2d.png", conv2d(digits));
  save_png(folder + "/conv2d_transpose.png", conv2d_transpose());
  save_png(folder + "/max_pooling2d.png", max_pooling2d());
  save_png(folder + "/up_sampling2d.png", up_sampling2d());
  save_png(folder + "/batch_normalization.png", batch_normalization(digits));
  save_png(folder + "/sampling.png", sampling());
  save_png(folder + "/binary_crossentropy.png", binary_crossentropy());
  save_png(folder + "/adam.png", adam());
  save_png(folder + "/of_numbers.png", of_numbers(digits));
} catch (const std::exception& error) {
  std::fprintf(stderr, "lesson_pictures: %s\n", error.what());
  return 1;
}
