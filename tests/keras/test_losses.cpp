#include <latent/latent.hpp>

#include "keras/reference.hpp"

using namespace latent;

namespace {

/// What the trainer wants to know of a network: what its outputs are.
template <class Scalar_, class S, class Activation>
struct Outputs {
  using Scalar = Scalar_;
  using output_shape = S;
  using last_activation = Activation;
};

template <class Scalar>
std::vector<Scalar> load(const keras::Group& group, const std::string& name) {
  const auto values = group.tensor(name);
  return {values.begin(), values.end()};
}

/// A loss by the trainer's rules on a network that ends in Activation: value and gradient with respect to what comes
/// before the activation, `x`, or, if the case has none, with respect to the predictions.
template <class Scalar, class S, class Activation, class Loss>
void run_on(const keras::Group& group, const std::string& name, const Loss& loss, double value_tolerance) {
  using Scoring = latent::Scoring<Outputs<Scalar, S, Activation>, Loss>;
  const bool has_x = group.has(name + "/x");
  auto y = load<Scalar>(group, name + (has_x ? "/x" : "/prediction"));
  const auto t = load<Scalar>(group, name + "/target");
  const Index samples = static_cast<Index>(y.size()) / S::size;
  REQUIRE(static_cast<Index>(t.size()) == samples * Scoring::target_shape::size);
  apply_activation<typename Scoring::Last>(View<Scalar, Layout<S>>(y.data(), samples));

  const Scoring scoring(loss);
  std::vector<Scalar> dy(y.size(), std::numeric_limits<Scalar>::quiet_NaN());
  const auto scale = static_cast<Scalar>(1 / Scoring::terms(samples));
  double sum = 0, without_gradient = 0;
  for (Index n = 0; n < samples; ++n) {
    const Scalar* target = t.data() + n * Scoring::target_shape::size;
    sum += scoring.loss(y.data() + n * S::size, target, dy.data() + n * S::size, scale);
    without_gradient += scoring.loss(y.data() + n * S::size, target, nullptr, scale);
  }
  CHECK(sum == without_gradient);
  undo_activation<typename Scoring::Last>(View<const Scalar, Layout<S>>(y.data(), samples),
                                          View<Scalar, Layout<S>>(dy.data(), samples));
  const double value = sum / Scoring::terms(samples);
  keras::compare(group.name() + ", " + name + "/value", group.tensor(name + "/value"), &value, value_tolerance);
  keras::compare(group.name() + ", " + name + "/gradient", group.tensor(name + (has_x ? "/dx" : "/dprediction")),
                 dy.data(), keras::tolerance<Scalar>(1e-12, 1e-5));
}

template <class Activation, class Loss>
void run(keras::Group& group, const std::string& name, const Loss& loss, double value_in_float = 1e-5) {
  const auto on = [&](auto shape) {
    run_on<double, decltype(shape), Activation>(group, name, loss, 1e-12);
    run_on<float, decltype(shape), Activation>(group, name, loss, value_in_float);
  };
  switch (group.tensor(name + "/prediction").size()) {
    case 3 * 10:
      on(Shape<10>{});
      break;
    case 2 * 4 * 5 * 3:
      on(Shape<4, 5, 3>{});
      break;
    case 2 * 6 * 6:
      on(Shape<6, 6, 1>{});
      break;
    default:
      FAIL("case ", name, " has another shape");
  }
  group.ran(name);
}

bool starts(const std::string& name, const char* with) { return name.rfind(with, 0) == 0; }

template <class Loss>
void run_all(const char* group_name, const Loss& loss) {
  keras::Group group(group_name);
  for (const std::string& name : group.cases()) run<Linear>(group, name, loss);
  group.check_coverage({});
}

template <class Loss>
void run_categorical(const char* group_name) {
  keras::Group group(group_name);
  for (const std::string& name : group.cases())
    if (starts(name, "softmax_then"))
      run<Softmax>(group, name, Loss{});
    else
      run<Linear>(group, name, Loss{.from_logits = starts(name, "from_logits")});
  group.check_coverage({});
}

}  // namespace

TEST_CASE("binary cross-entropy as in Keras") {
  keras::Group group("losses/binary_crossentropy");
  // In float the clip bound 1 - 1e-7 is 0.99999988, and the loss of a sure mistake 15.94 instead of 16.12.
  const double clipped = 1.2e-2;
  for (const std::string& name : group.cases())
    if (starts(name, "sigmoid_then"))
      run<Sigmoid>(group, name, BinaryCrossentropy{});
    else if (starts(name, "relu_then"))
      run<ReLU>(group, name, BinaryCrossentropy{}, clipped);
    else if (starts(name, "edges"))
      run<Linear>(group, name, BinaryCrossentropy{}, clipped);
    else
      run<Linear>(group, name,
                  BinaryCrossentropy{.from_logits = starts(name, "from_logits"),
                                     .label_smoothing = name == "label_smoothing" ? 0.25 : 0});
  group.check_coverage({});
}

TEST_CASE("categorical cross-entropies as in Keras") {
  run_categorical<CategoricalCrossentropy>("losses/categorical_crossentropy");
  run_categorical<SparseCategoricalCrossentropy>("losses/sparse_categorical_crossentropy");
}

TEST_CASE("losses of regression as in Keras") {
  run_all("losses/mean_squared_error", MeanSquaredError{});
  run_all("losses/mean_absolute_error", MeanAbsoluteError{});
  run_all("losses/cosine_similarity", CosineSimilarity{});
  keras::Group group("losses/huber");
  for (const std::string& name : group.cases())
    run<Linear>(group, name, Huber{.delta = name.find("delta_0.5") == std::string::npos ? 1 : 0.5});
  group.check_coverage({});
}
