#include <doctest/doctest.h>

#include <cstring>
#include <limits>

#include "evaluation/scikit_reference.hpp"
#include "latent/evaluation/neighbours.hpp"
#include "latent/evaluation/trustworthiness.hpp"
#include "latent/evaluation/tsne.hpp"

using namespace latent;
using namespace latent::evaluation;

namespace {

template <class Scalar>
Tensor<2, Scalar> reference(const double* numbers, Index features) {
  Tensor<2, Scalar> rows(scikit::count, features);
  for (Index i = 0; i < rows.size(); ++i) rows.data()[i] = static_cast<Scalar>(numbers[i]);
  return rows;
}

/// Normally distributed samples in clusters, `apart` standard deviations from each other along axes of their own.
Tensor<2> clusters(Index count, Index number, float apart) {
  Tensor<2> samples(count, number);
  for (Index i = 0; i < samples.size(); ++i)
    samples.data()[i] = static_cast<float>(Random(Seed{3}, Purpose::test).normal(i));
  for (Index n = 0; n < count; ++n) samples(n, n % number) += apart;
  return samples;
}

bool same_bits(const Tensor<2>& a, const Tensor<2>& b) {
  return std::memcmp(a.data(), b.data(), static_cast<std::size_t>(a.size()) * sizeof(float)) == 0;
}

template <class Call>
std::string message(const Call& call) {
  try {
    call();
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE_TEMPLATE("every row has the perplexity that was asked for", Scalar, float, double) {
  // One sample far from all others, two at the same place, one a thousand times as far as all others from each other.
  Tensor<2, Scalar> samples(100, 3);
  for (Index i = 0; i < samples.size(); ++i)
    samples.data()[i] = static_cast<Scalar>(Random(Seed{5}, Purpose::test).normal(i));
  samples(7, 0) += 30;
  for (Index i = 0; i < 3; ++i) samples(11, i) = samples(12, i);
  for (const double perplexity : {2.0, 10.0, 90.0}) {
    const Tensor<2, Scalar> p = conditional_probabilities(samples, perplexity);
    for (Index i = 0; i < 100; ++i) {
      double sum = 0, entropy = 0;
      for (Index j = 0; j < 100; ++j) {
        const auto probability = static_cast<double>(p(i, j));
        sum += probability;
        if (probability > 0) entropy -= probability * std::log(probability);
      }
      CAPTURE(i);
      CHECK(p(i, i) == 0);
      CHECK(sum == doctest::Approx(1).epsilon(1e-6));
      CHECK(std::exp(entropy) == doctest::Approx(perplexity).epsilon(2e-5));
    }
  }
}

TEST_CASE("probabilities at the ends: nobody but the nearest, and everybody alike") {
  Tensor<2, double> samples(4, 1);
  samples.setValues({{0}, {1}, {3}, {7}});
  const Tensor<2, double> nearest = conditional_probabilities(samples, 1),
                          all = conditional_probabilities(samples, 3.999);
  CHECK(nearest(0, 1) == doctest::Approx(1).epsilon(1e-4));
  CHECK(nearest(3, 2) == doctest::Approx(1).epsilon(1e-4));
  for (Index j = 1; j < 4; ++j) CHECK(all(0, j) == doctest::Approx(1.0 / 3).epsilon(1e-4));
  samples.setConstant(2);
  const Tensor<2, double> equal = conditional_probabilities(samples, 2);
  for (Index j = 1; j < 4; ++j) CHECK(equal(0, j) == doctest::Approx(1.0 / 3).epsilon(1e-12));
}

TEST_CASE_TEMPLATE("joint probabilities, divergence and gradient as scikit-learn", Scalar, float, double) {
  const bool is_double = std::is_same_v<Scalar, double>;
  const auto samples = reference<Scalar>(scikit::samples, scikit::features),
             plane = reference<Scalar>(scikit::plane, 2);
  const auto p = joint_probabilities(samples, scikit::perplexity);
  double sum = 0;
  for (Index i = 0; i < p.size(); ++i) {
    CAPTURE(i);
    // Both stop at a perplexity that is right to 1e-5.
    CHECK(static_cast<double>(p.data()[i]) == doctest::Approx(scikit::joint_probabilities[i]).epsilon(1e-4));
    sum += static_cast<double>(p.data()[i]);
  }
  CHECK(sum == doctest::Approx(1).epsilon(1e-6));
  for (Index i = 0; i < p.dimension(0); ++i) CHECK(p(i, i) == 0);

  const auto theirs = reference<Scalar>(scikit::joint_probabilities, scikit::count);
  CHECK(kl_divergence(theirs, plane) == doctest::Approx(scikit::kl_divergence).epsilon(is_double ? 1e-13 : 1e-5));
  const auto gradient = kl_gradient(theirs, plane);
  for (Index i = 0; i < gradient.size(); ++i)
    CHECK(std::abs(static_cast<double>(gradient.data()[i]) - scikit::kl_gradient[i]) < (is_double ? 1e-15 : 1e-7));
}

TEST_CASE("the gradient is that of the divergence: central differences") {
  const auto p = joint_probabilities(reference<double>(scikit::samples, scikit::features), 4);
  Tensor<2, double> plane = reference<double>(scikit::plane, 2);
  const Tensor<2, double> gradient = kl_gradient(p, plane);
  double largest = 0;
  for (Index i = 0; i < plane.size(); ++i) {
    const double step = 1e-5, at = plane.data()[i];
    plane.data()[i] = at + step;
    const double above = kl_divergence(p, plane);
    plane.data()[i] = at - step;
    const double below = kl_divergence(p, plane);
    plane.data()[i] = at;
    CAPTURE(i);
    CHECK(std::abs((above - below) / (2 * step) - gradient.data()[i]) < 1e-9);
    largest = std::max(largest, std::abs(gradient.data()[i]));
  }
  CHECK(largest > 0.01);  // the bound above says something
  // Exaggerated probabilities attract more, and repel as before.
  const Tensor<2, double> exaggerated = kl_gradient(p, plane, 3), doubled = kl_gradient(p, plane, 2);
  for (Index i = 0; i < plane.size(); ++i)
    CHECK(exaggerated.data()[i] - doubled.data()[i] ==
          doctest::Approx(doubled.data()[i] - gradient.data()[i]).epsilon(1e-10));
}

TEST_CASE("the divergence falls, and clusters stay together and apart") {
  const Index count = 150;
  const Tensor<2> samples = clusters(count, 3, 12);
  std::vector<int> labels;
  for (Index n = 0; n < count; ++n) labels.push_back(static_cast<int>(n % 3));
  for (const TsneInit init : {TsneInit::pca, TsneInit::random}) {
    std::vector<int> reported;
    std::vector<double> divergences;
    const Tsne<float> plane = tsne(samples, {.perplexity = 15,
                                             .iterations = 510,
                                             .init = init,
                                             .seed = Seed{2},
                                             .progress = [&](int iteration, double divergence) {
                                               reported.push_back(iteration), divergences.push_back(divergence);
                                             }});
    CHECK(reported == std::vector<int>{50, 100, 150, 200, 250, 300, 350, 400, 450, 500, 510});
    CHECK(divergences.back() == plane.kl_divergence);
    CHECK(divergences.back() < 0.7 * divergences[4]);  // since the exaggeration ended
    CHECK(divergences.back() <= divergences[8]);
    CHECK(plane.kl_divergence ==
          doctest::Approx(kl_divergence(joint_probabilities(samples, 15), plane.points)).epsilon(1e-12));
    // Everyone is nearer to all of his cluster than to any other.
    double within = 0, between = HUGE_VAL;
    const Tensor<2> distances = squared_distances(plane.points);
    for (Index i = 0; i < count; ++i)
      for (Index j = 0; j < count; ++j) {
        const auto distance = static_cast<double>(distances(i, j));
        if (i % 3 == j % 3)
          within = std::max(within, distance);
        else
          between = std::min(between, distance);
      }
    CHECK(within < between);
    CHECK(neighbour_accuracy(plane.points, labels) == 1);
  }
}

TEST_CASE("the descent, step by step: momentum, gains, and a new beginning after the exaggeration") {
  const Tensor<2, double> samples = clusters(30, 3, 1).cast<double>();
  TsneOptions options{.perplexity = 5, .early_exaggeration = 0.1, .exaggerated_iterations = 4, .iterations = 7};
  options.init = TsneInit::random, options.seed = Seed{3};
  const auto p = joint_probabilities(samples, 5);
  Tensor<2, double> points(30, 2);
  for (Index i = 0; i < 60; ++i) points.data()[i] = 1e-4 * Random(Seed{3}, Purpose::initializer).normal(i);
  std::vector<double> velocity, gains;
  const double rate = 30 / 0.1 / 4;  // the automatic one, if that is above 50
  for (int iteration = 0; iteration < 7; ++iteration) {
    const bool early = iteration < 4;
    if (iteration == 0 || iteration == 4) velocity.assign(60, 0), gains.assign(60, 1);
    const auto gradient = kl_gradient(p, points, early ? 0.1 : 1);
    for (std::size_t i = 0; i < 60; ++i) {
      const double slope = gradient.data()[i];
      gains[i] = std::max(0.01, velocity[i] * slope < 0 ? gains[i] + 0.2 : gains[i] * 0.8);
      velocity[i] = (early ? 0.5 : 0.8) * velocity[i] - rate * gains[i] * slope;
      points.data()[i] += velocity[i];
    }
  }
  const auto plane = tsne(samples, options);
  for (Index i = 0; i < 60; ++i) CHECK(plane.points.data()[i] == doctest::Approx(points.data()[i]).epsilon(1e-9));
  CHECK(plane.kl_divergence == doctest::Approx(kl_divergence(p, points)).epsilon(1e-12));
}

TEST_CASE("with many neighbours the points do not end as one") {
  // With this learning rate, as with 2,500 samples and scikit-learn's, an exaggerated step leads right into the middle.
  const Tensor<2> samples = clusters(200, 4, 2);
  const Tsne<float> plane = tsne(samples, {.perplexity = 60, .learning_rate = 4});
  const double as_one = kl_divergence(joint_probabilities(samples, 60), Tensor<2>(plane.points.constant(0)));
  CHECK(plane.kl_divergence < 0.5 * as_one);  // 0.35
}

TEST_CASE("the same bits for any number of threads; a seed decides a random start") {
  const Tensor<2> samples = clusters(203, 5, 4);
  for (const TsneInit init : {TsneInit::pca, TsneInit::random}) {
    const auto run = [&](int threads, std::uint64_t seed = 0) {
      return tsne(
          samples,
          {.exaggerated_iterations = 30, .iterations = 60, .init = init, .seed = Seed{seed}, .threads = threads});
    };
    const Tsne<float> one = run(1);
    for (const int threads : {2, 3, 0}) {
      const Tsne<float> more = run(threads);
      CHECK(same_bits(one.points, more.points));
      CHECK(one.kl_divergence == more.kl_divergence);
    }
    CHECK(same_bits(one.points, run(1, 8).points) == (init == TsneInit::pca));
  }
}

TEST_CASE("the start is the plane of PCA, with a standard deviation of 1e-4 along the first component") {
  const auto samples = reference<double>(scikit::samples, scikit::features);
  const auto start = tsne(samples, {.perplexity = 5, .iterations = 0}).points;
  double squares = 0;
  for (Index n = 0; n < scikit::count; ++n) squares += start(n, 0) * start(n, 0) / scikit::count;
  CHECK(std::sqrt(squares) == doctest::Approx(1e-4).epsilon(1e-12));
  const double scale = start(0, 0) / scikit::transformed[0];
  for (Index n = 0; n < scikit::count; ++n)
    for (Index k = 0; k < 2; ++k)
      CHECK(start(n, k) == doctest::Approx(scale * scikit::transformed[4 * n + k]).epsilon(1e-9));
}

TEST_CASE("samples on a line do not have to stay on it") {
  Tensor<2, double> line(20, 3);
  for (Index i = 0; i < 20; ++i) {
    const double x = static_cast<double>(i * i % 17) + 0.01 * static_cast<double>(i);
    line(i, 0) = x, line(i, 1) = 2 * x, line(i, 2) = -x;
  }
  const auto plane = tsne(line, {.perplexity = 5});
  double across = 0;
  for (Index i = 0; i < 20; ++i) across = std::max(across, std::abs(plane.points(i, 1)));
  CHECK(across > 1);
  CHECK(plane.kl_divergence < tsne(line, {.perplexity = 5, .iterations = 0}).kl_divergence);
}

TEST_CASE("numbers of any size: the plane depends on the proportions of distances alone") {
  const Tensor<2> samples = clusters(60, 5, 4);
  const TsneOptions options{.perplexity = 10, .exaggerated_iterations = 50, .iterations = 150};
  const Tsne<float> plane = tsne(samples, options);
  for (const int power : {66, 110, -66, -100}) {
    Tensor<2> other = samples;
    for (Index i = 0; i < other.size(); ++i) other.data()[i] = std::ldexp(other.data()[i], power);
    const Tsne<float> same = tsne(other, options);
    CHECK(same.kl_divergence == doctest::Approx(plane.kl_divergence).epsilon(1e-3));
    CHECK(trustworthiness(other, plane.points) == trustworthiness(samples, plane.points));
    CHECK(trustworthiness(samples, other) == 1);
  }
}

TEST_CASE("errors name the values") {
  const Tensor<2> samples = clusters(20, 3, 1);
  CHECK(message([&] { tsne(samples); }) == "tsne: expected a perplexity from 1 to less than 20 samples, received 30");
  CHECK(message([&] { tsne(samples, {.perplexity = 20}); }) ==
        "tsne: expected a perplexity from 1 to less than 20 samples, received 20");
  CHECK(message([&] { tsne(samples, {.perplexity = 0.5}); }) ==
        "tsne: expected a perplexity from 1 to less than 20 samples, received 0.5");
  CHECK(message([&] { tsne(samples, {.perplexity = 5, .exaggerated_iterations = -1, .iterations = 0}); }) ==
        "tsne: expected at least 0 iterations, received 0, and -1 exaggerated ones");
  CHECK(message([&] { tsne(samples, {.perplexity = 5, .exaggerated_iterations = 0, .iterations = 0}); }) == "no error");
  CHECK(message([&] { tsne(samples, {.perplexity = NAN}); }) ==
        "tsne: expected a perplexity from 1 to less than 20 samples, received nan");
  CHECK(message([&] { tsne(samples, {.perplexity = 5, .iterations = -1}); }) ==
        "tsne: expected at least 0 iterations, received -1, and 250 exaggerated ones");
  CHECK(message([&] { tsne(samples, {.perplexity = 5, .early_exaggeration = 0}); }) ==
        "tsne: expected an early_exaggeration above 0, received 0");
  CHECK(message([&] { tsne(samples, {.perplexity = 5, .learning_rate = -3}); }) ==
        "tsne: expected a learning_rate above 0, received -3");
  CHECK(message([&] { tsne(samples, {.perplexity = 5, .learning_rate = 1e30}); }) ==
        "tsne: the points flew apart; expected a learning_rate below 1e+30");
  CHECK(message([&] { tsne(samples, {.perplexity = 5, .threads = -1}); }).find("received -1") != std::string::npos);
  Tensor<2> broken = samples;
  broken(4, 2) = std::numeric_limits<float>::infinity();
  CHECK(message([&] { tsne(broken, {.perplexity = 5}); }) ==
        "tsne: sample 4, feature 2: expected a finite number, received inf");
  CHECK(message([&] {
          tsne(Tensor<2>(samples.slice(Eigen::array<Index, 2>{0, 0}, Eigen::array<Index, 2>{20, 1})),
               {.perplexity = 5});
        }) == "PCA: expected 1 to 1 components of 20 samples of 1 features, received 2");
}

TEST_CASE("few points are not worth a second thread, many are") {
  CHECK(evaluation::detail::team_for_pairs(60, 15, 8) == 1);
  CHECK(evaluation::detail::team_for_pairs(2000, 15, 8) == 8);
  CHECK(product_of(3, 4L, 0.5) == 6);
  CHECK(product_of(Index{1} << 40, Index{1} << 40) == std::ldexp(1.0, 80));
  CHECK(team_size(3, "work", 0) == 1);
  CHECK(team_size(3, "work", 1.1e6) == 2);
  CHECK(team_size(3, "work", 1e12) == 3);
  CHECK_THROWS_AS(team_size(-1, "work", 0), std::invalid_argument);
}

TEST_CASE("a pair without probability adds nothing to the divergence, NaN stays NaN") {
  Tensor<2, double> p(3, 3), points(3, 2);
  p.setValues({{0, 0.5, 0}, {0.5, 0, 0}, {0, 0, 0}});
  points.setValues({{0, 0}, {1, 0}, {0, 2}});
  // 1 + |y_i - y_j|^2 is 2, 5 and 6.
  const double expected = std::log(0.5 * 2) + std::log(2 * (1.0 / 2 + 1.0 / 5 + 1.0 / 6));
  CHECK(kl_divergence(p, points) == doctest::Approx(expected).epsilon(1e-14));
  p(1, 0) = NAN;
  CHECK(std::isnan(kl_divergence(p, points)));
}
