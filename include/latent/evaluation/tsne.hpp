/// t-SNE: places samples in a plane so that neighbours in the space of features are neighbours in the plane.
///
///     const Tsne plane = tsne(codes, {.perplexity = 30});
///     save_png("tsne.png", scatter(plane.points, labels));
///
/// L. van der Maaten, G. Hinton, "Visualizing data using t-SNE", Journal of Machine Learning Research 9, 2008. Every
/// pair counts, without the approximations that later papers make for many samples: time and memory grow as samples^2.
#pragma once

#include <functional>
#include <numeric>

#include "latent/core/random.hpp"
#include "latent/evaluation/distances.hpp"
#include "latent/evaluation/pca.hpp"
#include "latent/kernels/math.hpp"

namespace latent::evaluation {

/// The initial positions: in the plane of the first two principal components, or random.
enum class TsneInit { pca, random };

/// The defaults are those of sklearn.manifold.TSNE.
struct TsneOptions {
  double perplexity = 30;          ///< the effective number of neighbours of a sample; less than the number of samples
  double early_exaggeration = 12;  ///< the factor of the attraction between neighbours at first, so that
                                   ///< clusters form while there is still space between them
  int exaggerated_iterations = 250;  ///< the first of the iterations
  int iterations = 1000;             ///< steps of gradient descent
  double learning_rate = 0;          ///< 0: max(samples / early_exaggeration / 4, 50), scikit-learn's "auto"
  TsneInit init = TsneInit::pca;     ///< the initial positions
  Seed seed = {};                    ///< for TsneInit::random; nothing else is random
  int threads = 0;                   ///< 0: as many as OpenMP offers. The result is the same to the last bit
  std::function<void(int iteration, double kl_divergence)> progress = {};  ///< called after every 50th and the last one
};

template <class Scalar>
struct Tsne {
  Tensor<2, Scalar> points;  ///< (samples, 2)
  double kl_divergence;      ///< in nats
};

namespace detail {
/// The number of threads for all pairs of samples, at `operations` operations each.
LATENT_COLD inline int team_for_pairs(Index count, double operations, int threads) {
  return team_size(threads, "tsne", product_of(operations, count, count));
}
/// Calls row(i) for i = 0 ... count - 1, with `operations` operations for each of `count` samples. Threads take 16 rows at a time.
template <class Row>
void for_rows(Index count, double operations, int threads, const Row& row) {
  share_out_blocks(team_for_pairs(count, operations, threads), count, 16, [&](Index first, Index end) {
    for (Index i = first; i < end; ++i) row(i);
  });
}
}  // namespace detail

/// p(j|i) in row i: how likely i would choose j for its neighbour if it chose by a normal distribution around itself,
///
///     p(j|i) = exp(-b_i d_ij) / sum_(k != i) exp(-b_i d_ik),   p(i|i) = 0,   d_ij = |x_i - x_j|^2
///
/// where the precision b_i gives the required perplexity exp(-sum_j p(j|i) log p(j|i)), to a
/// relative 1e-5 as in scikit-learn, found by bisection of log b_i. In dense regions b_i is large, so that all samples have
/// the same number of neighbours. (More than `perplexity` samples at the same place are all equally likely.) Throws std::invalid_argument
/// unless 1 <= perplexity < samples, and for numbers that are not finite.
template <class Scalar>
Tensor<2, Scalar> conditional_probabilities(const Tensor<2, Scalar>& samples, double perplexity, int threads = 0) {
  const Index count = samples.dimension(0);
  check(perplexity >= 1 && perplexity < static_cast<double>(count), "tsne: expected a perplexity from 1 to less than ",
        count, " samples, received ", perplexity);
  Tensor<2, Scalar> p = squared_distances(detail::in_range(samples, "tsne"), threads);
  detail::for_rows(count, 200, threads, [&](Index i) {
    // Turns distances into probabilities, in place. Only their differences matter: after subtracting the smallest one, the nearest
    // neighbour has exp(0) and the sum cannot be 0.
    Scalar* row = &p(i, 0);
    row[i] = std::numeric_limits<Scalar>::infinity();
    const Scalar nearest = *std::min_element(row, row + count);
    double mean = 0;
    for (Index j = 0; j < count; ++j)
      if (j != i) row[j] -= nearest, mean += static_cast<double>(row[j]) / static_cast<double>(count - 1);
    row[i] = 0;
    if (mean == 0) mean = 1;  // all equally far: any precision will do

    std::vector<Scalar> weights(static_cast<std::size_t>(count));
    double low = -40 - std::log(mean), high = 40 - std::log(mean), sum = 0;  // of log b: everybody, the nearest alone
    for (int step = 0; step < 60; ++step) {
      const double log_b = (low + high) / 2, b = std::exp(log_b);
      simd::map(weights.data(), count, [&](auto d) { return simd::exp_of_negative(static_cast<Scalar>(-b) * d); }, row);
      weights[static_cast<std::size_t>(i)] = 0;
      double energy = 0;
      sum = 0;
#pragma omp simd reduction(+ : sum, energy)
      for (Index j = 0; j < count; ++j) {
        const auto weight = static_cast<double>(weights[static_cast<std::size_t>(j)]);
        sum += weight, energy += weight * static_cast<double>(row[j]);
      }
      const double excess = std::log(sum) + b * energy / sum - std::log(perplexity);  // of the entropy
      if (std::abs(excess) < 1e-5) break;
      (excess > 0 ? low : high) = log_b;
    }
    for (Index j = 0; j < count; ++j)
      row[j] = static_cast<Scalar>(static_cast<double>(weights[static_cast<std::size_t>(j)]) / sum);
  });
  return p;
}

/// p_ij = (p(j|i) + p(i|j)) / (2 samples): the probability of each pair, of which all together have 1. None is below
/// 2.2e-16, as in scikit-learn: numbers that are nearly 0 make some processors slow. p_ii = 0.
template <class Scalar>
Tensor<2, Scalar> joint_probabilities(const Tensor<2, Scalar>& samples, double perplexity, int threads = 0) {
  Tensor<2, Scalar> p = conditional_probabilities(samples, perplexity, threads);
  const Index count = p.dimension(0);
  const Scalar share = Scalar(1) / static_cast<Scalar>(2 * count);
  detail::for_rows(count, 2, threads, [&](Index i) {
    for (Index j = 0; j < i; ++j) p(i, j) = p(j, i) = std::max((p(i, j) + p(j, i)) * share, Scalar(2.2e-16));
  });
  return p;
}

namespace detail {

/// Points in the plane, their two coordinates apart.
template <class Scalar>
struct Coordinates {
  std::vector<Scalar> x, y;

  explicit Coordinates(const Tensor<2, Scalar>& points) {
    for (Index i = 0; i < points.dimension(0); ++i) x.push_back(points(i, 0)), y.push_back(points(i, 1));
  }
};

}  // namespace detail

/// The Kullback-Leibler divergence sum_ij p_ij log(p_ij / q_ij) in nats, where q_ij are the probabilities of pairs in
/// the plane by Student's distribution with one degree of freedom, whose long tails leave space between clusters:
///
///     q_ij = w_ij / Z,   w_ij = 1 / (1 + |y_i - y_j|^2),   Z = sum_(k != l) w_kl
///
/// A pair of p_ij = 0 adds nothing; NaN where there is a NaN.
template <class Scalar>
double kl_divergence(const Tensor<2, Scalar>& p, const Tensor<2, Scalar>& points, int threads = 0) {
  const Index count = p.dimension(0);
  // Sums of rows are added up in order at the end: the same for any number of threads.
  std::vector<double> weights(static_cast<std::size_t>(count)), terms(weights);
  detail::for_rows(count, 30, threads, [&](Index i) {
    for (Index j = 0; j < i; ++j) {
      const double dx = static_cast<double>(points(i, 0) - points(j, 0)),
                   dy = static_cast<double>(points(i, 1) - points(j, 1)), square = 1 + dx * dx + dy * dy;
      const auto pair = static_cast<double>(p(i, j));
      weights[static_cast<std::size_t>(i)] += 2 / square;
      if (pair != 0) terms[static_cast<std::size_t>(i)] += 2 * pair * std::log(pair * square);
    }
  });
  const auto total = [](const std::vector<double>& rows) { return std::accumulate(rows.begin(), rows.end(), 0.0); };
  return total(terms) + std::log(total(weights));  // the sum of all p_ij is 1
}

/// The gradient of the divergence by the points, (samples, 2), with all p_ij `exaggeration` times too large:
///
///     4 sum_j (p_ij - q_ij) w_ij (y_i - y_j) = 4 (sum_j p_ij w_ij (y_i - y_j) - 1 / Z sum_j w_ij^2 (y_i - y_j))
///
/// Neighbours attract each other, all samples repel each other. The two sums of a row and its part of Z come from one pass over the pairs.
template <class Scalar>
Tensor<2, Scalar> kl_gradient(const Tensor<2, Scalar>& p, const Tensor<2, Scalar>& points, double exaggeration = 1,
                              int threads = 0) {
  const Index count = p.dimension(0);
  const detail::Coordinates<Scalar> all(points);
  const Scalar *x = all.x.data(), *y = all.y.data();
  Tensor<2, Scalar> attraction(count, 2), repulsion(count, 2);
  std::vector<double> weights(static_cast<std::size_t>(count));
  detail::for_rows(count, 15, threads, [&](Index i) {
    const Scalar* row = &p(i, 0);
    const Scalar xi = x[i], yi = y[i];
    Scalar z = -1, ax = 0, ay = 0, rx = 0, ry = 0;  // w_ii is 1, and does not count
#pragma omp simd reduction(+ : z, ax, ay, rx, ry)
    for (Index j = 0; j < count; ++j) {
      const Scalar dx = xi - x[j], dy = yi - y[j];
      const Scalar w = 1 / (1 + dx * dx + dy * dy), attracts = row[j] * w, repels = w * w;
      z += w;
      ax += attracts * dx, ay += attracts * dy;
      rx += repels * dx, ry += repels * dy;
    }
    weights[static_cast<std::size_t>(i)] = static_cast<double>(z);
    attraction(i, 0) = ax, attraction(i, 1) = ay;
    repulsion(i, 0) = rx, repulsion(i, 1) = ry;
  });
  const double z = std::accumulate(weights.begin(), weights.end(), 0.0);
  for (Index i = 0; i < attraction.size(); ++i) {
    const auto attracts = static_cast<double>(attraction.data()[i]), repels = static_cast<double>(repulsion.data()[i]);
    attraction.data()[i] = static_cast<Scalar>(4 * (exaggeration * attracts - repels / z));
  }
  return attraction;
}

/// Places the rows of (samples, features) in the plane so that the divergence is small, by gradient descent with
/// momentum and a gain for each coordinate, as van der Maaten's program: a gain grows by 0.2 while a coordinate keeps
/// its direction, and shrinks to 0.8 of itself when it turns. The momentum is 0.5 while attraction is exaggerated, then
/// 0.8, starting from rest, as in scikit-learn. As there, exaggeration ends early when the gradient's norm is down to
/// 1e-7; unlike there, all iterations are done. The start of TsneInit::pca has a standard deviation of 1e-4 along the
/// first component (along the second one random numbers do, where all samples lie on a line), of TsneInit::random along both axes. Throws std::invalid_argument where conditional_probabilities
/// and PCA do, and for options that make no sense.
template <class Scalar>
Tsne<Scalar> tsne(const Tensor<2, Scalar>& samples, const TsneOptions& options = {}) {
  const Index count = samples.dimension(0);
  const auto positive = [](double number, const char* name) {
    check(std::isfinite(number) && number > 0, "tsne: expected ", name, " above 0, received ", number);
  };
  positive(options.early_exaggeration, "an early_exaggeration");
  check(options.iterations >= 0 && options.exaggerated_iterations >= 0,
        "tsne: expected at least 0 iterations, received ", options.iterations, ", and ", options.exaggerated_iterations,
        " exaggerated ones");
  const double automatic = std::max(static_cast<double>(count) / options.early_exaggeration / 4, 50.0);
  const double learning_rate = options.learning_rate == 0 ? automatic : options.learning_rate;
  positive(learning_rate, "a learning_rate");
  const Tensor<2, Scalar> in_range = detail::in_range(samples, "tsne");
  const Tensor<2, Scalar> p = joint_probabilities(in_range, options.perplexity, options.threads);

  Tsne<Scalar> plane{Tensor<2, Scalar>(count, 2), 0};
  Scalar* points = plane.points.data();
  if (options.init == TsneInit::pca) {
    const PCA pca(in_range, 2);
    plane.points = pca.transform(in_range);
    points = plane.points.data();
    const double variance = pca.explained_variance[0] * static_cast<double>(count - 1) / static_cast<double>(count);
    for (Index i = 0; i < 2 * count; ++i) points[i] *= static_cast<Scalar>(1e-4 / std::sqrt(variance));
    // Samples on a line: from a line no gradient leads away.
    if (!(pca.explained_variance[1] > 1e-24 * pca.explained_variance[0])) {
      const Random random(options.seed, Purpose::initializer);
      for (Index i = 0; i < count; ++i) points[2 * i + 1] = static_cast<Scalar>(1e-4 * random.normal(i));
    }
  } else {
    const Random random(options.seed, Purpose::initializer);
    for (Index i = 0; i < 2 * count; ++i) points[i] = static_cast<Scalar>(1e-4 * random.normal(i));
  }

  std::vector<double> velocity, gains;
  const auto rest = [&] {
    velocity.assign(static_cast<std::size_t>(2 * count), 0.0);
    gains.assign(static_cast<std::size_t>(2 * count), 1.0);
  };
  rest();
  bool early = true;
  double norm = HUGE_VAL;  // of the last gradient
  for (int iteration = 0; iteration < options.iterations; ++iteration) {
    // With many neighbours, exaggerated attraction would draw all points together. It ends before that.
    if (early && (iteration >= options.exaggerated_iterations || norm <= 1e-7)) early = false, rest();
    const Tensor<2, Scalar> gradient =
        kl_gradient(p, plane.points, early ? options.early_exaggeration : 1, options.threads);
    double squares = 0;
    for (std::size_t i = 0; i < gains.size(); ++i) {
      const auto slope = static_cast<double>(gradient.data()[i]);
      const bool onwards = velocity[i] * slope < 0;  // downhill, as the step before
      gains[i] = std::max(onwards ? gains[i] + 0.2 : gains[i] * 0.8, 0.01);
      velocity[i] = (early ? 0.5 : 0.8) * velocity[i] - learning_rate * gains[i] * slope;
      points[i] += static_cast<Scalar>(velocity[i]);
      squares += slope * slope;
    }
    norm = std::sqrt(squares);
    const int done = iteration + 1;
    if (options.progress && (done % 50 == 0 || done == options.iterations))
      options.progress(done, kl_divergence(p, plane.points, options.threads));
  }
  plane.kl_divergence = kl_divergence(p, plane.points, options.threads);
  check(std::isfinite(plane.kl_divergence), "tsne: the points flew apart; expected a learning_rate below ",
        learning_rate);
  return plane;
}

}  // namespace latent::evaluation
