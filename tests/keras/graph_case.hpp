// Training steps, from Keras's initial weights, of a model that is more than a chain: several inputs and outputs,
// layers that are shared or frozen.
#pragma once

#include "keras/model_case.hpp"
#include "keras/several.hpp"

namespace keras {

struct GraphData {
  std::vector<std::string> inputs, targets;  ///< what training_images() calls them
  std::vector<std::string> outputs = {};     ///< their names, if there are several
  std::vector<std::string> frozen = {};      ///< the layers that are not trained
  /// What is compared in every step: its name in History, and the reference's tensor.
  std::vector<std::pair<std::string, std::string>> scores = {{"loss", "losses"}};
};

/// What a model's data are called, if it has one input and one output.
inline GraphData one_of_each(const std::string& name) { return {.inputs = {name + "_x"}, .targets = {name + "_y"}}; }

/// Adam's. Keras keeps learning rates in float32, in a float64 model too.
inline constexpr double rate = 0.001f;

inline std::vector<std::vector<double>> numbers_of(const std::vector<std::string>& kinds) {
  std::vector<std::vector<double>> numbers;
  for (const std::string& kind : kinds) numbers.push_back(training_images(kind));
  return numbers;
}

/// Whether a tensor metrics/<metric> holds numbers of predictions that are right, or ratios of such.
inline bool counts(const std::string& tensor) {
  for (const char* word : {"ccuracy", "Precision", "Recall", "AUC", "F1Score", "FBetaScore", "Positives", "Negatives"})
    if (tensor.find(word) != std::string::npos) return true;
  return false;
}

template <class Model, class Predictions>
void compare_predictions(const Group& group, const GraphData& data, const Predictions& predictions, double allowed) {
  std::size_t next = 0;
  const auto look = [&](const auto& prediction) {
    const std::string which = data.outputs.empty() ? "prediction" : "prediction/" + data.outputs.at(next);
    compare_prediction(group.name() + ", " + which, group.tensor(which), prediction.data(), allowed);
    ++next;
  };
  std::apply([&](const auto&... prediction) { (look(prediction), ...); }, latent::detail::each(predictions));
}

/// What is frozen is what it was, to the last bit.
template <class Model>
void check_frozen(const Group& group, const GraphData& data, const Model& initial, const Model& model) {
  for (std::size_t t = 0; t < initial.parameters().size(); ++t) {
    const auto before = initial.parameters()[t], after = model.parameters()[t];
    const std::string layer = before.name.substr(0, before.name.find('/'));
    if (std::find(data.frozen.begin(), data.frozen.end(), layer) == data.frozen.end()) continue;
    CHECK_MESSAGE(std::equal(before.data, before.data + before.size(), after.data), group.name(), ", ", before.name,
                  " is frozen, but has changed");
  }
}

template <class Model, class Optimizer, class... Heads>
void run_graph_as(const std::string& name, const Optimizer& optimizer, const GraphData& data, const Allowed& allowed,
                  const Heads&... heads) {
  using network = typename Model::network;
  using Trainer = latent::Trainer<Model, Optimizer, Heads...>;
  using Scored = latent::engine::Scored<network, typename latent::engine::HeadsOf<Heads...>::type>;
  const Group group("models/" + name);
  const auto inputs = numbers_of(data.inputs), targets = numbers_of(data.targets);
  const auto losses = group.tensor("losses");
  const Index steps = static_cast<Index>(losses.size());
  Index input_size = 1;
  for (const Index dimension : network::input_shapes[0]) input_size *= dimension;
  const Index batch_size = static_cast<Index>(inputs.at(0).size()) / input_size / steps;
  const auto x = [&](Index step, Index count) {
    return batches<typename Model::InputTensor>(inputs, network::input_shapes, step * batch_size, count);
  };
  const auto y = [&](Index step) {
    return batches<typename Trainer::Y>(targets, Scored::target_shapes, step * batch_size, batch_size);
  };

  Model initial;
  for (const std::string& layer : data.frozen) initial.set_trainable(layer, false);
  for (auto& parameter : initial.parameters()) set(parameter, group.tensor("initial/" + parameter.name));

  const auto shown = x(0, std::min<Index>(4, batch_size));
  compare_predictions<Model>(group, data, initial.predict(referred(shown)), allowed.prediction);

  const auto first_x = x(0, batch_size);
  const auto first_y = y(0);
  Model moved = initial;
  compile(moved, latent::SGD{.learning_rate = rate_of_descent}, heads...)
      .train_on_batch(referred(first_x), referred(first_y));
  compare_gradient(group, initial, moved, allowed);

  Model model = initial;
  Trainer trainer(model, optimizer, heads...);
  double all_steps = 0;
  for (Index step = 0; step < steps; ++step) {
    const Model before = model;
    const auto batch_x = x(step, batch_size);
    const auto batch_y = y(step);
    const latent::Scores scores = trainer.train_on_batch(referred(batch_x), referred(batch_y));
    for (const auto& [score, tensor] : data.scores) {
      // In float a prediction may lie on the other side of a threshold, and what is counted jumps. In double, where nothing is that
      // close, all of it is compared.
      if (std::is_same_v<typename Model::Scalar, float> && counts(tensor)) continue;
      const auto value = static_cast<typename Model::Scalar>(scores[score]);
      compare(group.name() + ", " + score + " of step " + std::to_string(step + 1),
              {group.tensor(tensor)[static_cast<std::size_t>(step)]}, &value, allowed.loss + allowed.steps);
    }
    all_steps += way_between(before, model);
  }
  compare_final_weights(group, model, allowed, all_steps);
  check_frozen(group, data, initial, model);
}

/// In double and in float. `heads` are what compile() takes: a loss and metrics, or a head<"name">(...) for each
/// output.
template <class Model, class Optimizer, class... Heads>
void run_graph(const std::string& name, const Optimizer& optimizer, const GraphData& data, const Rounding& rounding,
               const Heads&... heads) {
  const Group group("models/" + name);
  run_graph_as<typename Model::template in<double>>(name, optimizer, data, rounding.in_double(), heads...);
  run_graph_as<Model>(name, optimizer, data, rounding.in_float(), heads...);
  group.ran(name);
}

}  // namespace keras
