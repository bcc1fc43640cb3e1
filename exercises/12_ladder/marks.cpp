// flags: -O3 -Wno-maybe-uninitialized -Wno-uninitialized
#include YOURS

#include <chrono>

#include "../support/alone.hpp"
#include "../support/main.hpp"
#include "latent/kernels/conv2d_alone.hpp"
#include "latent/kernels/conv2d_im2col.hpp"

using namespace marks;
using latent::kernels::Convolution;
using latent::kernels::Weights;
constexpr auto same = latent::Padding::same, valid = latent::Padding::valid;

namespace {

constexpr Convolution plain{{6, 3, 1, valid}, {7, 3, 1, valid}, 3, 4};
constexpr Convolution many{{5, 3, 1, same}, {9, 3, 1, same}, 5, 37};  // filters that fill no whole number of registers
constexpr Convolution strided{{7, 5, 2, same}, {6, 2, 3, same}, 4, 8};
constexpr Convolution dilated{{9, 3, 1, same, 2}, {8, 3, 1, same, 2}, 2, 5};
constexpr Convolution timed{{14, 3, 1, same}, {14, 3, 1, same}, 32, 64};

/// An "activation" that is different everywhere.
struct Finish {
  bool identity;
  template <int lanes, class V>
  V operator()(V sum, Index, Index o, Index p, Index f) const {
    if (identity) return sum;
    if constexpr (lanes == 1) {
      return 2 * sum + static_cast<double>(100 * o + 10 * p + f);
    } else {
      V result = 2 * sum;
      for (int lane = 0; lane < lanes; ++lane) result[lane] += static_cast<double>(100 * o + 10 * p + f + lane);
      return result;
    }
  }
};

struct Case {
  std::vector<double> x, kernel, bias;
  bool with_bias, identity;
};

/// naive with a usual mistake.
enum class Mistake { no_sizes, filter_0, channel_0, rows_and_columns };
struct Usual : latent::naive {
  static inline Mistake mistake;
  template <Convolution C, class Scalar, class X, class Y, class Finish>
  static void forward(latent::View<const Scalar, X> x, Weights<Scalar> w, latent::View<Scalar, Y> y, Scalar*,
                      const Finish& finish) {
    const bool turned = mistake == Mistake::rows_and_columns && C.rows.kernel == C.columns.kernel;
    for (Index n = 0; n < x.samples; ++n)
      for (Index o = 0; o < C.rows.output; ++o)
        for (Index p = 0; p < C.columns.output; ++p)
          for (Index f = 0; f < C.filters; ++f) {
            Scalar sum = w.bias ? w.bias[f] : Scalar(0);
            for (Index a = 0; a < C.rows.kernel; ++a)
              for (Index b = 0; b < C.columns.kernel; ++b)
                for (Index c = 0; c < (mistake == Mistake::channel_0 ? 1 : C.channels); ++c) {
                  const bool plain = mistake == Mistake::no_sizes;  // and not beyond the border
                  const Index row = plain ? std::min(o + a, C.rows.input - 1 + C.rows.after) : input_row<C>(o, a),
                              column = plain ? std::min(p + b, C.columns.input - 1 + C.columns.after)
                                             : input_column<C>(p, b),
                              filter = mistake == Mistake::filter_0 ? 0 : f;
                  sum += x.pixel(n, row, column)[c] * w.kernel[weight<C>(turned ? b : a, turned ? a : b, c, filter)];
                }
            y.pixel(n, o, p)[f] = finish.template operator()<1>(sum, n, o, p, f);
          }
  }
};

template <class Rung, Convolution C>
std::vector<double> forward(const Case& c) {
  using Image = latent::Shape<C.rows.input, C.columns.input, C.channels>;
  const Held<Image, Rung::template input_border<C>, 0> x(2, &c.x);
  Held<latent::Shape<C.rows.output, C.columns.output, C.filters>, latent::Border{}, 2> y(2);
  Rung::template forward<C>(x.read(), Weights<double>{c.kernel.data(), c.with_bias ? c.bias.data() : nullptr, nullptr},
                            y.write(), static_cast<double*>(nullptr), Finish{c.identity});
  return y.values("y");
}

struct Yours {
  std::vector<double> (*plain)(const Case&);
  std::vector<double> (*many)(const Case&);
  std::vector<double> (*strided)(const Case&);
  std::vector<double> (*dilated)(const Case&);
  std::vector<double> (*rates)();  // null where nothing is measured
};

bool neighbours_equal(const Array& expected, const std::vector<double>& yours) {
  const auto filters = static_cast<std::size_t>(expected.shape[3]), width = static_cast<std::size_t>(expected.shape[2]);
  for (std::size_t row = 0; row < yours.size(); row += width * filters)
    for (std::size_t f = 0; f < filters; ++f)
      if (!(std::abs(yours[row + f] - yours[row + filters + f]) <= 1e-9)) return false;
  return true;
}
/// Finish adds the place to a number, in whole ones.
bool another_place(const Array& expected, const std::vector<double>& yours) {
  for (std::size_t i = 0; i < yours.size(); ++i) {
    const double apart = yours[i] - expected.values[i];
    if (!(std::abs(apart - std::round(apart)) <= 1e-9)) return false;
  }
  return true;
}
/// NaN is what nobody has written.
bool last_filters_unwritten(const Array& expected, const std::vector<double>& yours) {
  const auto filters = static_cast<std::size_t>(expected.shape[3]);
  std::size_t written = 0;
  while (written < filters && !std::isnan(yours[written])) ++written;
  for (std::size_t i = 0; i < yours.size(); ++i)
    if (std::isnan(yours[i]) != (i % filters >= written)) return false;
  return written > 0 && written < filters;
}

template <Convolution C>
Check check(std::vector<double> (*yours)(const Case&), unsigned seed, bool with_bias, bool identity) {
  const Case c{numbers(2 * C.rows.input * C.columns.input * C.channels, seed), numbers(C.weights(), seed + 1),
               numbers(C.filters, seed + 2), with_bias, identity};
  const auto right = [&](Case other) { return forward<latent::naive, C>(other); };
  const auto mistaken = [&](Mistake mistake) {
    Usual::mistake = mistake;
    return forward<Usual, C>(c);
  };
  Case no_bias = c, no_finish = c;
  no_bias.with_bias = false, no_finish.identity = true;
  return {"naive",
          {{2, C.rows.output, C.columns.output, C.filters}, right(c)},
          [=] { return yours(c); },
          {{"the bias is missing", right(no_bias)},
           {"finish(...) is missing: the activation", right(no_finish)},
           {"stride, dilation and padding are missing: input_row<C>(o, a) and input_column<C>(p, b) know them",
            mistaken(Mistake::no_sizes)},
           {"all filters have the weights of filter 0: is f missing in weight<C>(a, b, c, f)?",
            mistaken(Mistake::filter_0)},
           {"only channel 0 is in the sum", mistaken(Mistake::channel_0)},
           {"the kernel is transposed: a and b are exchanged", mistaken(Mistake::rows_and_columns)},
           {"the last filters are not written: those that fill no whole register", {}, last_filters_unwritten},
           {"all pixels of a tile are the same: does each read its own column of x?", {}, neighbours_equal},
           {"finish is told another place: it wants the n, o, p, f of the number (of a register: of its first)",
            {},
            another_place}}};
}

#ifndef VARIANTS
/// GFLOP/s of a forward pass of the 14 x 14 pixels, one thread: naive, im2col, yours, tiled. In turns, so that a clock that
/// wanders does so for all; the best of the rounds.
template <class Rung>
double seconds(latent::kernels::LoneConv2D<Rung, timed>& convolution, int repetitions) {
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  for (int i = 0; i < repetitions; ++i) convolution.forward(1);
  return std::chrono::duration<double>(Clock::now() - start).count() / repetitions;
}
template <class Rung>
std::vector<double> rates() {
  constexpr Index images = 4;
  latent::kernels::LoneConv2D<latent::naive, timed> naive(images);
  latent::kernels::LoneConv2D<latent::im2col, timed> im2col(images);
  latent::kernels::LoneConv2D<Rung, timed> yours(images);
  latent::kernels::LoneConv2D<latent::tiled, timed> tiled(images);
  latent::Tensor<4> x(images, timed.rows.input, timed.columns.input, timed.channels),
      kernel(3, 3, timed.channels, timed.filters);
  const latent::Random random(latent::Seed{1}, latent::Purpose::test);
  for (Index i = 0; i < x.size(); ++i) x.data()[i] = static_cast<float>(random.normal(i));
  for (Index i = 0; i < kernel.size(); ++i) kernel.data()[i] = static_cast<float>(random.normal(x.size() + i));
  const auto with_data = [&](auto&... all) { (all.set_x(x), ...), (all.set_kernel(kernel), ...); };
  with_data(naive, im2col, yours, tiled);
  std::vector<double> best(4, 1e9);
  for (int round = 0; round < 12; ++round) {
    const double now[] = {round < 3 ? seconds(naive, 1) : 1e9, seconds(im2col, 5), seconds(yours, 5),
                          seconds(tiled, 5)};
    for (std::size_t i = 0; i < 4; ++i) best[i] = std::min(best[i], now[i]);
  }
  const double flops = 2.0 * images * static_cast<double>(timed.pixels() * timed.patch() * timed.filters);
  for (double& b : best) b = flops / b * 1e-9;
  return best;
}
#endif

/// Marks for speed are ratios of one run. They count if the pass is right.
void speed(Sheet& sheet, const Yours& yours) {
  struct Step {
    const char* name;
    std::size_t rung;
    double ratio;
    int marks;
  };
  const Step steps[] = {{"5 times as fast as naive", 0, 5, 2},
                        {"half as fast as im2col", 1, 0.5, 2},
                        {"as fast as im2col", 1, 1, 1},
                        {"half as fast as tiled", 3, 0.5, 1}};
  const bool right = sheet.marks() == 4;
  Outcome measured;
  if (right && yours.rates) measured = run_apart(yours.rates, {.seconds = 60});
  for (const Step& step : steps) {
    Property property{step.name, 0, step.marks, "", ""};
    if (!right) {
      property.message = "right first, then fast";
    } else if (!yours.rates) {
      property.marks = step.marks, property.message = "not measured here";
    } else if (measured.values.size() != 4) {
      property.message = measured.problem.empty() ? "there is no result" : measured.problem;
    } else {
      const double there = measured.values[step.rung], mine = measured.values[2];
      if (mine >= step.ratio * there) property.marks = step.marks;
      property.message =
          latent::text("yours ", latent::with_decimals(mine, 1), " GFLOP/s, ",
                       step.rung == 0   ? "naive "
                       : step.rung == 1 ? "im2col "
                                        : "tiled ",
                       latent::with_decimals(there, 1), ": ", latent::with_decimals(mine / there, 2), " times as fast");
    }
    sheet.add(property);
  }
}

void mark(Sheet& sheet, const Yours& yours) {
  sheet.property("right, valid and same", 1,
                 {check<plain>(yours.plain, 1, true, true), check<many>(yours.many, 2, true, true)});
  sheet.property("right, strides and dilation", 1,
                 {check<strided>(yours.strided, 3, true, true), check<dilated>(yours.dilated, 4, true, true)});
  sheet.property("right, without a bias", 1,
                 {check<plain>(yours.plain, 5, false, true), check<many>(yours.many, 6, false, true)});
  sheet.property("right, with an activation", 1,
                 {check<plain>(yours.plain, 7, true, false), check<many>(yours.many, 8, true, false)});
  speed(sheet, yours);
}

template <class Rung>
Yours all() {
  Yours yours{forward<Rung, plain>, forward<Rung, many>, forward<Rung, strided>, forward<Rung, dilated>, nullptr};
#ifndef VARIANTS
  yours.rates = rates<Rung>;
#endif
  return yours;
}

}  // namespace

#define MARKS_OF(yours) [](Sheet& sheet) { mark(sheet, all<yours::Rung>()); }
#include "../support/main.inc"
