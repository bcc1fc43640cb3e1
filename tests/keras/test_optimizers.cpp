#include <latent/latent.hpp>

#include "keras/reference.hpp"

using namespace latent;

namespace {

/// The trainer's updates of one or two variables, step by step. The gradients come in three lanes that add up to them.
template <class Scalar, class Optimizer>
void run_as(const keras::Group& group, const std::string& name, const Optimizer& optimizer, double allowed) {
  const std::vector<std::string> suffixes =
      group.has(name + "/initial_b") ? std::vector<std::string>{"", "_b"} : std::vector<std::string>{""};
  constexpr Index size = 64, lanes = 3;
  std::vector<Scalar> buffer(size), gradients(lanes * size);
  std::vector<NamedTensor<Scalar>> tensors;
  for (const std::string& suffix : suffixes) {
    const auto initial = group.tensor(name + "/initial" + suffix);
    const Index first = suffix.empty() ? 0 : 48;
    std::transform(initial.begin(), initial.end(), buffer.begin() + first,
                   [](double v) { return static_cast<Scalar>(v); });
    tensors.push_back({suffix, {static_cast<Index>(initial.size())}, buffer.data() + first});
  }
  Updater<Scalar, Optimizer> updater(optimizer, tensors, buffer.data(), size);
  for (Index step = 0; step < 12; ++step) {
    for (std::size_t i = 0; i < tensors.size(); ++i) {
      const auto all = group.tensor(name + "/gradients" + suffixes[i]);
      const Index count = tensors[i].size(), first = tensors[i].data - buffer.data();
      for (Index k = 0; k < count; ++k) {
        const auto g = static_cast<Scalar>(all[static_cast<std::size_t>(step * count + k)]);
        // Halves and quarters are exact, so that the lanes give g to the last bit.
        gradients[static_cast<std::size_t>(first + k)] = g / 2;
        gradients[static_cast<std::size_t>(size + first + k)] = g / 4;
        gradients[static_cast<std::size_t>(2 * size + first + k)] = g / 4;
      }
    }
    updater.begin_step();
    updater.update(buffer.data(), gradients.data(), lanes);
    for (std::size_t i = 0; i < tensors.size(); ++i) {
      const auto after = group.tensor(name + "/after" + suffixes[i]);
      const auto from = after.begin() + static_cast<std::ptrdiff_t>(step * tensors[i].size());
      keras::compare(name + suffixes[i] + ", step " + std::to_string(step + 1), {from, from + tensors[i].size()},
                     tensors[i].data, allowed);
    }
  }
  CHECK(updater.steps() == 12);
  CHECK(std::all_of(buffer.begin() + 35, buffer.begin() + 48, [](Scalar v) { return v == 0; }));  // between the tensors
}

template <class Optimizer>
void run(keras::Group& group, const std::string& name, const Optimizer& optimizer, double in_double = 1e-12) {
  if (!group.has(name + "/initial")) return;  // a case of another folder
  run_as<double>(group, name, optimizer, in_double);
  run_as<float>(group, name, optimizer, 1e-5);
  group.ran(name);
}

}  // namespace

TEST_CASE("optimisers as in Keras, step by step") {
  keras::Group group("optimizers/optimizers");
  run(group, "sgd", SGD{});
  run(group, "sgd_momentum", SGD{.momentum = 0.9});
  run(group, "sgd_nesterov", SGD{.momentum = 0.9, .nesterov = true});
  run(group, "adam", Adam{});
  run(group, "adam_amsgrad", Adam{.amsgrad = true});
  run(group, "adamw", AdamW{});
  run(group, "adamw_weight_decay_0.1", AdamW{.learning_rate = 0.01, .weight_decay = 0.1});
  run(group, "rmsprop", RMSprop{});
  run(group, "rmsprop_momentum", RMSprop{.momentum = 0.9});
  run(group, "rmsprop_momentum_centered", RMSprop{.momentum = 0.9, .centered = true});
  run(group, "adagrad", Adagrad{});
  run(group, "adadelta", Adadelta{});
  run(group, "adadelta_1.0", Adadelta{.learning_rate = 1.0});
  run(group, "nadam", Nadam{}, 6e-10);  // Keras rounds the 0.96 of c(t), not that of C(t), to float32; else it is 1e-12
  run(group, "adamax", Adamax{});
  run(group, "lion", Lion{});
  run(group, "sgd_exponential_decay",
      SGD{.learning_rate = ExponentialDecay{.initial_learning_rate = 0.1, .decay_steps = 5, .decay_rate = 0.5}});
  run(group, "sgd_clipnorm", SGD{.clipnorm = 0.5});
  run(group, "sgd_global_clipnorm", SGD{.global_clipnorm = 0.75});
  run(group, "sgd_clipvalue", SGD{.clipvalue = 0.125});
  group.check_coverage({});
}

TEST_CASE("learning-rate schedules as in Keras") {
  keras::Group group("optimizers/schedules");
  const auto run = [&](const std::string& name, const LearningRate& rate) {
    if (!group.has(name + "/value")) return;
    std::vector<double> values;
    for (double step : group.tensor(name + "/step")) values.push_back(rate(static_cast<Index>(step)));
    keras::compare(name, group.tensor(name + "/value"), values.data(), 1e-12);
    group.ran(name);
  };
  run("exponential", ExponentialDecay{.initial_learning_rate = 0.1, .decay_steps = 10, .decay_rate = 0.9});
  run("exponential_staircase",
      ExponentialDecay{.initial_learning_rate = 0.1, .decay_steps = 7, .decay_rate = 0.5, .staircase = true});
  run("cosine", CosineDecay{.initial_learning_rate = 0.1, .decay_steps = 40});
  run("cosine_alpha", CosineDecay{.initial_learning_rate = 0.1, .decay_steps = 30, .alpha = 0.1});
  run("cosine_warmup",
      CosineDecay{.initial_learning_rate = 0, .decay_steps = 30, .warmup_target = 0.1, .warmup_steps = 8});
  run("piecewise_constant", PiecewiseConstantDecay{.boundaries = {10, 30}, .values = {0.1, 0.01, 0.001}});
  group.check_coverage({});
}
