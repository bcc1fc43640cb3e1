// Runs one case of an optimiser, step by step in double and in float; or of a schedule.
#pragma once

#include <latent/latent.hpp>

#include "keras/reference.hpp"

namespace keras {

/// Numbers between the tensors in the buffer, which nobody must touch.
inline constexpr Index gap = 13;

/// The trainer's updates of some variables, step by step. The gradients come in three lanes that add up to them.
/// `rounded`: by how much of itself each step of the reference may be off.
template <class Scalar, class Optimizer>
void run_optimizer_as(const Group& group, const std::string& name, const Optimizer& optimizer, double rounded) {
  std::vector<std::string> suffixes;
  Index size = 0;
  for (const std::string suffix : {"", "_b", "_c"})
    if (group.has(name + "/initial" + suffix)) {
      suffixes.push_back(suffix);
      size += static_cast<Index>(group.tensor(name + "/initial" + suffix).size()) + gap;
    }
  constexpr Index lanes = 3;
  std::vector<Scalar> buffer(static_cast<std::size_t>(size)), gradients(static_cast<std::size_t>(lanes * size));
  std::vector<latent::NamedTensor<Scalar>> tensors;
  Scalar* next = buffer.data();
  for (const std::string& suffix : suffixes) {
    const auto initial = group.tensor(name + "/initial" + suffix);
    tensors.push_back({suffix, {static_cast<Index>(initial.size())}, next});
    next = std::transform(initial.begin(), initial.end(), next, [](double v) { return static_cast<Scalar>(v); }) + gap;
  }
  latent::engine::UpdaterOf<Scalar, Optimizer> updater(optimizer, tensors, buffer.data(), size);
  const Index steps = static_cast<Index>(group.tensor(name + "/after").size()) / tensors[0].size();
  std::vector<double> way(tensors.size());  // of each variable, the largest steps added up
  for (Index step = 0; step < steps; ++step) {
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
    updater.choose_rate();
    updater.update(buffer.data(), gradients.data(), lanes, 1);
    for (std::size_t i = 0; i < tensors.size(); ++i) {
      const auto after = group.tensor(name + "/after" + suffixes[i]),
                 initial = group.tensor(name + "/initial" + suffixes[i]);
      const auto from = after.begin() + static_cast<std::ptrdiff_t>(step * tensors[i].size());
      const auto before = step == 0 ? initial.begin() : from - static_cast<std::ptrdiff_t>(tensors[i].size());
      const std::vector<double> expected(from, from + tensors[i].size());
      double largest_step = 0;
      for (std::size_t k = 0; k < expected.size(); ++k)
        largest_step = std::max(largest_step, std::abs(expected[k] - before[static_cast<std::ptrdiff_t>(k)]));
      way[i] += largest_step;
      compare(group.name() + ", case " + name + ", after" + suffixes[i] + " step " + std::to_string(step + 1), expected,
              tensors[i].data, tolerance<Scalar>(1e-12, 1e-5) + rounded * way[i] / largest(expected));
    }
  }
  CHECK(updater.steps() == steps);
  for (const auto& tensor : tensors) {
    const Scalar* end = tensor.data + tensor.size();
    CHECK(std::all_of(end, end + gap, [](Scalar v) { return v == 0; }));  // between the tensors
  }
}

/// `rounded`: by how much of itself each step of the reference may be off, where Keras rounds a constant to float32.
template <class Optimizer>
void run_optimizer(const Group& group, const std::string& name, const Optimizer& optimizer, double rounded = 0) {
  if (!group.has(name + "/initial")) return;  // a case of another folder
  run_optimizer_as<double>(group, name, optimizer, rounded);
  run_optimizer_as<float>(group, name, optimizer, rounded);
  group.ran(name);
}

inline void run_schedule(const Group& group, const std::string& name, const latent::LearningRate& schedule) {
  if (!group.has(name + "/value")) return;
  std::vector<double> values;
  for (const double step : group.tensor(name + "/step")) values.push_back(schedule(static_cast<Index>(step)));
  compare(group.name() + ", case " + name + ", value", group.tensor(name + "/value"), values.data(), 1e-12);
  group.ran(name);
}

}  // namespace keras
