// Gradients of losses against central differences.
#include <doctest/doctest.h>

#include <latent/checks.hpp>
#include <latent/latent.hpp>

using namespace latent;

namespace {

enum class Values { any, probabilities, labels };

std::vector<double> random(Index count, Values kind, Index channels, int stream) {
  const Random random(Seed{3}, Purpose::test, static_cast<std::uint32_t>(stream));
  std::vector<double> v(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < v.size(); ++i) {
    const double u = random.uniform(static_cast<Index>(i));
    v[i] = kind == Values::any             ? 6 * u - 3
           : kind == Values::probabilities ? 0.05 + 0.9 * u
                                           : std::floor(u * static_cast<double>(channels));
  }
  return v;
}

/// 5 pixels of 4 channels, so that vectors of 8 and the values left over are both used. The step h = 1e-5 leaves an error of
/// h^2 / 6 times the third derivative: for -log p at p = 0.05 that is 2.7e-7 where the derivative is 20, or 1.3e-8 of it.
template <class Loss>
void check_loss(const char* what, const Loss& loss, Values outputs, Values targets) {
  constexpr Index channels = 4, count = 20;
  Tensor<3, double> y(1, 5, channels);
  const std::vector<double> values = random(count, outputs, channels, 1);
  std::copy(values.begin(), values.end(), y.data());
  const auto check = [&](auto t) {
    const std::vector<double> wanted = random(t.size(), targets, channels, 2);
    std::copy(wanted.begin(), wanted.end(), t.data());
    const GradientReport report = check_gradients(loss, y, t, 1e-7);
    CHECK_MESSAGE(report, what, ": ", report);
  };
  if (targets == Values::labels)
    check(Tensor<2, double>(1, 5));
  else
    check(Tensor<3, double>(1, 5, channels));
}

}  // namespace

TEST_CASE("the gradients of losses are their derivatives") {
  const Values any = Values::any, p = Values::probabilities, labels = Values::labels;
  check_loss("mean squared error", MeanSquaredError{}, any, any);
  check_loss("mean absolute error", MeanAbsoluteError{}, any, any);
  check_loss("Huber", Huber{}, any, any);
  check_loss("Huber, delta 2", Huber{.delta = 2}, any, any);
  check_loss("cosine similarity", CosineSimilarity{}, any, any);
  check_loss("mean squared logarithmic error", MeanSquaredLogarithmicError{}, p, p);
  check_loss("mean absolute percentage error", MeanAbsolutePercentageError{}, any, any);
  check_loss("Kullback-Leibler divergence", KLDivergence{}, p, p);
  check_loss("Poisson", Poisson{}, p, any);
  check_loss("binary cross-entropy", BinaryCrossentropy{}, p, p);
  check_loss("binary cross-entropy, smoothed", BinaryCrossentropy{.label_smoothing = 0.1}, p, p);
  check_loss("binary cross-entropy of logits", BinaryCrossentropy{.from_logits = true, .label_smoothing = 0.1}, any, p);
  // Targets that do not add up to 1, too: the derivative of the value is what is asked for.
  check_loss("categorical cross-entropy", CategoricalCrossentropy{}, p, p);
  check_loss("categorical cross-entropy, smoothed", CategoricalCrossentropy{.label_smoothing = 0.1}, p, p);
  check_loss("categorical cross-entropy of logits", CategoricalCrossentropy{.from_logits = true}, any, p);
  check_loss("sparse categorical cross-entropy", SparseCategoricalCrossentropy{}, p, labels);
  check_loss("sparse categorical cross-entropy of logits", SparseCategoricalCrossentropy{.from_logits = true}, any,
             labels);
}

TEST_CASE("cosine similarity of vectors that are too short: their length counts as 1e-7") {
  const double y[] = {3e-8, -4e-8, 0, 0}, t[] = {0.6, 0.8, 5e-8, 0};
  double dy[4];
  // The first: (3 * 0.6 - 4 * 0.8) 1e-8 / 1e-7 / 1; the second has no direction at all.
  CHECK(CosineSimilarity{}(y, t, dy, 4, 2, 0.5) == doctest::Approx(0.14).epsilon(1e-12));
  CHECK(dy[0] == doctest::Approx(-0.5 * 0.6 / 1e-7).epsilon(1e-12));
  CHECK(dy[1] == doctest::Approx(-0.5 * 0.8 / 1e-7).epsilon(1e-12));
  CHECK(dy[2] == doctest::Approx(-0.5 * 0.5 / 1e-7).epsilon(1e-12));
  CHECK(dy[3] == 0);
  // Just long enough: the gradient has no part along y.
  const double longer[] = {1.2e-7, 0};
  CHECK(CosineSimilarity{}(longer, t, dy, 2, 2, 1.0) == doctest::Approx(-0.6).epsilon(1e-12));
  CHECK(std::abs(dy[0]) < 1e-6);
  CHECK(dy[1] == doctest::Approx(-0.8 / 1.2e-7).epsilon(1e-12));
}

TEST_CASE("sparse labels mean one-hot targets") {
  const std::vector<double> z = random(20, Values::any, 4, 1), labels = random(5, Values::labels, 4, 2);
  std::vector<double> one_hot(20), dense(20), sparse(20);
  for (std::size_t i = 0; i < 5; ++i) one_hot[4 * i + static_cast<std::size_t>(labels[i])] = 1;
  const double a = CategoricalCrossentropy{}.on_logits(z.data(), one_hot.data(), dense.data(), 20, 4, 1.0);
  const double b = SparseCategoricalCrossentropy{}.on_logits(z.data(), labels.data(), sparse.data(), 20, 4, 1.0);
  CHECK(a == b);
  CHECK(dense == sparse);
}

TEST_CASE("label smoothing spreads a part of each target over all classes") {
  const std::vector<double> p{0.1, 0.2, 0.3, 0.4}, hard{0, 1, 0, 0}, soft{0.05, 0.85, 0.05, 0.05};
  std::vector<double> smoothed(4), expected(4);
  const double a = CategoricalCrossentropy{.label_smoothing = 0.2}(p.data(), hard.data(), smoothed.data(), 4, 4, 1.0);
  const double b = CategoricalCrossentropy{}(p.data(), soft.data(), expected.data(), 4, 4, 1.0);
  CHECK(a == doctest::Approx(b).epsilon(1e-14));
  for (std::size_t c = 0; c < 4; ++c) CHECK(smoothed[c] == doctest::Approx(expected[c]).epsilon(1e-13));
}

TEST_CASE("extreme values leave losses finite") {
  const std::vector<double> zero(4), certain{0, 1, 0, 0}, far{-800, 800, -800, 0}, label{0};
  std::vector<double> d(4, std::numeric_limits<double>::quiet_NaN());
  const auto finite = [&](double value) {
    return std::isfinite(value) && std::all_of(d.begin(), d.end(), [](double v) { return std::isfinite(v); });
  };
  CHECK(finite(CosineSimilarity{}(zero.data(), certain.data(), d.data(), 4, 4, 1.0)));
  CHECK(finite(CosineSimilarity{}(certain.data(), zero.data(), d.data(), 4, 4, 1.0)));
  CHECK(finite(BinaryCrossentropy{}(certain.data(), zero.data(), d.data(), 4, 4, 1.0)));
  CHECK(finite(CategoricalCrossentropy{}(certain.data(), certain.data(), d.data(), 4, 4, 1.0)));
  CHECK(CategoricalCrossentropy{.from_logits = true}(far.data(), certain.data(), d.data(), 4, 4, 1.0) == 0);
  CHECK(SparseCategoricalCrossentropy{.from_logits = true}(far.data(), label.data(), d.data(), 4, 4, 1.0) == 1600);
  CHECK(d == std::vector<double>{-1, 1, 0, 0});
  CHECK(BinaryCrossentropy{.from_logits = true}(far.data(), certain.data(), d.data(), 4, 4, 1.0) ==
        doctest::Approx(std::log(2)).epsilon(1e-15));
}

TEST_CASE("options of losses outside their range are refused") {
  Sequential<Input<2>, Dense<3, Softmax>> model;
  const auto refused = [&](const auto& loss, const char* message) {
    CHECK_THROWS_WITH_AS(compile(model, SGD{}, loss), message, std::invalid_argument);
  };
  refused(Huber{.delta = 0}, "Huber: delta is more than 0, received 0");
  refused(BinaryCrossentropy{.label_smoothing = 2}, "BinaryCrossentropy: label_smoothing is within 0..1, received 2");
  refused(CategoricalCrossentropy{.label_smoothing = -1},
          "CategoricalCrossentropy: label_smoothing is within 0..1, received -1");
}
