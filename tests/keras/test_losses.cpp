#include <latent/latent.hpp>

#include "keras/reference.hpp"

using namespace latent;

namespace {

template <class Scalar>
std::vector<Scalar> load(const keras::Group& group, const std::string& name) {
  const auto values = group.tensor(name);
  return {values.begin(), values.end()};
}

/// A loss on predictions: its value and its gradient.
template <class Scalar, class Loss>
void from_predictions(const keras::Group& group, const std::string& name, const Loss& loss, double value_tolerance) {
  const auto y = load<Scalar>(group, name + "/prediction"), t = load<Scalar>(group, name + "/target");
  const Index count = static_cast<Index>(y.size());
  std::vector<Scalar> dy(y.size(), std::numeric_limits<Scalar>::quiet_NaN());
  const double value =
      loss(y.data(), t.data(), dy.data(), count, Scalar(1) / static_cast<Scalar>(count)) / static_cast<double>(count);
  keras::compare(name + "/value", group.tensor(name + "/value"), &value, value_tolerance);
  keras::compare(name + "/dprediction", group.tensor(name + "/dprediction"), dy.data(), keras::tolerance<Scalar>(1e-12, 1e-5));
  CHECK(loss(y.data(), t.data(), static_cast<Scalar*>(nullptr), count, Scalar(0)) / static_cast<double>(count) == value);
}

/// Values and gradients with respect to what comes before the activation, by the trainer's rules: a network that is
/// nothing but the activation.
template <class Scalar, class A, class Loss>
void behind_activation(const keras::Group& group, const std::string& name, const Loss& loss, double value_tolerance) {
  const auto z = load<Scalar>(group, name + "/x"), t = load<Scalar>(group, name + "/target");
  const Index count = static_cast<Index>(z.size());
  const Scalar scale = Scalar(1) / static_cast<Scalar>(count);
  std::vector<Scalar> dz(z.size(), std::numeric_limits<Scalar>::quiet_NaN());
  double value;
  if constexpr (std::is_same_v<typename Loss::absorbs, A>) {
    value = loss.from_logits(z.data(), t.data(), dz.data(), count, scale);
  } else {
    std::vector<Scalar> y = z;
    for (Scalar& v : y) v = A::value(v);
    value = loss(y.data(), t.data(), dz.data(), count, scale);
    for (std::size_t i = 0; i < y.size(); ++i) dz[i] *= A::derivative(y[i]);
  }
  value /= static_cast<double>(count);
  keras::compare(name + "/value", group.tensor(name + "/value"), &value, value_tolerance);
  keras::compare(name + "/dx", group.tensor(name + "/dx"), dz.data(), keras::tolerance<Scalar>(1e-12, 1e-5));
}

template <class Scalar>
void binary_crossentropy(keras::Group& group) {
  for (const std::string& name : group.cases()) {
    // In float the clip bound 1 - 1e-7 is 0.99999988, and the loss of a sure mistake 15.94 instead of 16.12.
    const bool clipped = name.rfind("edges", 0) == 0 || name.rfind("relu_then", 0) == 0;
    const double allowed = keras::tolerance<Scalar>(1e-12, clipped ? 1.2e-2 : 1e-5);
    if (name.rfind("sigmoid_then", 0) == 0) {
      behind_activation<Scalar, Sigmoid>(group, name, BinaryCrossentropy{}, allowed);
    } else if (name.rfind("relu_then", 0) == 0) {
      behind_activation<Scalar, ReLU>(group, name, BinaryCrossentropy{}, allowed);
    } else if (name.rfind("from_logits", 0) == 0) {
      const auto z = load<Scalar>(group, name + "/prediction"), t = load<Scalar>(group, name + "/target");
      const Index count = static_cast<Index>(z.size());
      std::vector<Scalar> dz(z.size());
      const double value =
          BinaryCrossentropy{}.from_logits(z.data(), t.data(), dz.data(), count, Scalar(1) / static_cast<Scalar>(count)) /
          static_cast<double>(count);
      keras::compare(name + "/value", group.tensor(name + "/value"), &value, allowed);
      keras::compare(name + "/dprediction", group.tensor(name + "/dprediction"), dz.data(),
                     keras::tolerance<Scalar>(1e-12, 1e-5));
    } else {
      from_predictions<Scalar>(group, name, BinaryCrossentropy{.label_smoothing = name == "label_smoothing" ? 0.25 : 0}, allowed);
    }
    group.ran(name);
  }
}

template <class Scalar>
void optimizers(keras::Group& group) {
  const auto run = [&](const std::string& name, const auto& optimizer) {
    if (!group.has(name + "/initial")) return;
    using Optimizer = std::decay_t<decltype(optimizer)>;
    auto v = load<Scalar>(group, name + "/initial");
    const auto gradients = load<Scalar>(group, name + "/gradients");
    const auto after = group.tensor(name + "/after");
    const Index size = static_cast<Index>(v.size());
    std::vector<Scalar> state(v.size() * Optimizer::slots);
    const auto slots = [&]<std::size_t... s>(std::index_sequence<s...>) {
      return std::array<Slice<Scalar>, sizeof...(s)>{Slice<Scalar>(state.data() + s * v.size(), size)...};
    }(std::make_index_sequence<Optimizer::slots>{});
    for (std::size_t step = 0; step < after.size() / v.size(); ++step) {
      optimizer.template update<Scalar>(static_cast<Index>(step + 1), Slice<Scalar>(v.data(), size),
                                        Slice<const Scalar>(gradients.data() + step * v.size(), size), slots);
      const auto from = after.begin() + static_cast<std::ptrdiff_t>(step * v.size());
      keras::compare(name + ", step " + std::to_string(step + 1), {from, from + size}, v.data(),
                     keras::tolerance<Scalar>(1e-12, 1e-5));
    }
    group.ran(name);
  };
  run("sgd", SGD{});
  run("sgd_momentum", SGD{.momentum = 0.9});
  run("sgd_nesterov", SGD{.momentum = 0.9, .nesterov = true});
  run("adam", Adam{});
}

}  // namespace

TEST_CASE("binary cross-entropy as in Keras") {
  keras::Group group("losses/binary_crossentropy");
  binary_crossentropy<double>(group);
  binary_crossentropy<float>(group);
  group.check_coverage({});
}

TEST_CASE("mean squared error as in Keras") {
  keras::Group group("losses/mean_squared_error");
  for (const std::string& name : group.cases()) {
    from_predictions<double>(group, name, MeanSquaredError{}, 1e-12);
    from_predictions<float>(group, name, MeanSquaredError{}, 1e-5);
    group.ran(name);
  }
  group.check_coverage({});
}

TEST_CASE("SGD and Adam as in Keras, step by step") {
  keras::Group group("optimizers/optimizers");
  optimizers<double>(group);
  optimizers<float>(group);
  group.check_coverage({"adam_amsgrad", "adamw", "adamw_weight_decay_0.1", "rmsprop", "rmsprop_momentum",
                        "rmsprop_momentum_centered", "adagrad", "adadelta", "adadelta_1.0", "nadam", "adamax", "lion",
                        "sgd_exponential_decay", "sgd_clipnorm", "sgd_global_clipnorm", "sgd_clipvalue"});
}
