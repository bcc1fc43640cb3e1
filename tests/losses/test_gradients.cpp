// Gradients of losses against central differences.
#include <doctest/doctest.h>

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

/// `f(y, t, dy)`: the gradients of a sum of losses, times a scale of 0.5. The step h = 1e-5 leaves an error of h^2 / 6
/// times the third derivative: for -log p at p = 0.05 that is 2.7e-7 where the derivative is 20, or 1.3e-8 of it.
template <class F>
void compare(const char* what, std::vector<double> y, const std::vector<double>& t, const F& f) {
  constexpr double h = 1e-5;
  std::vector<double> dy(y.size(), std::numeric_limits<double>::quiet_NaN());
  const double value = f(y.data(), t.data(), dy.data());
  CHECK(value == f(y.data(), t.data(), nullptr));
  double largest = 0;
  for (double d : dy) largest = std::max(largest, std::abs(d));
  REQUIRE(largest > 0);
  for (std::size_t i = 0; i < y.size(); ++i) {
    const double kept = y[i];
    y[i] = kept + h;
    const double above = f(y.data(), t.data(), nullptr);
    y[i] = kept - h;
    const double below = f(y.data(), t.data(), nullptr);
    y[i] = kept;
    const double difference = 0.5 * (above - below) / (2 * h);
    CHECK_MESSAGE(std::abs(dy[i] - difference) <= 1e-7 * largest, what, ", value ", i, ": backward ", dy[i],
                  ", differences ", difference);
  }
}

/// 5 pixels of 4 channels, so that vectors of 8 and the values left over are both used.
template <class Loss>
void check_loss(const char* what, const Loss& loss, Values outputs, Values targets) {
  constexpr Index channels = 4, count = 20;
  const Index target_count = targets == Values::labels ? count / channels : count;
  compare(what, random(count, outputs, channels, 1), random(target_count, targets, channels, 2),
          [&](const double* y, const double* t, double* dy) { return loss(y, t, dy, count, channels, 0.5); });
}

}  // namespace

TEST_CASE("the gradients of losses are their derivatives") {
  const Values any = Values::any, p = Values::probabilities, labels = Values::labels;
  check_loss("mean squared error", MeanSquaredError{}, any, any);
  check_loss("mean absolute error", MeanAbsoluteError{}, any, any);
  check_loss("Huber", Huber{}, any, any);
  check_loss("Huber, delta 2", Huber{.delta = 2}, any, any);
  check_loss("cosine similarity", CosineSimilarity{}, any, any);
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
