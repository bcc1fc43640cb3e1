// exp and its kin, at every size of argument, against the C library in more digits.
#include <doctest/doctest.h>

#include <cmath>
#include <latent/kernels/math.hpp>
#include <vector>

using namespace latent;

namespace {

/// The largest relative error of f, in units of the precision (2^-52, 2^-23), over many points between two ends;
/// results that are not normal numbers may be 0. f runs on vectors, and on scalars for what is left.
template <class Scalar, class F, class Right>
double worst(double from, double to, const F& f, const Right& right) {
  constexpr Index points = 20011;  // a prime: some are left
  std::vector<Scalar> x(points), y(points);
  for (Index i = 0; i < points; ++i)
    x[static_cast<std::size_t>(i)] = static_cast<Scalar>(from + (to - from) * static_cast<double>(i) / (points - 1));
  simd::for_each_vector<Scalar>(points,
                                [&]<int L>(Index i) { simd::store(y.data() + i, f(simd::load<L>(x.data() + i))); });
  double largest = 0;
  for (std::size_t i = 0; i < points; ++i) {
    const long double expected = right(static_cast<long double>(x[i]));
    const long double size = std::max<long double>(std::abs(expected), std::numeric_limits<Scalar>::min());
    const double error = static_cast<double>(std::abs(static_cast<long double>(y[i]) - expected) / size) /
                         std::numeric_limits<Scalar>::epsilon();
    largest = error <= largest ? largest : error;
  }
  return largest;
}

template <class Scalar>
void check_accuracy() {
  CAPTURE(sizeof(Scalar));
  const double lowest = sizeof(Scalar) == 4 ? -87 : -708, highest = -lowest;
  const auto exp = [](long double x) { return std::exp(x); };
  CHECK(worst<Scalar>(lowest, highest, [](auto x) { return simd::exp(x); }, exp) < 3);
  CHECK(worst<Scalar>(lowest, 0, [](auto x) { return simd::exp_of_negative(x); }, exp) < 3);
  for (double from : {-50.0, -1.0, -1e-3, -1e-10})
    CHECK(worst<Scalar>(
              from, 0, [](auto x) { return simd::expm1_of_negative(x); }, [](long double x) { return std::expm1(x); }) <
          3);
  CHECK(worst<Scalar>(
            0, 1, [](auto x) { return simd::log1p_of_unit(x); }, [](long double x) { return std::log1p(x); }) < 3);
  for (double to : {1e-6, 1.0, 50.0})
    CHECK(worst<Scalar>(-to, to, [](auto x) { return simd::tanh(x); }, [](long double x) { return std::tanh(x); }) < 4);

  // exp(-z^2 / 2) has an error of z^2 / 2 units, from the square.
  const auto cumulative = [](auto z) { return simd::Normal<decltype(z)>(z).cumulative; };
  const auto right = [](long double z) { return std::erfc(-z / std::sqrt(2.0L)) / 2; };
  CHECK(worst<Scalar>(-2, 40, cumulative, right) < 6);
  // Emscripten's erfc of a long double is that of a double, whose own error is as large as what is looked for.
  if (std::erfc(3.0L) != static_cast<long double>(std::erfc(3.0)))
    CHECK(worst<Scalar>(-12, -2, cumulative, right) < 6 + 12 * 12 / 2);
  else
    MESSAGE("the C library has no erfc of more digits to compare with: skipped");
  const auto density = [](auto z) { return simd::Normal<decltype(z)>(z).density; };
  const auto right_density = [](long double z) { return std::exp(-z * z / 2) / std::sqrt(2 * std::acos(-1.0L)); };
  CHECK(worst<Scalar>(-2, 2, density, right_density) < 6);
  CHECK(worst<Scalar>(-12, 12, density, right_density) < 6 + 12 * 12 / 2);
}

template <class Scalar>
void check_edges() {
  const Scalar infinity = std::numeric_limits<Scalar>::infinity(), largest = std::numeric_limits<Scalar>::max();
  CHECK(simd::exp(Scalar(0)) == 1);
  CHECK((simd::absolute(Scalar(-2)) == 2 && !std::signbit(simd::absolute(Scalar(0)))));
  for (Scalar x : {Scalar(1000), largest, infinity}) {
    CHECK(simd::exp(x) == infinity);
    CHECK(simd::exp(-x) == 0);
    CHECK(simd::exp_of_negative(-x) == 0);
    CHECK(simd::expm1_of_negative(-x) == -1);
    CHECK(simd::tanh(x) == 1);
    CHECK(simd::tanh(-x) == -1);
    CHECK(simd::Normal<Scalar>(x).cumulative == 1);
    CHECK(simd::Normal<Scalar>(-x).cumulative == 0);
    CHECK(simd::Normal<Scalar>(x).density == 0);
  }
  // At the end of the normal numbers, and in two parts: 2^n (1 + e), n the nearest.
  CHECK(simd::exp(simd::lowest_exponent<Scalar>) > 0);
  CHECK(simd::exp_of_negative(simd::lowest_exponent<Scalar>) > 0);
  CHECK((simd::SplitExp<Scalar>(Scalar(-3)).n == -4 && simd::SplitExp<Scalar>(Scalar(4)).n == 6));
  // Just below the logarithm of the largest number, where 2^n alone is too large.
  const Scalar high = std::nextafter(std::log(largest), Scalar(0));
  CHECK(std::abs(simd::exp(high) / std::exp(high) - 1) < 4 * std::numeric_limits<Scalar>::epsilon());
  const Scalar nan = std::numeric_limits<Scalar>::quiet_NaN();
  CHECK(std::isnan(simd::exp(nan)));
  CHECK(std::isnan(simd::expm1_of_negative(nan)));
  CHECK(std::isnan(simd::tanh(nan)));
  CHECK(std::isnan(simd::Normal<Scalar>(nan).cumulative));
}

}  // namespace

TEST_CASE("a few units in the last place") {
  check_accuracy<float>();
  check_accuracy<double>();
}

TEST_CASE("beyond what can be told apart, and NaN") {
  check_edges<float>();
  check_edges<double>();
}

TEST_CASE("map: whole registers and what is left, and nothing beyond") {
  for (Index count = 0; count < 40; ++count) {
    std::vector<float> a(41), b(41), sum(41, -1);
    for (std::size_t i = 0; i < a.size(); ++i) a[i] = static_cast<float>(i), b[i] = static_cast<float>(i * i);
    simd::map(sum.data(), count, [](auto x, auto y) { return x + y; }, a.data(), b.data());
    for (std::size_t i = 0; i < sum.size(); ++i) CHECK(sum[i] == (static_cast<Index>(i) < count ? a[i] + b[i] : -1));
  }
}

namespace {
/// Adds up log(1 + e) and e, for e between 0 and `largest`, as vectors and single numbers come.
template <class Scalar>
void check_sums(Index count, double largest) {
  std::vector<Scalar> e(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < e.size(); ++i)
    e[i] = static_cast<Scalar>(largest * static_cast<double>((i * 7919) % 1000 + 1) / 1000);
  simd::SumOfLog1p<Scalar> logs;
  simd::SumInDouble<Scalar> sum;
  simd::for_each_vector<Scalar>(count, [&]<int L>(Index i) {
    logs += simd::load<L>(e.data() + i);
    sum += simd::load<L>(e.data() + i);
  });
  long double right_logs = 0, right_sum = 0;
  for (Scalar x : e) right_logs += std::log1p(static_cast<long double>(x)), right_sum += static_cast<long double>(x);
  CAPTURE(sizeof(Scalar));
  CAPTURE(count);
  CAPTURE(largest);
  // Of a product, each factor and each multiplication adds half a unit to the error of one lane's logarithm, which is
  // small where the factors are not; of a sum, each of 16 additions does.
  const double unit = std::numeric_limits<Scalar>::epsilon();
  CHECK(logs.total() == doctest::Approx(static_cast<double>(right_logs)).epsilon(3 * unit));
  CHECK(sum.total() == doctest::Approx(static_cast<double>(right_sum)).epsilon(9 * unit));
}
}  // namespace

TEST_CASE("sums in double, and of logarithms: of numbers of any size, and of more than fit into one product") {
  for (Index count : {1, 15, 16, 784, 5000})
    for (double largest : {1.0, 1e-3, 1e-9, 1e-30})
      check_sums<float>(count, largest), check_sums<double>(count, largest);
  // Of the sixteen that are added in floats, 1 is lost beside 1e8; of others it is not.
  constexpr int L = simd::lanes<float>;
  simd::SumInDouble<float> together, apart;
  for (int i = 0; i < 16; ++i) together += simd::Vec<float, L>{} + (i == 0 ? 1e8f : i == 15 ? -1e8f : 1.0f);
  for (int i = 0; i < 17; ++i) apart += simd::Vec<float, L>{} + (i == 15 ? 1e8f : i == 16 ? 1.0f : 0.0f);
  CHECK(together.total() == 0);
  CHECK(apart.total() == L * (1e8 + 1));
  simd::SumOfLog1p<float> of_ones;
  for (int i = 0; i < 10000; ++i) of_ones += simd::Vec<float, simd::lanes<float>>{} + 1.0f;
  CHECK(of_ones.total() == doctest::Approx(10000 * simd::lanes<float> * std::log(2.0)).epsilon(1e-12));
}
