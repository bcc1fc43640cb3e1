/// Counter-based random numbers: number `i` of a stream is a pure function of (seed, stream, i), so a result does not
/// depend on how many threads drew the numbers or in which order.
#pragma once

#include <array>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <numbers>
#include <numeric>
#include <vector>

#include "latent/core/check.hpp"
#include "latent/core/tensor.hpp"

namespace latent {

/// Where random numbers start. Throws std::invalid_argument for a number below 0.
struct Seed {
  std::uint64_t value = 0;  ///< any number is a valid seed

  constexpr Seed() = default;
  /// A whole number is a seed.
  template <std::integral Number>
  constexpr Seed(Number number) : value(static_cast<std::uint64_t>(number)) {  // NOLINT: so that `.seed = 42` is one
    if constexpr (std::signed_integral<Number>)
      if (number < 0) throw_invalid_argument({"a seed is at least 0, received ", number});
  }
};

/// What random numbers are used for. Two purposes never share numbers, even under the same seed.
enum class Purpose : std::uint32_t {
  initializer = 1,
  shuffle,
  noise,
  split,
  sampling,
  dropout,
  test,
  gaussian_noise,
  augmentation
};

/// Philox4x32-10: J. Salmon, M. Moraes, R. Dror, D. Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
/// Maps a 128-bit counter to 128 random bits under a 64-bit key.
inline std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key) {
  std::uint32_t a = counter[0], b = counter[1], c = counter[2], d = counter[3], k = key[0], l = key[1];
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t product0 = std::uint64_t{0xD2511F53} * a, product1 = std::uint64_t{0xCD9E8D57} * c;
    a = static_cast<std::uint32_t>(product1 >> 32) ^ b ^ k, b = static_cast<std::uint32_t>(product1);
    c = static_cast<std::uint32_t>(product0 >> 32) ^ d ^ l, d = static_cast<std::uint32_t>(product0);
    k += 0x9E3779B9;  // the golden ratio
    l += 0xBB67AE85;  // sqrt(3) - 1
  }
  return {a, b, c, d};
}

/// One stream of random numbers, addressed by position. `detail` (a layer's number, say) and `step` (of the training;
/// where it shuffles, the epoch) tell apart streams that serve the same purpose.
class Random {
 public:
  /// The stream of numbers for one purpose; `detail` (a layer, a sample) and `step` tell streams of one purpose apart.
  Random(Seed seed, Purpose purpose, std::uint32_t detail = 0, std::uint32_t step = 0)
      : key_{static_cast<std::uint32_t>(seed.value), static_cast<std::uint32_t>(seed.value >> 32)},
        purpose_{(static_cast<std::uint32_t>(purpose) << 24) | (detail & 0xFFFFFF)},
        step_{step} {}

  /// Number `i` of the stream, uniform on [0, 1) with 53 random bits.
  double uniform(Index i) const {
    const auto bits = block(static_cast<std::uint64_t>(i) / 2);
    const std::size_t half = (static_cast<std::uint64_t>(i) % 2) * 2;
    const std::uint64_t word = (std::uint64_t{bits[half]} << 32) | bits[half + 1];
    return static_cast<double>(word >> 11) * 0x1p-53;
  }

  /// 64 numbers of 32 random bits; two pieces share none. For many numbers at once this takes a third of the time: the
  /// compiler computes several blocks side by side.
  static constexpr Index piece = 64;
  /// Random bits number `number`.
  std::array<std::uint32_t, piece> bits(Index number) const {
    constexpr std::size_t blocks = piece / 4;
    std::array<std::uint32_t, piece> words;
    for (std::size_t i = 0; i < blocks; ++i) {
      const auto four = block(static_cast<std::uint64_t>(number) * blocks + i);
      for (std::size_t j = 0; j < 4; ++j) words[j * blocks + i] = four[j];
    }
    return words;
  }

  /// Number `i` of the stream, normally distributed with mean 0 and standard deviation 1.
  double normal(Index i) const { return normal_pair(i / 2)[static_cast<std::size_t>(i % 2)]; }

  /// normal(2 * pair) and normal(2 * pair + 1), which come from one block (Box and Muller 1958).
  std::array<double, 2> normal_pair(Index pair) const {
    const auto bits = block(static_cast<std::uint64_t>(pair));
    // u in (0, 1], so that the logarithm is finite; 32 bits reach 6.7 standard deviations.
    const double u = (bits[0] + 1.0) * 0x1p-32, angle = 2 * std::numbers::pi * bits[1] * 0x1p-32;
    const double radius = std::sqrt(-2 * std::log(u));
    return {radius * std::cos(angle), radius * std::sin(angle)};
  }

 private:
  std::array<std::uint32_t, 4> block(std::uint64_t position) const {
    return philox4x32(
        {static_cast<std::uint32_t>(position), static_cast<std::uint32_t>(position >> 32), step_, purpose_}, key_);
  }

  std::array<std::uint32_t, 2> key_;
  std::uint32_t purpose_, step_;
};

/// The numbers 0 ... count - 1 in order.
inline std::vector<Index> in_order(Index count) {
  std::vector<Index> order(static_cast<std::size_t>(count));
  std::iota(order.begin(), order.end(), Index{0});
  return order;
}

/// The numbers 0 ... count - 1 in random order (Fisher and Yates).
inline std::vector<Index> permutation(Index count, const Random& random) {
  std::vector<Index> order = in_order(count);
  for (Index i = count - 1; i > 0; --i) {
    const auto other = static_cast<Index>(random.uniform(i) * static_cast<double>(i + 1));
    std::swap(order[static_cast<std::size_t>(i)], order[static_cast<std::size_t>(other)]);
  }
  return order;
}

/// The order of a pass over so many samples or batches.
inline std::vector<Index> order_of_pass(Index count, bool shuffle, Seed seed, Index pass) {
  if (!shuffle) return in_order(count);
  return permutation(count, Random(seed, Purpose::shuffle, 0, static_cast<std::uint32_t>(pass)));
}

}  // namespace latent
