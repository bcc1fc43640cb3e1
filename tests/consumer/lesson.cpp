// A lesson outside the project: a layer of our own, checked against central differences, in an auto-encoder that is trained,
// taken apart and evaluated.
#include <latent/checks.hpp>
#include <latent/evaluation.hpp>
#include <latent/latent.hpp>
#include <tuple>

using namespace latent;

/// Square: y = x^2 for every number. Nothing to learn.
struct Square {
  static constexpr const char* class_name = "Square";
  static constexpr const char* default_name = "square";

  template <class S>
  using complaint = void;

  template <class InputShape, class Scalar>
  struct On : LayerDefaults {
    using output_shape = InputShape;
    static constexpr Index height = InputShape::height, width = InputShape::width, channels = InputShape::channels;

    static void forward(const auto&, auto x, auto y, auto) {
      for (Index n = 0; n < x.samples; ++n)
        for (Index row = 0; row < height; ++row)
          for (Index column = 0; column < width; ++column)
            for (Index c = 0; c < channels; ++c)
              y.pixel(n, row, column)[c] = x.pixel(n, row, column)[c] * x.pixel(n, row, column)[c];
    }

    /// dx = 2 x dz
    static void input_gradient(const auto&, auto x, auto, auto dz, auto dx, auto) {
      for (Index n = 0; n < dz.samples; ++n)
        for (Index row = 0; row < height; ++row)
          for (Index column = 0; column < width; ++column)
            for (Index c = 0; c < channels; ++c)
              dx.pixel(n, row, column)[c] = 2 * x.pixel(n, row, column)[c] * dz.pixel(n, row, column)[c];
    }
  };
};

/// Words that a lesson may want for itself. What latent calls its inner parts must not get in their way.
struct Chunk {};
struct Examples {};
struct Learner {};
struct Lines {};
struct Network {};
struct Pass {};
struct Plan {};
struct Sums {};
struct Workspace {};
using OurOwn = std::tuple<Chunk, Examples, Learner, Lines, Network, Pass, Plan, Sums, Workspace>;

using Encoder = Sequential<Input<8, 8, 1>, Conv2D<4, 3, Same>, Square, MaxPooling2D<2>>;
using Decoder = Sequential<Input<4, 4, 4>, UpSampling2D<2>, Conv2D<1, 3, Same, Sigmoid>>;

int main() {
  // Pictures: a bright column somewhere.
  Tensor<4> pictures(64, 8, 8, 1);
  for (Index n = 0; n < 64; ++n)
    for (Index y = 0; y < 8; ++y)
      for (Index x = 0; x < 8; ++x) pictures(n, y, x, 0) = x == n % 8 ? 0.9f : 0.1f;

  // The layer alone.
  Model<double, Input<3, 3, 2>, Conv2D<2, 3, Same>, Square> small{Seed{1}};
  Tensor<4, double> x(2, 3, 3, 2);
  for (Index i = 0; i < x.size(); ++i) x.data()[i] = 0.1 * static_cast<double>(i % 7) - 0.25;
  const GradientReport report = check_gradients(small, x);
  std::cout << report << "\n";
  if (!report) return 1;

  // The layer at work.
  Sequential<Encoder, Decoder> autoencoder{Seed{1}, "autoencoder"};
  std::cout << autoencoder.summary();
  auto trainer = compile(autoencoder, Adam{.learning_rate = 0.02}, MeanSquaredError{});
  const double before = mean_squared_error(autoencoder.predict(pictures), pictures);
  trainer.fit(pictures, pictures, {.epochs = 40, .batch_size = 16, .verbose = std::nullopt});
  const Tensor<4> codes = autoencoder.part<0>().predict(pictures);
  const double after = mean_squared_error(autoencoder.part<1>().predict(codes), pictures);
  std::cout << "squared error: " << before << " -> " << after << "\n";
  return after < before / 4 ? 0 : 1;
}
