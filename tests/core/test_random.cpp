#include <doctest/doctest.h>

#include <algorithm>

#include "latent/core/random.hpp"

using namespace latent;

TEST_CASE("Philox gives the known answers of Random123") {
  using Counter = std::array<std::uint32_t, 4>;
  CHECK(philox4x32({0, 0, 0, 0}, {0, 0}) == Counter{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  const std::uint32_t ones = 0xffffffff;
  CHECK(philox4x32({ones, ones, ones, ones}, {ones, ones}) == Counter{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
        Counter{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

// Bounds are five standard errors: a correct generator exceeds one with a probability of 6e-7.
constexpr Index many = 200000;
const double tolerance = 5 / std::sqrt(static_cast<double>(many));

TEST_CASE("uniform numbers have the moments of the uniform distribution, and neighbours do not depend on each other") {
  const Random random(Seed{7}, Purpose::test);
  double sum = 0, squares = 0, products = 0, distant = 0;
  for (Index i = 0; i < many; ++i) {
    const double u = random.uniform(i);
    REQUIRE(u >= 0);
    REQUIRE(u < 1);
    sum += u - 0.5;
    squares += (u - 0.5) * (u - 0.5);
    products += (u - 0.5) * (random.uniform(i + 1) - 0.5);
    distant += (u - 0.5) * (random.uniform(i + 2) - 0.5);
  }
  CHECK(std::abs(sum / many) < tolerance * std::sqrt(1.0 / 12));
  CHECK(std::abs(squares / many - 1.0 / 12) < tolerance * std::sqrt(1.0 / 180));  // E x^4 - (E x^2)^2 = 1/80 - 1/144
  CHECK(std::abs(products / many) < tolerance / 12);
  CHECK(std::abs(distant / many) < tolerance / 12);
}

TEST_CASE("normal numbers have the moments of the normal distribution, and neighbours do not depend on each other") {
  const Random random(Seed{7}, Purpose::test);
  double moments[5] = {}, products = 0, distant = 0, square_products = 0;
  for (Index i = 0; i < many; ++i) {
    const double n = random.normal(i), next = random.normal(i + 1);
    double power = 1;
    for (double& moment : moments) moment += power / many, power *= n;
    products += n * next;
    distant += n * random.normal(i + 2);
    square_products += (n * n - 1) * (next * next - 1);
  }
  // The variance of n^k is E n^2k - (E n^k)^2, with E n^2, n^4, n^6, n^8 = 1, 3, 15, 105.
  CHECK(std::abs(moments[1]) < tolerance);
  CHECK(std::abs(moments[2] - 1) < tolerance * std::sqrt(2.0));
  CHECK(std::abs(moments[3]) < tolerance * std::sqrt(15.0));
  CHECK(std::abs(moments[4] - 3) < tolerance * std::sqrt(96.0));
  CHECK(std::abs(products / many) < tolerance);
  CHECK(std::abs(distant / many) < tolerance);
  CHECK(std::abs(square_products / many) < tolerance * 2);
}

TEST_CASE("a pair is two normal numbers") {
  const Random random(Seed{7}, Purpose::noise, 3, 4);
  for (Index pair = 0; pair < 1000; ++pair) {
    CHECK(random.normal_pair(pair)[0] == random.normal(2 * pair));
    CHECK(random.normal_pair(pair)[1] == random.normal(2 * pair + 1));
  }
}

TEST_CASE("streams with another seed, purpose, detail or step do not depend on each other") {
  const Random base(Seed{1}, Purpose::test);
  const Random others[] = {Random(Seed{2}, Purpose::test), Random(Seed{1ULL << 32 | 1}, Purpose::test),
                           Random(Seed{1}, Purpose::noise), Random(Seed{1}, Purpose::test, 1),
                           Random(Seed{1}, Purpose::test, 0, 1)};
  for (const Random& other : others) {
    double products = 0;
    for (Index i = 0; i < many; ++i) products += (base.uniform(i) - 0.5) * (other.uniform(i) - 0.5);
    CHECK(std::abs(products / many) < tolerance / 12);
  }
}

TEST_CASE("number i of a stream: which bits of which counter under which key") {
  const std::uint64_t seed = 0x0123456789abcdef;
  const Random random(Seed{seed}, Purpose::noise, 0x5abcdef, 77);  // of the detail, 24 bits count
  const auto block = [](std::uint64_t position) {
    return philox4x32(
        {static_cast<std::uint32_t>(position), static_cast<std::uint32_t>(position >> 32), 77, 0x03abcdef},
        {0x89abcdef, 0x01234567});
  };
  for (const Index i : {Index{0}, Index{1}, Index{5}, Index{1} << (sizeof(Index) > 4 ? 40 : 29)}) {
    const auto bits = block(static_cast<std::uint64_t>(i));
    const auto uniform = [](std::uint64_t high, std::uint64_t low) {
      return std::ldexp(static_cast<double>((high << 32 | low) >> 11), -53);
    };
    CHECK(random.uniform(2 * i) == uniform(bits[0], bits[1]));
    CHECK(random.uniform(2 * i + 1) == uniform(bits[2], bits[3]));
    const double radius = std::sqrt(-2 * std::log(std::ldexp(bits[0] + 1.0, -32))),
                 angle = 2 * std::acos(-1.0) * std::ldexp(bits[1], -32);
    CHECK(random.normal(2 * i) == doctest::Approx(radius * std::cos(angle)).epsilon(1e-13));
    CHECK(random.normal(2 * i + 1) == doctest::Approx(radius * std::sin(angle)).epsilon(1e-13));
  }
  // 64 numbers at once: the first numbers of 16 blocks, the second ones ...
  for (const Index piece : {0, 3}) {
    const auto words = random.bits(piece);
    for (std::size_t i = 0; i < 16; ++i) {
      const auto bits = block(16 * static_cast<std::uint64_t>(piece) + i);
      for (std::size_t j = 0; j < 4; ++j) CHECK(words[16 * j + i] == bits[j]);
    }
  }
}

TEST_CASE("the order of a pass: that of the numbers, or a permutation of the epoch") {
  CHECK(order_of_pass(4, false, Seed{1}, 9) == std::vector<Index>{0, 1, 2, 3});
  CHECK(order_of_pass(50, true, Seed{1}, 9) == permutation(50, Random(Seed{1}, Purpose::shuffle, 0, 9)));
  // Fisher and Yates, from the last place on.
  const Random random(Seed{1}, Purpose::shuffle, 0, 9);
  std::vector<Index> expected = in_order(50);
  for (std::size_t left = 50; left > 1; --left)
    std::swap(
        expected[left - 1],
        expected[static_cast<std::size_t>(random.uniform(static_cast<Index>(left) - 1) * static_cast<double>(left))]);
  CHECK(permutation(50, random) == expected);
}

TEST_CASE("a permutation has every number once and differs from epoch to epoch") {
  const auto first = permutation(1000, Random(Seed{1}, Purpose::shuffle, 0, 0));
  const auto second = permutation(1000, Random(Seed{1}, Purpose::shuffle, 0, 1));
  CHECK(first == permutation(1000, Random(Seed{1}, Purpose::shuffle, 0, 0)));
  int same_place = 0;
  for (std::size_t i = 0; i < 1000; ++i) same_place += first[i] == second[i];
  CHECK(same_place <= 10);  // Poisson with mean 1: more than 10 with a probability of 1e-8
  for (auto order : {first, second}) {
    std::sort(order.begin(), order.end());
    for (std::size_t i = 0; i < 1000; ++i) REQUIRE(order[i] == static_cast<Index>(i));
  }
  CHECK(permutation(0, Random(Seed{1}, Purpose::shuffle)).empty());
  CHECK(permutation(1, Random(Seed{1}, Purpose::shuffle)) == std::vector<Index>{0});
}

TEST_CASE("every number is equally often in every place of a permutation") {
  constexpr Index size = 10;
  constexpr int draws = 20000;
  for (const std::size_t place : {0u, 4u, 9u}) {
    double seen[size] = {};
    for (int draw = 0; draw < draws; ++draw) {
      const Random random(Seed{5}, Purpose::shuffle, 0, static_cast<std::uint32_t>(draw));
      seen[permutation(size, random)[place]] += 1;
    }
    double chi_square = 0;
    for (const double times : seen) chi_square += (times - draws / 10.0) * (times - draws / 10.0) / (draws / 10.0);
    CHECK(chi_square < 44.8);  // 9 degrees of freedom: exceeded with a probability of 1e-6
  }
}

TEST_CASE("a seed is any whole number but one below 0") {
  CHECK(Seed{}.value == 0);
  CHECK((Seed(0).value == 0 && Seed{7u}.value == 7));
  const Seed seed = {9};
  CHECK(seed.value == 9);
  CHECK(Seed(18446744073709551615u).value == 18446744073709551615u);
  const int number = -1;
  CHECK_THROWS_WITH_AS(Seed(-1), "a seed is at least 0, received -1", std::invalid_argument);
  CHECK_THROWS_AS(Seed{number}, std::invalid_argument);
  CHECK_THROWS_AS(Seed(static_cast<long long>(number)), std::invalid_argument);
}
