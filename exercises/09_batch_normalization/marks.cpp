#include YOURS

#include "../support/functions.hpp"
#include "../support/layer_checks.hpp"
#include "../support/main.hpp"
#include "keras.hpp"

using namespace marks;

namespace {

using Numbers = std::vector<double>;
struct Yours {
  void (*statistics)(const double*, Index, Index, double*, double*);
  void (*forward)(const double*, Index, Index, const double*, const double*, const double*, const double*, double,
                  double*);
  void (*update_moving)(double*, const double*, Index, double);
  void (*weight_gradient)(const double*, const double*, Index, Index, const double*, const double*, double, double*,
                          double*);
  void (*input_gradient)(const double*, const double*, Index, Index, const double*, const double*, const double*,
                         double, double*);
};

constexpr double epsilon = 1e-3;

/// A batch, with its statistics and gradients by the formulas of README.md.
struct Case {
  Index rows, channels;
  Numbers x, gamma, beta, dy;
  Numbers mean, variance, y, dgamma, dbeta, dx;
  // Usual mistakes.
  Numbers dx_constants, dx_no_variance, dx_no_mean, dx_sums, dx_sign, dx_no_gamma, dx_no_root, sample_variance, sum,
      deviation;
  Numbers dgamma_of_x, dgamma_no_root;

  Case(Index rows_, Index channels_, Numbers x_, Numbers gamma_, Numbers beta_, Numbers dy_)
      : rows(rows_),
        channels(channels_),
        x(std::move(x_)),
        gamma(std::move(gamma_)),
        beta(std::move(beta_)),
        dy(std::move(dy_)),
        y(x.size()),
        dx(x.size()),
        dx_constants(x.size()),
        dx_no_variance(x.size()),
        dx_no_mean(x.size()),
        dx_sums(x.size()),
        dx_sign(x.size()),
        dx_no_gamma(x.size()),
        dx_no_root(x.size()) {
    const auto n = static_cast<double>(rows);
    for (std::size_t c = 0; c < static_cast<std::size_t>(channels); ++c) {
      const auto all = [&](auto visit) {
        for (std::size_t i = c; i < x.size(); i += static_cast<std::size_t>(channels)) visit(i);
      };
      double m = 0, v = 0, g_sum = 0, gx_sum = 0;
      all([&](std::size_t i) { m += x[i] / n; });
      all([&](std::size_t i) { v += (x[i] - m) * (x[i] - m) / n; });
      const double inverse = 1 / std::sqrt(v + epsilon);
      all([&](std::size_t i) { g_sum += dy[i], gx_sum += dy[i] * (x[i] - m) * inverse; });
      all([&](std::size_t i) {
        const double hat = (x[i] - m) * inverse, factor = gamma[c] * inverse;
        y[i] = gamma[c] * hat + beta[c];
        dx[i] = factor * (dy[i] - g_sum / n - hat * gx_sum / n);
        dx_constants[i] = factor * dy[i];
        dx_no_variance[i] = factor * (dy[i] - g_sum / n);
        dx_no_mean[i] = factor * (dy[i] - hat * gx_sum / n);
        dx_sums[i] = factor * (dy[i] - g_sum - hat * gx_sum);
        dx_sign[i] = factor * (dy[i] - g_sum / n + hat * gx_sum / n);
        dx_no_gamma[i] = dx[i] / gamma[c], dx_no_root[i] = dx[i] / inverse;
      });
      mean.push_back(m), variance.push_back(v), dgamma.push_back(gx_sum), dbeta.push_back(g_sum);
      sample_variance.push_back(v * n / (n - 1)), sum.push_back(m * n), deviation.push_back(std::sqrt(v));
      dgamma_of_x.push_back(gx_sum / inverse + m * g_sum), dgamma_no_root.push_back(gx_sum / inverse);
    }
  }
};

Check statistics(const Yours& yours, const Case& c, const char* against) {
  return {against,
          {{2, c.channels}, joined(c.mean, c.variance), {"mean", "variance"}},
          [=] {
            Numbers mean = unwritten(c.mean.size()), variance = mean;
            yours.statistics(c.x.data(), c.rows, c.channels, mean.data(), variance.data());
            return joined(mean, variance);
          },
          {{"the variance is divided by rows - 1; here it is rows", joined(c.mean, c.sample_variance)},
           {"the mean is not divided by rows", joined(c.sum, c.variance)},
           {"that is the standard deviation: its square is asked for", joined(c.mean, c.deviation)}}};
}

void mark(Sheet& sheet, const Yours& yours) {
  namespace k = keras::batch_normalization_3x7;
  const Case by_hand(4, 1, {1, 3, 5, 7}, {2}, {1}, {1, 0, 0, 2}),
      made_up(12, 3, numbers(36, 1), numbers(3, 2), numbers(3, 3), numbers(36, 4));
  const Case of_keras(3, 7, k::x, k::gamma, k::beta, k::dy);
  sheet.property(
      "statistics", 1,
      {statistics(yours, by_hand, "the example in README.md"), statistics(yours, made_up, "the definition")});

  // Numbers near 100,000,000, with a variance of 1 and of 4: mean(x²) - mean² has lost most digits.
  Numbers far;
  for (const double s : {-1.0, 1.0, -1.0, 1.0}) far.push_back(1e8 + s), far.push_back(-1e8 + 2 * s);
  sheet.property(
      "statistics, far from 0", 1,
      {{"numbers near 100,000,000 with variances of 1 and 4: mean(x²) - mean² has lost them", {{2}, {1, 4}}, [=] {
          Numbers mean = unwritten(2), variance = mean;
          yours.statistics(far.data(), 4, 2, mean.data(), variance.data());
          return variance;
        }}});

  const auto forward = [&](const Case& c, const Numbers& mean, const Numbers& variance, const Numbers& y,
                           const char* against) {
    const auto without = [&](bool gamma, bool beta) {
      Numbers values = y;
      for (std::size_t i = 0; i < y.size(); ++i) {
        const std::size_t channel = i % static_cast<std::size_t>(c.channels);
        values[i] -= c.beta[channel];
        if (gamma) values[i] /= c.gamma[channel];
        if (!beta) values[i] += c.beta[channel];
      }
      return values;
    };
    // gamma (x - mean) / divisor(variance) + beta
    const auto by = [&](auto divisor) {
      Numbers values = y;
      for (std::size_t i = 0; i < y.size(); ++i) {
        const std::size_t channel = i % static_cast<std::size_t>(c.channels);
        values[i] = c.gamma[channel] * (c.x[i] - mean[channel]) / divisor(variance[channel]) + c.beta[channel];
      }
      return values;
    };
    const Numbers no_root = by([](double v) { return v + epsilon; }),
                  no_epsilon = by([](double v) { return std::sqrt(v); }),
                  epsilon_outside = by([](double v) { return std::sqrt(v) + epsilon; });
    const Numbers gamma = c.gamma, beta = c.beta, x = c.x;
    const Index rows = c.rows, channels = c.channels;
    return Check{against,
                 {{rows, channels}, y},
                 [=] {
                   Numbers result = unwritten(x.size());
                   yours.forward(x.data(), rows, channels, gamma.data(), beta.data(), mean.data(), variance.data(),
                                 epsilon, result.data());
                   return result;
                 },
                 {{"gamma and beta are missing", without(true, true)},
                  {"gamma is missing", without(true, false)},
                  {"beta is missing", without(false, true)},
                  {"the root is missing: x is divided by sqrt(variance + epsilon)", no_root},
                  {"epsilon is missing", no_epsilon},
                  {"epsilon is added to the root: it belongs inside", epsilon_outside}}};
  };
  sheet.property("forward", 2,
                 {forward(by_hand, by_hand.mean, by_hand.variance, by_hand.y, "the example in README.md"),
                  forward(of_keras, of_keras.mean, of_keras.variance, k::y, "Keras, in training"),
                  forward(of_keras, k::moving_mean, k::moving_variance, k::y_inference, "Keras, in use")});

  const auto moved = [=](Numbers before, const Numbers& batch) {
    yours.update_moving(before.data(), batch.data(), 7, 0.99);
    return before;
  };
  const auto other_way_round = [](Numbers before, const Numbers& batch) {
    for (std::size_t i = 0; i < before.size(); ++i) before[i] = 0.01 * before[i] + 0.99 * batch[i];
    return before;
  };
  const char* swapped = "momentum and 1 - momentum are exchanged";
  sheet.property("moving averages", 1,
                 {{"Keras, momentum 0.99",
                   {{7}, k::moving_mean_after},
                   [=] { return moved(k::moving_mean, of_keras.mean); },
                   {{swapped, other_way_round(k::moving_mean, of_keras.mean)}}},
                  {"Keras, momentum 0.99",
                   {{7}, k::moving_variance_after},
                   [=] { return moved(k::moving_variance, of_keras.variance); },
                   {{swapped, other_way_round(k::moving_variance, of_keras.variance)}}}});

  const auto weights = [&](const Case& c, const Numbers& dgamma, const Numbers& dbeta, const char* against) {
    Numbers anew = joined(dgamma, dbeta);
    for (double& v : anew) v -= 1;
    return Check{against,
                 {{2, c.channels}, joined(dgamma, dbeta), {"dgamma", "dbeta"}},
                 [=] {
                   Numbers dg(c.gamma.size(), 1.0), db = dg;  // ones, to be added to
                   yours.weight_gradient(c.x.data(), c.dy.data(), c.rows, c.channels, c.mean.data(), c.variance.data(),
                                         epsilon, dg.data(), db.data());
                   Numbers both = joined(dg, db);
                   for (double& v : both) v -= 1;
                   return both;
                 },
                 {{"what was there before is lost: `=` is written where `+=` belongs", anew},
                  {"dy meets x, not x^: the mean is not taken away", joined(c.dgamma_of_x, c.dbeta)},
                  {"the division by s is missing in dgamma", joined(c.dgamma_no_root, c.dbeta)}}};
  };
  sheet.property("gradients of gamma and beta", 2,
                 {weights(by_hand, by_hand.dgamma, by_hand.dbeta, "the example in README.md"),
                  weights(of_keras, k::dgamma, k::dbeta, "Keras")});

  const auto input = [&](const Case& c, const Numbers& dx, const char* against) {
    return Check{against,
                 {{c.rows, c.channels}, dx},
                 [=] {
                   Numbers result = unwritten(c.x.size());
                   yours.input_gradient(c.x.data(), c.dy.data(), c.rows, c.channels, c.gamma.data(), c.mean.data(),
                                        c.variance.data(), epsilon, result.data());
                   return result;
                 },
                 {{"mean and variance are taken for constants: both depend on x", c.dx_constants},
                  {"the share of the variance is missing", c.dx_no_variance},
                  {"the share of the mean is missing", c.dx_no_mean},
                  {"the two sums are not divided by the number of rows", c.dx_sums},
                  {"the sign of the variance's share is wrong", c.dx_sign},
                  {"gamma is missing", c.dx_no_gamma},
                  {"the division by s is missing", c.dx_no_root}}};
  };
  sheet.property("gradient of the input", 3,
                 {input(by_hand, by_hand.dx, "the example in README.md"), input(of_keras, k::dx, "Keras"),
                  input(made_up, made_up.dx, "the formula")});
}

}  // namespace

#define MARKS_OF(yours)                                                                                             \
  [](Sheet& sheet) {                                                                                                \
    mark(sheet,                                                                                                     \
         {yours::statistics, yours::forward, yours::update_moving, yours::weight_gradient, yours::input_gradient}); \
  }
#include "../support/main.inc"
