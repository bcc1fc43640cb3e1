#include <locale>
#include <sstream>

#include "random_batch.hpp"

using namespace latent;

namespace {

// A layer y_i = scale_i * x_i with a mistake to order.
enum class Mistake {
  none,
  scaled,
  shifted,
  missing,
  assigned,
  input_added,
  input_unwritten,
  sample_more,
  input_sample_more
};

template <Mistake mistake>
struct Scale {
  static constexpr const char* class_name = "Scale";
  static constexpr const char* default_name = "scale";
  template <class S>
  using complaint = void;

  template <class InputShape, class Scalar>
  struct On : LayerDefaults {
    using output_shape = InputShape;
    static constexpr Index size = InputShape::size;
    static constexpr std::array parameters{ParameterSpec{"scale", {size}, 1, Initializer::glorot_uniform}};

    static void forward(const auto& p, auto x, auto y, auto) {
      for (Index n = 0; n < x.samples + (mistake == Mistake::sample_more); ++n)
        for (Index i = 0; i < size; ++i) y.sample(n)[i] = n < x.samples ? p[0][i] * x.sample(n)[i] : 0;
    }
    static void weight_gradient(const auto& dp, auto x, auto dz) {
      if (mistake == Mistake::missing) return;
      for (Index n = 0; n < x.samples; ++n)
        for (Index i = 0; i < size; ++i) {
          const Scalar gradient = x.sample(n)[i] * dz.sample(n)[i] * (mistake == Mistake::scaled ? 1.001 : 1.0);
          Scalar& to = dp[0][mistake == Mistake::shifted ? (i + 1) % size : i];
          to = mistake == Mistake::assigned ? gradient : to + gradient;
        }
    }
    static void input_gradient(const auto& p, auto x, auto, auto dz, auto dx, auto) {
      for (Index n = 0; n < x.samples + (mistake == Mistake::input_sample_more); ++n)
        for (Index i = 0; i < size; ++i) {
          if (n == x.samples) dx.sample(n)[i] = 0;
          if (n == x.samples || (mistake == Mistake::input_unwritten && i == size - 1)) continue;
          Scalar& to = dx.sample(n)[i];
          to = (mistake == Mistake::input_added ? to : 0) + p[0][i] * dz.sample(n)[i];
        }
    }
  };
};

template <Mistake mistake>
GradientReport report_for() {
  Model<double, Input<5>, Scale<mistake>> model(Seed{3});
  return check_gradients(model, random_batch<Model<double, Input<5>, Scale<mistake>>>(3));
}

// Half of the squared error, with a mistake to order.
enum class LossMistake { none, factor_of_two, added, last_unwritten, scale_forgotten, shifted, value_of_its_own };

template <LossMistake mistake>
struct HalfSquare {
  static constexpr const char* name = "half_square";

  template <class Scalar>
  double operator()(const Scalar* y, const Scalar* t, Scalar* dy, Index count, Index, Scalar scale) const {
    double sum = 0;
    for (Index i = 0; i < count; ++i) {
      const Scalar error = y[i] - t[i];
      sum += error * error / 2;
      if (!dy || (mistake == LossMistake::last_unwritten && i == count - 1)) continue;
      const Scalar factor = mistake == LossMistake::scale_forgotten ? 1
                            : mistake == LossMistake::factor_of_two ? 2 * scale
                                                                    : scale;
      Scalar& to = dy[mistake == LossMistake::shifted ? (i + 1) % count : i];
      to = mistake == LossMistake::added ? to + factor * error : factor * error;
    }
    return mistake == LossMistake::value_of_its_own && dy ? 2 * sum : sum;
  }
};

Tensor<2, double> batch(double low, double high, Seed seed) {
  Tensor<2, double> values(3, 4);
  const Random random(seed, Purpose::test);
  for (Index i = 0; i < values.size(); ++i) values.data()[i] = low + (high - low) * random.uniform(i);
  return values;
}

}  // namespace

TEST_CASE("the check passes what is right and finds every kind of mistake") {
  CHECK(report_for<Mistake::none>().passed);
  CHECK(report_for<Mistake::none>().checked == 5 + 3 * 5);  // the scales, and the inputs of 3 samples
  CHECK_FALSE(report_for<Mistake::scaled>().passed);
  CHECK_FALSE(report_for<Mistake::shifted>().passed);
  CHECK_FALSE(report_for<Mistake::missing>().passed);
  CHECK_FALSE(report_for<Mistake::assigned>().passed);
  CHECK_FALSE(report_for<Mistake::input_added>().passed);
  CHECK_FALSE(report_for<Mistake::input_unwritten>().passed);
  CHECK(report_for<Mistake::scaled>().problem.find("scale/scale(") != std::string::npos);
  CHECK_THROWS_WITH_AS(
      report_for<Mistake::sample_more>(),
      "a layer has written beyond the 3 samples of its call, into the values of layer 0 or their gradients",
      std::logic_error);
  CHECK_THROWS_WITH_AS(
      report_for<Mistake::input_sample_more>(),
      "a layer has written beyond the 3 samples of its call, into the values of Input 0 or their gradients",
      std::logic_error);
}

TEST_CASE("a check in which everything is 0 is refused") {
  Model<double, Input<4>, Dense<3>> model(Seed{1});
  for (auto& parameter : model.parameters()) std::fill_n(parameter.data, parameter.size(), 0.0);
  Tensor<2, double> x(2, 4);
  x.setZero();
  const auto report = check_gradients(model, x);
  CHECK_FALSE(report.passed);
  CHECK(report.problem.find("nothing was checked") != std::string::npos);
}

TEST_CASE("a report is printed with the same numbers under every locale") {
  struct Grouped : std::numpunct<char> {
    char do_decimal_point() const override { return ','; }
    char do_thousands_sep() const override { return '.'; }
    std::string do_grouping() const override { return "\3"; }
  };
  GradientReport report;
  report.checked = 1234567, report.worst = 0.5, report.worst_at = "x(1)";
  std::ostringstream out;
  out.imbue(std::locale(out.getloc(), new Grouped));
  out << report;
  CHECK(out.str() == "check_gradients: 1234567 derivatives, worst relative error 0.5 at x(1)");
}

TEST_CASE("a loss with a right gradient passes, and each mistake is found") {
  const auto y = batch(-1, 1, Seed{1}), t = batch(-1, 1, Seed{2});
  CHECK(check_gradients(HalfSquare<LossMistake::none>{}, y, t));
  CHECK(check_gradients(HalfSquare<LossMistake::none>{}, y, t).checked == 12);
  const auto problem = [&](const auto& loss) {
    const GradientReport report = check_gradients(loss, y, t);
    CHECK_FALSE(report);
    return report.problem;
  };
  CHECK(problem(HalfSquare<LossMistake::factor_of_two>{}).find("at y(") != std::string::npos);
  CHECK(problem(HalfSquare<LossMistake::scale_forgotten>{}).find("at y(") != std::string::npos);
  CHECK(problem(HalfSquare<LossMistake::shifted>{}).find("at y(") != std::string::npos);
  CHECK(problem(HalfSquare<LossMistake::added>{}).find("backward nan") != std::string::npos);
  CHECK(problem(HalfSquare<LossMistake::value_of_its_own>{}).find("without the gradient") != std::string::npos);
  CHECK(problem(HalfSquare<LossMistake::last_unwritten>{}).find("backward nan") != std::string::npos);
}

TEST_CASE("of a loss: outputs and targets that do not belong together are refused") {
  const auto y = batch(-1, 1, Seed{1});
  CHECK_THROWS_WITH_AS(check_gradients(MeanSquaredError{}, y, Tensor<2, double>(2, 4)),
                       "check_gradients: 3 outputs but 2 targets", std::invalid_argument);
  CHECK_THROWS_AS(check_gradients(MeanSquaredError{}, Tensor<2, double>(0, 4), Tensor<2, double>(0, 4)),
                  std::invalid_argument);
}
