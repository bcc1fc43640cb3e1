#include "random_batch.hpp"

using namespace latent;

namespace {

constexpr Index samples = 300, channels = 70;  // 70 is no multiple of a piece of random numbers

/// What a layer gives for images of ones, each channel as the one number that it should be.
template <class Scalar = double, class... Layers>
std::vector<double> drawn(const CallMode& mode, Index count = samples) {
  Tensor<4, Scalar> x(count, 3, 2, channels);
  x.setConstant(1);
  const Tensor<4, Scalar> y = Model<Scalar, Input<3, 2, channels>, Layers...>().call(x, mode);
  std::vector<double> found;
  for (Index n = 0; n < count; ++n)
    for (Index c = 0; c < channels; ++c) {
      for (Index pixel = 0; pixel < 6; ++pixel) REQUIRE(y(n, pixel / 2, pixel % 2, c) == y(n, 0, 0, c));
      found.push_back(static_cast<double>(y(n, 0, 0, c)));
    }
  return found;
}

}  // namespace

TEST_CASE("SpatialDropout2D: whole channels, a share of `rate` of them, and the mean stays") {
  for (const auto& [y, rate] : {std::pair{drawn<double, SpatialDropout2D<0.5>>({.training = true}), 0.5},
                                std::pair{drawn<double, SpatialDropout2D<0.1>>({.training = true}), 0.1},
                                std::pair{drawn<double, SpatialDropout2D<0.0>>({.training = true}), 0.0}}) {
    double dropped = 0, sum = 0;
    for (double v : y) {
      REQUIRE((v == 0 || v == doctest::Approx(1 / (1 - rate)).epsilon(1e-12)));
      dropped += v == 0, sum += v;
    }
    // Five standard errors, which a right generator exceeds with a probability of 6e-7.
    const double n = static_cast<double>(y.size()), error = 5 * std::sqrt(rate * (1 - rate) / n);
    CHECK(std::abs(dropped / n - rate) <= error);
    CHECK(std::abs(sum / n - 1) <= error / (1 - rate) + 1e-12);
  }
}

TEST_CASE("SpatialDropout2D: other numbers for every sample, step, seed and layer, the same for any chunk") {
  using Layer = SpatialDropout2D<0.5>;
  const auto base = drawn<double, Layer>({.training = true, .seed = Seed{1}, .step = 3});
  CHECK(base == drawn<double, Layer>({.training = true, .seed = Seed{1}, .step = 3}));
  CHECK(base != drawn<double, Layer>({.training = true, .seed = Seed{2}, .step = 3}));
  CHECK(base != drawn<double, Layer>({.training = true, .seed = Seed{1}, .step = 4}));
  for (Index n = 1; n < samples; ++n)
    CHECK(!std::equal(base.begin(), base.begin() + channels, base.begin() + n * channels));
  // Chunks are smaller in double, and where there are more layers; a batch may end anywhere.
  CHECK(base == drawn<float, Layer>({.training = true, .seed = Seed{1}, .step = 3}));
  CHECK(base ==
        drawn<double, Layer, UpSampling2D<8>, AveragePooling2D<8>>({.training = true, .seed = Seed{1}, .step = 3}));
  const auto fewer = drawn<double, Layer>({.training = true, .seed = Seed{1}, .step = 3}, 3);
  CHECK(std::equal(fewer.begin(), fewer.end(), base.begin()));
  // Two masks that were one would drop half the channels; two of their own drop three quarters.
  const auto twice = drawn<double, Layer, Layer>({.training = true});
  const auto kept = static_cast<double>(std::count_if(twice.begin(), twice.end(), [](double v) { return v > 0; }));
  const double n = samples * channels;
  CHECK(std::abs(kept / n - 0.25) < 5 * std::sqrt(0.25 * 0.75 / n));
}

TEST_CASE("SpatialDropout2D: at inference nothing happens, and the backward pass has the mask of the forward pass") {
  const Sequential<Input<5, 4, 3>, SpatialDropout2D<0.5>> model;
  const auto x = random_batch<decltype(model)>(3);
  const Tensor<4> y = model.predict(x);
  CHECK(std::equal(x.data(), x.data() + x.size(), y.data()));
  expect_right_gradients<Input<4, 5, 17>, SpatialDropout2D<0.5>>(4);
  expect_right_gradients<Input<4, 5, 2>, Conv2D<5, 3, Same, Tanh>, SpatialDropout2D<0.4>, Conv2D<3, 3, Same>, Flatten,
                         Dense<3>>(5);
}
