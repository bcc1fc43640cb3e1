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
  output_added,
  output_unwritten,
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
        for (Index i = 0; i < size; ++i) {
          if (mistake == Mistake::output_unwritten && i == size - 1) continue;
          Scalar& to = y.sample(n)[i];
          to = (mistake == Mistake::output_added ? to : 0) + (n < x.samples ? p[0][i] * x.sample(n)[i] : 0);
        }
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
  const std::string unwritten = "the loss is nan: by x, or because the forward pass reads what it has not written";
  CHECK(report_for<Mistake::output_added>().problem == unwritten);
  CHECK(report_for<Mistake::output_unwritten>().problem == unwritten);
  CHECK_FALSE(report_for<Mistake::output_added>().passed);
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

TEST_CASE("comparing gradients: relative to the largest of a tensor, up to the tolerance") {
  const std::vector<Index> shape{2, 2};
  const std::vector<double> differences{1, -4, 2, 0};
  const auto compared = [&](std::vector<double> backward, double tolerance) {
    GradientReport report;
    engine::compare_gradients(report, "k", shape, backward, differences, tolerance);
    return report;
  };
  const auto exact = compared({1, -4, 2, 0}, 0);
  CHECK((exact && exact.worst == 0 && exact.worst_at == "" && exact.problem == "" && exact.checked == 4));
  const auto within = compared({1.5, -5, 2, 0}, 0.25);  // 0.5 / 4, 1 / 4
  CHECK((within && within.worst == 0.25 && within.problem == ""));
  CHECK(within.worst_at == "k(0, 1): backward -5, differences -4");
  const auto beyond = compared({1.5, -5, 2, -2}, 0.25);
  CHECK((!beyond && beyond.worst == 0.5));
  CHECK(beyond.problem == "the error is more than 0.25 at k(1, 1): backward -2, differences 0");
  CHECK(compared({2, -4, 2, 0}, 0).worst_at == "k(0, 0): backward 2, differences 1");
  const auto none = compared({1, std::nan(""), 2, 0}, 1e300);
  CHECK((!none && none.worst == HUGE_VAL));
  std::ostringstream out;
  out << beyond;
  CHECK(
      out.str() ==
      "check_gradients: 4 derivatives, worst relative error 0.5 at k(1, 1): backward -2, differences 0\n  FAILED: the "
      "error is more than 0.25 at k(1, 1): backward -2, differences 0");
  CHECK(engine::coordinates("dense/kernel", {2, 3, 4}, 17) == "dense/kernel(1, 1, 1)");

  GradientReport report;
  engine::compare_gradients(report, "b", {1}, {1}, {0}, 1);
  CHECK((!report && report.checked == 1));
  CHECK(report.problem == "all derivatives with respect to b are 0: nothing was checked; use other values");
}

TEST_CASE("what the model adds to the loss is differentiated, too: penalties, and losses of layers") {
  using Penalised = Model<double, Input<3>, Dense<2, KernelRegularizer<L2<0.5>>, ActivityRegularizer<L1<0.25>>>>;
  Penalised model(Seed{3});
  const auto report = check_gradients(model, random_batch<Penalised>(4));
  CHECK_MESSAGE(report.passed, report);
}

TEST_CASE("every Input and every parameter is checked, under its name; frozen ones are not") {
  Model<double, Named<"a", Input<2>>, Named<"b", Input<3>>, From<"a">, Named<"left", Dense<3>>, Add<"b">,
        Scale<Mistake::none>>
      model(Seed{3});
  Tensor<2, double> a(4, 2), b(4, 3);
  for (Index i = 0; i < 8; ++i) a.data()[i] = 1 + 0.1 * static_cast<double>(i);
  for (Index i = 0; i < 12; ++i) b.data()[i] = 1 - 0.1 * static_cast<double>(i);
  const auto report = check_gradients(model, {a, b});
  CHECK_MESSAGE(report.passed, report);
  CHECK(report.checked == 4 * 2 + 4 * 3 + 2 * 3 + 3 + 3);
  model.set_trainable("left", false);
  CHECK(check_gradients(model, {a, b}).checked == 4 * 2 + 4 * 3 + 3);
  model.set_trainable("left", true);
  std::fill_n(model.parameters()[2].data, 3, 0.0);  // nothing of what is before gets through
  CHECK(check_gradients(model, {a, b}).problem.rfind("all derivatives with respect to left/bias are 0", 0) == 0);
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

namespace {
/// Right of outputs, with a mistake to order of logits.
template <LossMistake mistake>
struct OnLogits : HalfSquare<LossMistake::none> {
  template <class Scalar>
  double on_logits(const Scalar* z, const Scalar* t, Scalar* dz, Index count, Index channels, Scalar scale) const {
    return HalfSquare<mistake>{}(z, t, dz, count, channels, scale);
  }
};
}  // namespace
TEST_CASE("a loss that absorbs an activation is checked a second time, on logits") {
  const auto y = batch(-1, 1, Seed{1}), t = batch(-1, 1, Seed{2});
  const GradientReport report = check_gradients(OnLogits<LossMistake::none>{}, y, t);
  CHECK((report && report.checked == 24));
  const GradientReport wrong = check_gradients(OnLogits<LossMistake::factor_of_two>{}, y, t);
  CHECK((!wrong && wrong.checked == 24 && wrong.worst_at.rfind("logits(", 0) == 0));
}

TEST_CASE("of a loss: outputs and targets that do not belong together are refused") {
  const auto y = batch(-1, 1, Seed{1});
  CHECK_THROWS_WITH_AS(check_gradients(MeanSquaredError{}, y, Tensor<2, double>(2, 4)),
                       "check_gradients: 3 outputs but 2 targets", std::invalid_argument);
  CHECK_THROWS_WITH_AS(check_gradients(MeanSquaredError{}, y, Tensor<2, double>(y.dimension(0), y.dimension(1) - 1)),
                       "check_gradients: axis 1 of the outputs and of the targets differ", std::invalid_argument);
  CHECK_THROWS_WITH_AS(check_gradients(MeanSquaredError{}, y, Tensor<1, double>(y.dimension(0))),
                       "check_gradients: axis 1 of the outputs and of the targets differ", std::invalid_argument);
  CHECK_THROWS_WITH_AS(check_gradients(MeanSquaredError{}, Tensor<2, double>(0, 4), Tensor<2, double>(0, 4)),
                       "check_gradients: expected at least 1 sample, received outputs of 0", std::invalid_argument);
  CHECK_THROWS_WITH_AS(check_gradients(MeanSquaredError{}, Tensor<2, double>(2, 0), Tensor<2, double>(2, 0)),
                       "check_gradients: expected at least 1 sample, received outputs of 2", std::invalid_argument);
  CHECK(check_gradients(MeanSquaredError{}, batch(-1, 0, Seed{1}), batch(0, 1, Seed{2})));
}
