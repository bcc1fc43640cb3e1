#include <doctest/doctest.h>

#include <latent/checks.hpp>
#include <latent/latent.hpp>
#include <set>

using namespace latent;

namespace {

constexpr Index samples = 400, size = 250;  // 100,000 values; 250 is no multiple of a piece of random numbers

/// Zero-mean numbers of unit variance out of what a random layer did to a batch of ones: whether a value was dropped,
/// or the noise.
template <class Layer, class Scalar = double>
std::vector<double> drawn(const CallMode& mode, bool second_layer = false) {
  Tensor<2, Scalar> x(samples, size), y;
  x.setConstant(1);
  if (second_layer)
    y = Model<Scalar, Input<size>, Layer, Layer>().call(x, mode) - Model<Scalar, Input<size>, Layer>().call(x, mode) +
        x;
  else
    y = Model<Scalar, Input<size>, Layer>().call(x, mode);
  return {y.data(), y.data() + y.size()};
}

double correlation(const std::vector<double>& a, const std::vector<double>& b, std::size_t shift = 0) {
  double products = 0, as = 0, bs = 0;
  for (std::size_t i = 0; i + shift < a.size(); ++i)
    products += (a[i] - 1) * (b[i + shift] - 1), as += (a[i] - 1) * (a[i] - 1),
        bs += (b[i + shift] - 1) * (b[i + shift] - 1);
  return products / std::sqrt(as * bs);
}

// Five standard errors, which a right generator exceeds with a probability of 6e-7.
const double error = 5 / std::sqrt(static_cast<double>(samples * size));

/// Numbers of other places, samples, steps, seeds and layers do not depend on each other; those of the same do not
/// change.
template <class Layer>
void expect_own_numbers_for_everything() {
  const CallMode mode{.training = true, .seed = Seed{1}, .step = 3};
  const auto base = drawn<Layer>(mode);
  CHECK(base == drawn<Layer>(mode));
  constexpr auto all = static_cast<std::size_t>(size);
  for (const std::size_t shift : {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{4}, std::size_t{16},
                                  std::size_t{64}, all - 1, all, all + 1, 2 * all, 28 * all})
    CHECK_MESSAGE(std::abs(correlation(base, base, shift)) < error, "shift ", shift);
  CHECK(std::abs(correlation(base, drawn<Layer>({.training = true, .seed = Seed{2}, .step = 3}))) < error);
  CHECK(std::abs(correlation(base, drawn<Layer>({.training = true, .seed = Seed{1}, .step = 4}))) < error);
  // As many samples share a chunk in float as in double or not: the numbers belong to the sample.
  const auto in_float = drawn<Layer, float>(mode);
  double worst = 0;
  for (std::size_t i = 0; i < base.size(); ++i)
    worst = std::max(worst, std::abs(in_float[i] - base[i]) / (1 + std::abs(base[i])));
  CHECK(worst < 1e-6);
}

}  // namespace

TEST_CASE("Dropout: a share of `rate` is 0, the rest grows, the mean stays") {
  const auto check_rate = [](const std::vector<double>& y, double rate) {
    double dropped = 0, others = 0;
    for (double v : y) dropped += v == 0, others += v != 0 && std::abs(v * (1 - rate) - 1) > 1e-12;
    CHECK(others == 0);
    const double n = static_cast<double>(y.size());
    CHECK(std::abs(dropped / n - rate) < error * std::sqrt(rate * (1 - rate)));
  };
  const CallMode mode{.training = true, .seed = Seed{1}};
  check_rate(drawn<Dropout<0.5>>(mode), 0.5);
  check_rate(drawn<Dropout<0.1>>(mode), 0.1);
  check_rate(drawn<Dropout<0.9>>(mode), 0.9);
  const auto kept = drawn<Dropout<0.0>>(mode);
  CHECK(std::all_of(kept.begin(), kept.end(), [](double v) { return v == 1; }));
}

TEST_CASE("a call as it is by default, places in a batch, and what is added to a loss") {
  const CallMode mode;
  CHECK((!mode.training && mode.step == 0));
  Call call(8);
  CHECK((call.samples == 8 && call.batch == 8 && call.first == 0 && call.lane == 0 && call.layer == 0));
  CHECK((call.part == 0 && call.parts == 1 && call.share() == 0.125 && call.place(3) == 3));
  call.first = 5;
  CHECK(call.place(3) == 8);
  double loss = 1;
  call.add_loss(7);  // nobody asks for it
  call.loss = &loss, call.add_loss(2), call.add_loss(3);
  CHECK(loss == 6);
}

TEST_CASE("Dropout: the mask of a sample by its random bits, 64 at a time; a share of 2^32 is dropped, to the number") {
  constexpr Real rate = 0.25;
  constexpr Index count = 130;  // two pieces and a rest
  Call call(3, {.training = true, .seed = Seed{1}, .step = 2});
  call.first = 5, call.layer = 7;
  std::vector<double> mask(count + 1, -1.0), expected(mask);
  detail::draw_mask<rate, count>(call, 2, mask.data());
  const Random random = call.random(Purpose::dropout);
  for (Index i = 0; i < count; ++i)
    expected[array_size(i)] = random.bits(7 * 3 + i / 64)[array_size(i % 64)] < 0x40000000 ? 0 : 4 / 3.0;
  CHECK(mask == expected);

  // The values of a sample in order, whatever its rows are.
  struct {
    Call call;
    double* scratch;
  } p{call, mask.data()};
  using L = Layout<Shape<2, 5, 13>>;
  std::vector<double> x(3 * count, 1.0), y(3 * count, -1.0);
  Dropout<rate>::On<Shape<2, 5, 13>, double>::forward(p, View<const double, L>(x.data(), 3),
                                                      View<double, L>(y.data(), 3), Linear{});
  CHECK(std::equal(y.begin() + 2 * count, y.end(), expected.begin()));
}

TEST_CASE("GaussianNoise: every value of a row of its own pair of numbers, a row of odd length begins with a new one") {
  using On = GaussianNoise<0.5>::On<Shape<2, 3, 1>, double>;
  using L = Layout<Shape<2, 3, 1>>;
  struct {
    Call call{2, {.training = true, .seed = Seed{1}, .step = 2}};
  } p;
  p.call.first = 5, p.call.layer = 7;
  std::vector<double> x(12, 1.0), y(13, -1.0), expected(y);
  On::forward(p, View<const double, L>(View<double, L>(x.data(), 2)), View<double, L>(y.data(), 2), Linear{});
  const Random random = p.call.random(Purpose::gaussian_noise);
  for (Index i = 0; i < 12; ++i)  // the row i / 3 of all, two pairs each
    expected[array_size(i)] = 1 + 0.5 * random.normal_pair((5 * 2 + i / 3) * 2 + i % 3 / 2)[array_size(i % 3 % 2)];
  CHECK(y == expected);
}

TEST_CASE("GaussianNoise: mean 0, the standard deviation asked for, the tails of a normal distribution") {
  double moments[5] = {};
  const auto y = drawn<GaussianNoise<0.25>>({.training = true, .seed = Seed{1}});
  for (double v : y) {
    double power = 1;
    for (double& moment : moments) moment += power / static_cast<double>(y.size()), power *= (v - 1) / 0.25;
  }
  CHECK(std::abs(moments[1]) < error);
  CHECK(std::abs(moments[2] - 1) < error * std::sqrt(2.0));
  CHECK(std::abs(moments[3]) < error * std::sqrt(15.0));
  CHECK(std::abs(moments[4] - 3) < error * std::sqrt(96.0));
}

TEST_CASE("every place, sample, step and seed has random numbers of its own") {
  expect_own_numbers_for_everything<Dropout<0.3>>();
  expect_own_numbers_for_everything<GaussianNoise<1.0>>();
}

TEST_CASE("GaussianNoise: no two pixels of a batch of images get the same number") {
  const auto check_images = []<class Image>(Image) {
    const Model<double, Image, GaussianNoise<1.0>> model;
    typename decltype(model)::InputTensor x(3, Image::shape::height, Image::shape::width, Image::shape::channels);
    x.setZero();
    const auto y = model.call(x, {.training = true, .seed = Seed{1}});
    const std::set<double> noise(y.data(), y.data() + y.size());
    CHECK(noise.count(0) == 0);
    CHECK(noise.size() == static_cast<std::size_t>(y.size()));
  };
  check_images(Input<4, 3, 5>{});
  check_images(Input<3, 7, 2>{});
}

TEST_CASE("every layer has random numbers of its own") {
  const CallMode mode{.training = true, .seed = Seed{1}};
  Tensor<2, double> x(samples, size);
  x.setConstant(1);
  // Two masks that were one would drop half the values; two of their own drop three quarters.
  const Tensor<2, double> y = Model<double, Input<size>, Dropout<0.5>, Dropout<0.5>>().call(x, mode);
  double kept = 0;
  for (Index i = 0; i < y.size(); ++i) kept += y.data()[i] > 0;
  CHECK(std::abs(kept / static_cast<double>(samples * size) - 0.25) < error * std::sqrt(0.25 * 0.75));
  // Twice the same noise would have four times the variance of one.
  const auto one = drawn<GaussianNoise<1.0>>(mode), second = drawn<GaussianNoise<1.0>>(mode, true);
  CHECK(std::abs(correlation(one, second)) < error);
  // Nor does the noise depend on what add_gaussian_noise gives a data set under the same seed.
  std::vector<double> of_data;
  for (Index i = 0; i < samples * size; ++i) of_data.push_back(1 + Random(Seed{1}, Purpose::noise).normal(i));
  CHECK(std::abs(correlation(one, of_data)) < error);
}

TEST_CASE("at inference both hand on what they get") {
  Tensor<4> x(3, 5, 4, 3);
  x.setRandom();
  const Sequential<Input<5, 4, 3>, Dropout<0.5>, GaussianNoise<0.5>> model;
  const Tensor<4> y = model.predict(x), called = model.call(x, {});
  CHECK(std::equal(x.data(), x.data() + x.size(), y.data()));
  CHECK(std::equal(x.data(), x.data() + x.size(), called.data()));
}

TEST_CASE("the backward pass has the mask of the forward pass") {
  Model<double, Input<6, 5, 3>, GaussianNoise<0.5>, Conv2D<4, 3, Same, Tanh>, Dropout<0.4>, Conv2D<3, 3, Same>,
        Dropout<0.2>, Flatten, Dense<4, Sigmoid>, Dropout<0.5>>
      model(Seed{3});
  Tensor<4, double> x(2, 6, 5, 3);
  for (Index i = 0; i < x.size(); ++i) x.data()[i] = Random(Seed{9}, Purpose::test).normal(i);
  const auto report = check_gradients(model, x);
  CHECK_MESSAGE(report.passed, report);
  const auto inference = check_gradients(model, x, 1e-8, {});
  CHECK_MESSAGE(inference.passed, inference);
  // More than one chunk, each with numbers of its own.
  Model<double, Input<70>, Dropout<0.4>, Dense<3>, GaussianNoise<0.1>> dense(Seed{3});
  Tensor<2, double> rows(40, 70);
  for (Index i = 0; i < rows.size(); ++i) rows.data()[i] = Random(Seed{9}, Purpose::test).normal(i);
  const auto dense_report = check_gradients(dense, rows);
  CHECK_MESSAGE(dense_report.passed, dense_report);
}

namespace {

using Noisy = Sequential<Input<8, 8, 1>, GaussianNoise<0.3>, Conv2D<4, 3, Same, ReLU>, Dropout<0.25>, MaxPooling2D<2>,
                         Conv2D<4, 3, Same, ReLU>, UpSampling2D<2>, Conv2D<1, 3, Same, Sigmoid>>;

Tensor<4> images(Index count) {
  Tensor<4> x(count, 8, 8, 1);
  for (Index i = 0; i < x.size(); ++i)
    x.data()[i] = static_cast<float>(Random(Seed{5}, Purpose::test).uniform(i) > 0.7);
  return x;
}

std::pair<std::vector<float>, History> train(int threads, Seed seed) {
  const Tensor<4> x = images(123);
  Noisy model(Seed{1});
  auto trainer = compile(model, Adam{}, BinaryCrossentropy{});
  const History history = trainer.fit(
      x, x,
      {.epochs = 3, .batch_size = 50, .validation_data = {x, x}, .verbose = {}, .seed = seed, .threads = threads});
  return {{model.data(), model.data() + Noisy::network::buffer_size}, history};
}

}  // namespace

TEST_CASE("training with random layers has the same bits for any number of threads, and others with another seed") {
  const auto [one, history] = train(1, Seed{7});
  for (int threads : {1, 2, 3, 16}) {
    const auto [several, other] = train(threads, Seed{7});
    CHECK(several == one);
    CHECK(other.history == history.history);
  }
  CHECK(train(2, Seed{8}).first != one);
}

TEST_CASE("a trainer draws new numbers in every step, those of its steps' numbers") {
  const Tensor<4> x = images(40);
  Noisy model(Seed{1});
  auto trainer = compile(model, SGD{.learning_rate = 0}, MeanSquaredError{});
  const History history =
      trainer.fit(x, x, {.epochs = 4, .batch_size = 40, .shuffle = false, .verbose = {}, .seed = Seed{7}});
  for (std::size_t epoch = 0; epoch < 4; ++epoch) {
    const Tensor<4> y = model.call(x, {.training = true, .seed = Seed{7}, .step = static_cast<std::uint32_t>(epoch)});
    double sum = 0;
    for (Index i = 0; i < y.size(); ++i) sum += std::pow(y.data()[i] - x.data()[i], 2);
    CHECK(history["loss"][epoch] ==
          doctest::Approx(sum / static_cast<double>(y.size())).epsilon(1e-6));  // float32 sums
    for (std::size_t other = 0; other < epoch; ++other)
      CHECK(history["loss"][epoch] != doctest::Approx(history["loss"][other]).epsilon(1e-5));
  }
  CHECK(trainer.evaluate(x, x) == trainer.evaluate(x, x));
}
