/// Principal component analysis: the directions in which samples differ most.
///
///     const PCA pca(codes, 2);
///     save_png("pca.png", scatter(pca.transform(codes), labels));
#pragma once

#include <numeric>
#include <vector>

#include "latent/core/random.hpp"
#include "latent/evaluation/distances.hpp"

namespace latent::evaluation {

namespace detail {

inline double dot(const double* a, const double* b, Index count) {
  double sum = 0;
#pragma omp simd reduction(+ : sum)
  for (Index i = 0; i < count; ++i) sum += a[i] * b[i];
  return sum;
}

/// Turns the rows of a matrix in their planes, two at a time, until each is orthogonal to every other. They span the
/// same space, and their lengths are the matrix's singular values. One-sided Jacobi method: M. Hestenes, "Inversion of
/// matrices by biorthogonalization and related results", 1958.
[[gnu::cold]] inline void orthogonalise(Tensor<2, double>& rows) {
  const Index count = rows.dimension(0), size = rows.dimension(1);
  bool turned = true;
  for (int sweep = 0; turned && sweep < 60; ++sweep) {
    turned = false;
    for (Index i = 0; i < count; ++i)
      for (Index j = i + 1; j < count; ++j) {
        double *a = &rows(i, 0), *b = &rows(j, 0);
        const double aa = dot(a, a, size), bb = dot(b, b, size), ab = dot(a, b, size);
        if (std::abs(ab) <= 1e-15 * std::sqrt(aa * bb)) continue;
        turned = true;
        const double cotangent = (bb - aa) / (2 * ab);  // of twice the angle
        const double tangent = std::copysign(1 / (std::abs(cotangent) + std::hypot(1, cotangent)), cotangent);
        const double cosine = 1 / std::hypot(1, tangent), sine = cosine * tangent;
#pragma omp simd
        for (Index k = 0; k < size; ++k) {
          const double before = a[k];
          a[k] = cosine * before - sine * b[k];
          b[k] = sine * before + cosine * b[k];
        }
      }
  }
}

}  // namespace detail

/// With the covariance C = sum_n (x_n - mean)(x_n - mean)^T / (samples - 1), its eigenvalues from the largest down, and
/// their eigenvectors v_1, v_2, ... of length 1, sample x becomes z_k = v_k . (x - mean): the projection on a plane
/// (for two components) that loses the least of the squared distances. As sklearn.decomposition.PCA; the sign of each
/// v_k, which is anyone's choice, is such that its entry with the largest absolute value is positive, as scikit-learn's
/// svd_flip has it since 1.5. (Where nothing varies any more, v_k is 0.) Computed in double.
///
/// The eigenvectors are found by power iteration: multiplied by C again and again, vectors turn towards those with the
/// largest eigenvalues; kept orthogonal, each towards its own. Thirty more than are wanted go along, and make that
/// fast. (Eigen's solver finds all eigenvectors, and takes a compiler as long as a whole program.)
///
/// K. Pearson, "On lines and planes of closest fit to systems of points in space", 1901.
/// https://scikit-learn.org/stable/modules/generated/sklearn.decomposition.PCA.html
struct PCA {
  std::vector<double> mean;                      ///< of each feature
  Tensor<2, double> components;                  ///< (components, features): v_k is row k
  std::vector<double> explained_variance;        ///< the variance of z_k, which is the eigenvalue
  std::vector<double> explained_variance_ratio;  ///< its share of the variance of all features

  /// Fits the rows of (samples, features). Throws std::invalid_argument for fewer than 2 samples, numbers that are not
  /// finite, samples that are all equal, and unless 1 <= number <= the smaller one of samples and features.
  template <class Scalar>
  PCA(const Tensor<2, Scalar>& samples, Index number) {
    const Index count = samples.dimension(0), features = samples.dimension(1);
    check(count >= 2, "PCA: expected at least 2 samples, received ", count);
    check(number >= 1 && number <= std::min(count, features), "PCA: expected 1 to ", std::min(count, features),
          " components of ", count, " samples of ", features, " features, received ", number);
    detail::check_finite(samples, "PCA");
    Tensor<2, double> centred(features, count);  // a feature is a row, so that sums go along memory
    for (Index i = 0; i < features; ++i) {
      double sum = 0;
      for (Index n = 0; n < count; ++n) sum += centred(i, n) = static_cast<double>(samples(n, i));
      mean.push_back(sum / static_cast<double>(count));
      for (Index n = 0; n < count; ++n) centred(i, n) -= mean.back();
    }
    find_components(centred, number);
  }

  /// (samples, features) becomes (samples, components); a row with a NaN becomes NaN. Throws std::invalid_argument for
  /// another number of features.
  template <class Scalar>
  Tensor<2, Scalar> transform(const Tensor<2, Scalar>& samples) const {
    const Index features = components.dimension(1);
    check(samples.dimension(1) == features, "PCA: fitted to ", features, " features, received ", samples.dimension(1));
    Tensor<2, Scalar> projected(samples.dimension(0), components.dimension(0));
    for (Index n = 0; n < samples.dimension(0); ++n)
      for (Index k = 0; k < components.dimension(0); ++k) {
        double sum = 0;
        for (Index i = 0; i < features; ++i)
          sum += components(k, i) * (static_cast<double>(samples(n, i)) - mean[static_cast<std::size_t>(i)]);
        projected(n, k) = static_cast<Scalar>(sum);
      }
    return projected;
  }

 private:
  [[gnu::cold]] void find_components(const Tensor<2, double>& centred, Index number) {
    const Index features = centred.dimension(0), count = centred.dimension(1);
    Tensor<2, double> covariance(features, features);
#pragma omp parallel for schedule(dynamic, 8) num_threads(team_size(0, "PCA"))
    for (Index i = 0; i < features; ++i)
      for (Index j = 0; j <= i; ++j)
        covariance(i, j) = covariance(j, i) =
            detail::dot(&centred(i, 0), &centred(j, 0), count) / static_cast<double>(count - 1);
    double total = 0;
    for (Index i = 0; i < features; ++i) total += covariance(i, i);
    check(std::isfinite(total), "PCA: expected numbers whose squares can be held, received a variance of ", total);
    check(total > 0, "PCA: expected samples that differ, received ", count, " equal ones");

    const Index block = std::min(number + 30, features);
    Tensor<2, double> directions(block, features), product(block, features);
    for (Index i = 0; i < directions.size(); ++i) directions.data()[i] = Random(Seed{}, Purpose::initializer).normal(i);
    std::vector<double> lengths(static_cast<std::size_t>(block));
    for (int round = 0; round < 1000; ++round) {  // the first 13 digits take 10 or 20, unless all eigenvalues are alike
#pragma omp parallel for num_threads(team_size(0, "PCA"))
      for (Index i = 0; i < features; ++i)
        for (Index k = 0; k < block; ++k) product(k, i) = detail::dot(&covariance(i, 0), &directions(k, 0), features);
      double error = 0;  // |C v - lambda v|
      for (Index k = 0; k < number; ++k)
        for (Index i = 0; i < features; ++i)
          error = std::max(error, std::abs(product(k, i) - lengths[static_cast<std::size_t>(k)] * directions(k, i)));
      if (round > 0 && error < 1e-14 * total) break;

      detail::orthogonalise(product);
      std::vector<Index> order(static_cast<std::size_t>(block));
      std::iota(order.begin(), order.end(), Index{0});
      const auto square = [&](Index k) { return detail::dot(&product(k, 0), &product(k, 0), features); };
      std::stable_sort(order.begin(), order.end(), [&](Index a, Index b) { return square(a) > square(b); });
      for (Index k = 0; k < block; ++k) {
        const Index from = order[static_cast<std::size_t>(k)];
        const double length = std::sqrt(square(from)), scale = length > 0 ? 1 / length : 0;
        lengths[static_cast<std::size_t>(k)] = length;
        for (Index i = 0; i < features; ++i) directions(k, i) = scale * product(from, i);
      }
    }
    components = slice(directions, 0, number);
    for (Index k = 0; k < number; ++k) {
      double* v = &components(k, 0);
      const double largest =
          *std::max_element(v, v + features, [](double a, double b) { return std::abs(a) < std::abs(b); });
      for (Index i = 0; i < features; ++i) v[i] *= std::copysign(1.0, largest);
      explained_variance.push_back(lengths[static_cast<std::size_t>(k)]);
      explained_variance_ratio.push_back(explained_variance.back() / total);
    }
  }
};

}  // namespace latent::evaluation
