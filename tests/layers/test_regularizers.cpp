#include <doctest/doctest.h>

#include <vector>

#include "latent/layers/regularizers.hpp"

using namespace latent;

namespace {

/// -2, -1, 0, 1, 2, -2 ...: whole vectors, and what is left over.
template <class Scalar>
std::vector<Scalar> values() {
  std::vector<Scalar> v;
  for (int i = 0; i < 39; ++i) v.push_back(static_cast<Scalar>(i % 5 - 2));
  return v;
}

template <class Scalar>
void check_penalty(const Penalty& penalty, double l1, double l2) {
  const auto v = values<Scalar>();
  double sum = 0, squares = 0;
  for (const Scalar x : v) sum += std::abs(static_cast<double>(x)), squares += static_cast<double>(x * x);
  CHECK(penalty.value(v.data(), 39) == l1 * sum + l2 * squares);  // whole numbers: no rounding
  std::vector<Scalar> gradient(39, Scalar(100));
  penalty.add_gradient(v.data(), gradient.data(), 39, 0.5);
  for (std::size_t i = 0; i < v.size(); ++i) {
    const auto x = static_cast<double>(v[i]);
    CHECK(static_cast<double>(gradient[i]) == 100 + 0.5 * (l1 * ((x > 0) - (x < 0)) + 2 * l2 * x));
  }
  CHECK(penalty.value(v.data(), 0) == 0);
}

}  // namespace

TEST_CASE_TEMPLATE("values and gradients of penalties, at 0, too", Scalar, float, double) {
  check_penalty<Scalar>(L1<0.5>::penalty, 0.5, 0);
  check_penalty<Scalar>(L2<0.25>::penalty, 0, 0.25);
  check_penalty<Scalar>(L1L2<2, 0.125>::penalty, 2, 0.125);
}

TEST_CASE("penalties add up, and none is none") {
  constexpr Penalty both = L1<0.5>::penalty + L1L2<1, 2>::penalty;
  CHECK(both.l1 == 1.5);
  CHECK(both.l2 == 2);
  CHECK(!Penalty{}.any());
  CHECK(L1<0.5>::penalty.any());
  CHECK(L2<0.5>::penalty.any());
  CHECK(!L1L2<0.0, 0>::penalty.any());
}
