// Training steps of a model from Keras's initial weights, ten as a rule.
#pragma once

#include <latent/latent.hpp>

#include "keras/reference.hpp"

namespace keras {

/// `steps`: by how much of itself each step of Keras may be off, where its optimiser rounds a constant to float32. Then
/// a loss may be off by as much of what the steps before changed it by, which is less than the loss.
struct Allowed {
  double prediction, loss, gradient, final_weights, steps = 0, cancelling = 0;
};

/// Where the reference is not exact, or float not enough.
struct Rounding {
  bool relu_loss = false;  ///< a loss has an edge where its outputs lie (see Keras's README)
  bool layers = false;     ///< there is a layer that Keras computes in float32 in any case
  double steps = 0;        ///< as in Allowed
  /// Of the largest gradient: by that a smaller one is measured, in a model that nobody has looked at, for it may be a
  /// sum in which larger terms cancel.
  double cancelling = 0;

  Allowed in_float() const { return {1e-6, relu_loss ? 2e-4 : 1e-5, relu_loss ? 5e-3 : 1e-5, 2e-2, steps, cancelling}; }
  Allowed in_double() const { return layers ? in_float() : Allowed{1e-12, 1e-10, 1e-11, 1e-9, steps, cancelling}; }
};

/// Of "clean", "noisy" and "labels", what the model gets and what it should give.
struct Data {
  std::string input, target = "clean";
};

/// The largest entry of all gradients of a reference.
template <class Model>
double largest_gradient(const Group& group, const Model& model) {
  double found = 0;
  for (const auto& parameter : model.parameters())
    if (parameter.trainable) found = std::max(found, largest(group.tensor("gradient/" + parameter.name)));
  return found;
}

/// The gradient of a bias in front of a normalisation, which takes it off again, is nothing but rounding. Adam makes
/// whole steps of it, so that there is no telling where it goes.
template <class Model>
bool undetermined(const Group& group, const Model& model, const std::string& parameter) {
  const double gradient = largest(group.tensor("gradient/" + parameter));
  return gradient > 0 && gradient < 1e-12 * largest_gradient(group, model);
}

/// What is left out where final weights are compared: those biases, and the first moving mean after each that has as
/// many numbers, which follows the bias.
template <class Model>
std::vector<std::string> undetermined(const Group& group, const Model& model) {
  std::vector<std::string> names;
  const auto& parameters = model.parameters();
  for (auto bias = parameters.begin(); bias != parameters.end(); ++bias) {
    if (!bias->trainable || !undetermined(group, model, bias->name)) continue;
    names.push_back(bias->name);
    const auto mean = std::find_if(bias, parameters.end(), [&](const auto& other) {
      return other.name.ends_with("/moving_mean") && other.size() == bias->size();
    });
    if (mean != parameters.end()) names.push_back(mean->name);
  }
  return names;
}

/// One step of plain descent with a rate of 2^20, which rounds nothing, shows the gradient of the trainer itself, all
/// lanes added up. One that is nothing but rounding has to be as small beside the others.
inline constexpr double rate_of_descent = 1048576;
template <class Model>
void compare_gradient(const Group& group, const Model& initial, const Model& moved, const Allowed& allowed) {
  for (std::size_t t = 0; t < initial.parameters().size(); ++t) {
    const auto before = initial.parameters()[t], after = moved.parameters()[t];
    if (!before.trainable) continue;
    std::vector<typename Model::Scalar> gradient;
    for (Index i = 0; i < before.size(); ++i)
      gradient.push_back(static_cast<typename Model::Scalar>(
          (static_cast<double>(before.data[i]) - static_cast<double>(after.data[i])) / rate_of_descent));
    compare(group.name() + ", gradient of " + before.name, group.tensor("gradient/" + before.name), gradient.data(),
            allowed.gradient,
            (undetermined(group, initial, before.name) ? 1 : allowed.cancelling) * largest_gradient(group, initial));
  }
}

/// The length of the way between two models' weights.
template <class Model>
double way_between(const Model& a, const Model& b) {
  double sum = 0;
  const auto of_a = a.parameters(), of_b = b.parameters();
  for (std::size_t t = 0; t < of_a.size(); ++t)
    for (Index i = 0; i < of_a[t].size(); ++i)
      sum += std::pow(static_cast<double>(of_a[t].data[i]) - static_cast<double>(of_b[t].data[i]), 2);
  return std::sqrt(sum);
}

/// `all_steps`: how long the steps are that led to the weights, one after the other.
template <class Model>
void compare_final_weights(const Group& group, const Model& model, const Allowed& allowed, double all_steps) {
  double error = 0, way = 0;
  const std::vector<std::string> left_out = undetermined(group, model);
  for (const auto& parameter : model.parameters()) {
    if (std::find(left_out.begin(), left_out.end(), parameter.name) != left_out.end()) continue;
    if (!parameter.trainable && !group.has("final/" + parameter.name)) continue;
    const auto start = group.tensor("initial/" + parameter.name), end = group.tensor("final/" + parameter.name);
    for (std::size_t i = 0; i < end.size(); ++i) {
      error += std::pow(static_cast<double>(parameter.data[i]) - end[i], 2);
      way += std::pow(end[i] - start[i], 2);
    }
  }
  const double limit = allowed.final_weights + allowed.steps * all_steps / std::sqrt(way);
  CHECK_MESSAGE(std::sqrt(error / way) <= limit, group.name(), ", final weights [", sizeof(typename Model::Scalar) * 8,
                " bit]: off by ", std::sqrt(error / way), " of the way, allowed ", limit);
}

/// Of the largest number, or of 1.
template <class Scalar>
void compare_prediction(const std::string& what, const std::vector<double>& expected, const Scalar* got,
                        double allowed) {
  const double scale = std::max(largest(expected), 1.0);
  for (std::size_t i = 0; i < expected.size(); ++i)
    if (!(std::abs(static_cast<double>(got[i]) - expected[i]) <= allowed * scale)) {
      FAIL_CHECK(what, " [", sizeof(Scalar) * 8, " bit], index ", i, ": expected ", expected[i], ", got ", got[i]);
      break;
    }
}

template <class Model, class Loss, class Optimizer>
void run_model_as(const std::string& name, const Optimizer& optimizer, const Loss& loss, const Data& data,
                  const Allowed& allowed) {
  using Trainer = latent::Trainer<Model, Optimizer, Loss>;
  const Group group("models/" + name);
  const auto inputs = training_images(data.input), targets = training_images(data.target);
  const auto losses = group.tensor("losses");
  const Index steps = static_cast<Index>(losses.size());
  const Index batch_size = static_cast<Index>(inputs.size()) / Model::input_shape::size / steps;
  const auto x = [&](Index first, Index count) {
    return rows<typename Model::InputTensor>(inputs, Model::input_shape::dimensions, first, count);
  };
  const auto y = [&](Index first, Index count) {
    return rows<typename Trainer::Y>(targets, Trainer::Scoring::target_shape::dimensions, first, count);
  };
  Model initial;
  for (auto& parameter : initial.parameters()) {
    if (!parameter.trainable && !group.has("initial/" + parameter.name)) continue;  // the folder has no state of layers
    set(parameter, group.tensor("initial/" + parameter.name));
  }

  const auto expected = group.tensor("prediction");
  const auto prediction = initial.predict(x(0, static_cast<Index>(expected.size()) / Model::output_shape::size));
  compare_prediction(name + ", prediction", expected, prediction.data(), allowed.prediction);

  Model moved = initial;
  compile(moved, latent::SGD{.learning_rate = rate_of_descent}, loss)
      .train_on_batch(x(0, batch_size), y(0, batch_size));
  compare_gradient(group, initial, moved, allowed);

  Model model = initial;
  Trainer trainer(model, optimizer, loss);
  double all_steps = 0;
  for (Index step = 0; step < steps; ++step) {
    const Model before = model;
    const double value = trainer.train_on_batch(x(batch_size * step, batch_size), y(batch_size * step, batch_size));
    compare(name + ", loss of step " + std::to_string(step + 1), {losses[static_cast<std::size_t>(step)]}, &value,
            allowed.loss + allowed.steps);
    all_steps += way_between(before, model);
  }
  compare_final_weights(group, model, allowed, all_steps);
}

/// In double and in float.
template <class Model, class Loss, class Optimizer>
void run_model(const std::string& name, const Optimizer& optimizer, const Loss& loss, const Data& data,
               const Rounding& rounding = {}) {
  const Group group("models/" + name);
  if (!group.has("losses") || training_images(data.input).empty()) {
    MESSAGE("models/", name, " is only in the full references: skipped");
    return;
  }
  run_model_as<typename Model::template in<double>>(name, optimizer, loss, data, rounding.in_double());
  run_model_as<Model>(name, optimizer, loss, data, rounding.in_float());
  group.ran(name);
}

/// The summary, byte for byte, as Keras prints it in 80 columns and where there is room. `frozen`: the layers that are
/// not trained.
template <class Model>
void check_summary(const std::string& file, const std::string& model_name, bool show_input,
                   const std::vector<std::string>& frozen = {}) {
  Model model({}, model_name);
  for (const std::string& layer : frozen) model.set_trainable(layer, false);
  const std::string narrow = text_file("models/" + file + ".summary80.txt"),
                    wide = text_file("models/" + file + ".summary.txt");
  if (narrow.empty()) return;
  CHECK(model.summary({.columns = 80, .show_input = show_input}) == narrow);
  CHECK(model.summary({.columns = 200, .show_input = show_input}) == wide);
}

}  // namespace keras
