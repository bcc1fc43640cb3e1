// Images in memory that shows who reads or writes beside them.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <latent/latent.hpp>
#include <limits>
#include <memory>
#include <vector>

namespace guarded {

using namespace latent;

inline const double nothing = std::numeric_limits<double>::quiet_NaN();
inline bool is_nan(double value) { return std::isnan(value); }
/// What lies beside numbers that are written: no result, nor the NaN that comes of reading too much. And a NaN of its own for
/// memory that is written and read.
inline constexpr double elsewhere = -987.5;
inline const double nothing_else = std::nan("1");
inline bool same_bits(double a, double b) { return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b); }

/// Memory with `beside` before and behind it. With NaN, who reads there gets NaN; who writes there is found out.
struct Guarded {
  static constexpr Index guard = 64;
  Guarded(Index count, double value, double around = nothing)
      : size(count), beside(around), values(static_cast<std::size_t>(count + 2 * guard), beside) {
    std::fill_n(begin(), size, value);
  }
  double* begin() { return values.data() + guard; }
  bool is_intact() const {
    const auto untouched = [this](double value) { return same_bits(value, beside); };
    return std::all_of(values.begin(), values.begin() + guard, untouched) &&
           std::all_of(values.begin() + guard + size, values.end(), untouched);
  }

  Index size;
  double beside;
  std::vector<double> values;
};

/// Images with as many zeros around them as somebody has asked for, all in memory that is else full of `beside`: NaN for images
/// that are read, `elsewhere` for those that are written.
template <class L, Border zeros = Border{}>
struct Images {
  Images(Index images, double value, double around = nothing)
      : values(aligned_zeros<double>((images + 2) * L::size)), view(values.get() + L::size, images), beside(around) {
    std::fill_n(values.get(), (images + 2) * L::size, beside);
    for (Index n = 0; n < images; ++n)
      for (Index row = -zeros.top; row < L::height + zeros.bottom; ++row)
        std::fill_n(view.pixel(n, row, -zeros.left), (zeros.left + L::width + zeros.right) * L::channels, 0.0);
    for_rows([&](double* row) { std::fill_n(row, row_size, value); });
  }
  explicit Images(const Tensor<4, double>& from) : Images(from.dimension(0), 0) {
    const double* next = from.data();
    for_rows([&](double* row) { std::copy_n(next, row_size, row), next += row_size; });
  }
  Tensor<4, double> tensor() const {
    Tensor<4, double> to(view.samples, L::height, L::width, L::channels);
    double* next = to.data();
    for_rows([&](double* row) { std::copy_n(row, row_size, next), next += row_size; });
    return to;
  }
  /// Takes the images away; around them there is what has been there.
  bool is_intact() {
    for_rows([&](double* row) { std::fill_n(row, row_size, 0.0); });
    const Images untouched(view.samples, 0, beside);
    const double* memory = values.get();
    return std::equal(memory, memory + (view.samples + 2) * L::size, untouched.values.get(), same_bits);
  }
  View<const double, L> read() const { return view; }

  static constexpr Index row_size = L::width * L::channels;
  template <class Visit>
  void for_rows(const Visit& visit) const {
    for (Index n = 0; n < view.samples; ++n)
      for (Index row = 0; row < L::height; ++row) visit(view.pixel(n, row, 0));
  }
  std::shared_ptr<double[]> values;
  View<double, L> view;
  double beside;
};

/// Adds to each sum a number of its own, small and exact: where it is, a rung has to say.
struct Place {
  static double of(Index n, Index row, Index column, Index channel) {
    return static_cast<double>(((n * 16 + row) * 64 + column) * 64 + channel) / 1024;
  }
  template <int Lanes, class V>
  V operator()(V sum, Index n, Index row, Index column, Index channel) const {
    if constexpr (Lanes == 1)
      return sum + of(n, row, column, channel);
    else
      for (int lane = 0; lane < Lanes; ++lane) sum[lane] += of(n, row, column, channel + lane);
    return sum;
  }
};

/// The same for all results, beside a bias.
inline Tensor<4, double> with_places(Tensor<4, double> sums, const std::vector<double>& bias) {
  for (Index n = 0; n < sums.dimension(0); ++n)
    for (Index row = 0; row < sums.dimension(1); ++row)
      for (Index column = 0; column < sums.dimension(2); ++column)
        for (Index c = 0; c < sums.dimension(3); ++c)
          sums(n, row, column, c) += Place::of(n, row, column, c) + (bias.empty() ? 0 : bias[array_size(c)]);
  return sums;
}

}  // namespace guarded
