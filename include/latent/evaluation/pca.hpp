/// Principal component analysis: the directions in which samples differ most.
///
///     const PCA pca(codes, 2);
///     save_png("pca.png", scatter(pca.transform(codes), labels));
#pragma once

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>
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

/// Rotates pairs of rows of a matrix in their planes until all rows are orthogonal. They span the
/// same space, and their lengths are the matrix's singular values. One-sided Jacobi method: M. Hestenes, "Inversion of
/// matrices by biorthogonalization and related results", 1958.
LATENT_COLD inline void orthogonalise(Tensor<2, double>& rows) {
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

/// The rows of a matrix, the longest first.
LATENT_COLD inline Tensor<2, double> longest_first(const Tensor<2, double>& rows) {
  const Index count = rows.dimension(0), size = rows.dimension(1);
  std::vector<double> squares;
  for (Index k = 0; k < count; ++k) squares.push_back(dot(&rows(k, 0), &rows(k, 0), size));
  std::vector<Index> order(static_cast<std::size_t>(count));
  std::iota(order.begin(), order.end(), Index{0});
  const auto square = [&](Index k) { return squares[static_cast<std::size_t>(k)]; };
  std::sort(order.begin(), order.end(),
            [&](Index a, Index b) { return std::pair(-square(a), a) < std::pair(-square(b), b); });
  Tensor<2, double> sorted(count, size);
  for (Index k = 0; k < count; ++k) std::copy_n(&rows(order[static_cast<std::size_t>(k)], 0), size, &sorted(k, 0));
  return sorted;
}

/// products(i, j) = row i . row j. A few rows at a time, and of all rows a few columns, so that they come from the caches.
LATENT_COLD inline Tensor<2, double> products_of_rows(const Tensor<2, double>& rows) {
  constexpr Index together = 8, columns = 512;
  const Index count = rows.dimension(0), size = rows.dimension(1);
  auto products = new_tensor<Tensor<2, double>>(Tensor<2, double>::Dimensions(count, count));
  products.setZero();
  const int team = team_size(0, "PCA", product_of(count, count, size));
  share_out_blocks(team, count, together, [&](Index first, Index end) {
    for (Index k = 0; k < size; k += columns)
      for (Index j = 0; j < end; ++j)
        for (Index i = std::max(first, j); i < end; ++i)
          products(i, j) += dot(&rows(i, k), &rows(j, k), std::min(columns, size - k));
  });
  for (Index i = 0; i < count; ++i)
    for (Index j = 0; j < i; ++j) products(j, i) = products(i, j);
  return products;
}

/// combined row k = sum_i factors(k, i) * row i.
LATENT_COLD inline Tensor<2, double> combined_rows(const Tensor<2, double>& factors, const Tensor<2, double>& rows) {
  const Index size = rows.dimension(1);
  Tensor<2, double> combined(factors.dimension(0), size);
  combined.setZero();
  for (Index k = 0; k < factors.dimension(0); ++k)
    for (Index i = 0; i < rows.dimension(0); ++i) {
      const double factor = factors(k, i);
      const double* const row = &rows(i, 0);
      double* const sum = &combined(k, 0);
#pragma omp simd
      for (Index c = 0; c < size; ++c) sum[c] += factor * row[c];
    }
  return combined;
}

/// The eigenvectors of a positive semidefinite matrix whose eigenvalues add up to `total`: (number, size), orthonormal.
LATENT_COLD inline Tensor<2, double> largest_eigenvectors(const Tensor<2, double>& matrix, Index number, double total) {
  const Index size = matrix.dimension(0), block = std::min(number + 30, size);
  const int team = team_size(0, "PCA", product_of(block, size, size));
  Tensor<2, double> directions(block, size), product(block, size);
  for (Index i = 0; i < directions.size(); ++i) directions.data()[i] = Random(Seed{}, Purpose::initializer).normal(i);
  std::vector<double> lengths(static_cast<std::size_t>(block));
  for (int round = 0; round < 1000; ++round) {  // the first 13 digits take 10 or 20, unless all eigenvalues are alike
    share_out(team, size, [&](Index i, int) {
      for (Index k = 0; k < block; ++k) product(k, i) = dot(&matrix(i, 0), &directions(k, 0), size);
    });
    double error = 0;  // |C v - lambda v|
    for (Index k = 0; k < number; ++k)
      for (Index i = 0; i < size; ++i)
        error = std::max(error, std::abs(product(k, i) - lengths[static_cast<std::size_t>(k)] * directions(k, i)));
    if (round > 0 && error < 1e-14 * total) break;

    orthogonalise(product);
    directions = longest_first(product);
    for (Index k = 0; k < block; ++k) {
      double* const v = &directions(k, 0);
      const double length = std::sqrt(dot(v, v, size)), scale = length > 0 ? 1 / length : 0;
      lengths[static_cast<std::size_t>(k)] = length;
      for (Index i = 0; i < size; ++i) v[i] *= scale;
    }
  }
  return slice(directions, 0, number);
}

}  // namespace detail

/// With the covariance C = sum_n (x_n - mean)(x_n - mean)^T / (samples - 1), its eigenvalues from the largest down, and
/// their eigenvectors v_1, v_2, ... of length 1, sample x becomes z_k = v_k . (x - mean): the projection on a plane
/// (for two components) that loses the least of the squared distances. As sklearn.decomposition.PCA; the sign of each
/// v_k, which is arbitrary, is chosen so that its entry with the largest absolute value is positive, as scikit-learn's
/// svd_flip does since 1.5. Where nothing varies any more (the deviation is less than rounding leaves of the largest
/// one, numpy.linalg.matrix_rank's bound), v_k and its variance are 0. Computed in double.
///
/// The eigenvectors are found by power iteration: multiplied by C again and again, vectors turn towards those with the
/// largest eigenvalues; kept orthogonal, each towards its own. Thirty more than are wanted go along, and make that
/// fast. (Eigen's solver finds all eigenvectors, and takes a compiler as long as a whole program.)
///
/// With fewer samples than features, the products of samples are used instead, G = X X^T / (samples - 1) for the
/// matrix X of the differences from the mean: an eigenvector u of G gives v = X^T u / |X^T u|, with the same eigenvalue. So
/// the matrix is as large as the smaller side, and the numbers are held twice: in double, and as the components.
///
/// K. Pearson, "On lines and planes of closest fit to systems of points in space", 1901.
/// L. Sirovich, "Turbulence and the dynamics of coherent structures", 1987, for the smaller side.
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
    const bool wide = count < features;
    auto centred = new_tensor<Tensor<2, double>>(Tensor<2, double>::Dimensions(
        wide ? count : features, wide ? features : count));  // the smaller side are the rows
    const auto at = [&](Index n, Index i) -> double& { return wide ? centred(n, i) : centred(i, n); };
    for (Index i = 0; i < features; ++i) {
      // From the first sample on: where all are equal, the differences are 0 and not what rounding leaves of the mean.
      const auto first = static_cast<double>(samples(0, i));
      double sum = 0;
      for (Index n = 0; n < count; ++n) sum += at(n, i) = static_cast<double>(samples(n, i)) - first;
      const double beyond = sum / static_cast<double>(count);
      mean.push_back(first + beyond);
      for (Index n = 0; n < count; ++n) at(n, i) -= beyond;
    }
    find_components(centred, number, count, wide);
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
  [[gnu::cold]] void find_components(const Tensor<2, double>& centred, Index number, Index count, bool wide) {
    const double share = 1 / static_cast<double>(count - 1);
    Tensor<2, double> products = detail::products_of_rows(centred);
    double total = 0;
    for (Index i = 0; i < products.dimension(0); ++i) total += share * products(i, i);
    check(std::isfinite(total), "PCA: expected numbers whose squares can be held, received a variance of ", total);
    check(total > 0, "PCA: expected samples that differ, received ", count, " equal ones");
    const Tensor<2, double> directions = detail::largest_eigenvectors(products, number, total / share);

    // Row k of `along` is X v_k, or, if the samples are the rows, X^T u_k, which is v_k but for its length.
    Tensor<2, double> along = detail::combined_rows(directions, centred);
    if (wide) {
      detail::orthogonalise(along);  // they are, but for the digits that the products of the rows have lost
      along = detail::longest_first(along);
    }
    components = wide ? along : directions;
    const auto length = [&](Index k) { return std::sqrt(detail::dot(&along(k, 0), &along(k, 0), along.dimension(1))); };
    const double rounding = static_cast<double>(along.dimension(1)) * std::numeric_limits<double>::epsilon();
    for (Index k = 0; k < number; ++k) {
      double* const v = &components(k, 0);
      const Index features = components.dimension(1);
      const bool varies = length(k) > rounding * length(0);
      const double largest =
          *std::max_element(v, v + features, [](double a, double b) { return std::abs(a) < std::abs(b); });
      const double scale = varies ? std::copysign(wide ? 1 / length(k) : 1, largest) : 0;
      explained_variance.push_back(varies ? share * length(k) * length(k) : 0);
      explained_variance_ratio.push_back(explained_variance.back() / total);
      for (Index i = 0; i < features; ++i) v[i] *= scale;
    }
  }
};

}  // namespace latent::evaluation
