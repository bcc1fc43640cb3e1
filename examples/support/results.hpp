/// What every training leaves behind, and how figures are told.
#pragma once

#include <string>

#include "latent/core/tensor.hpp"
#include "latent/io/save_model.hpp"
#include "latent/training/history.hpp"
#include "support/options.hpp"
#include "support/run_report.hpp"

namespace latent {

/// Prints "name: value", with the digits by which the value is read back.
void print_figure(const std::string& name, double value);

/// Writes a row for each code (number, size): its label and its numbers, for anyone's tool.
void save_codes(const std::string& file, const Tensor<2>& codes, const std::vector<int>& labels);

/// Writes history.csv and loss.png into the folder for results, and prints the losses after the last epoch. Where a
/// program trains several networks, a prefix tells their files and figures apart.
void save_history(const Options& options, const History& history, const std::string& prefix = "");

/// Prints how these weights are looked at in a browser.
void tell_explorer(const std::string& weights);

/// The same as save_history, and the model with its weights in weights.safetensors.
template <class Model>
void save_training(const Options& options, const Model& model, const History& history, const std::string& prefix = "") {
  const std::string weights = options.path(prefix + "weights.safetensors");
  save_model(weights, model);
  save_history(options, history, prefix);
  if constexpr (Model::network::template InputShape<0>::size == 784 &&
                Model::network::template OutputShape<0>::size == 784)
    tell_explorer(weights);  // a digit goes in, and one comes out
}

}  // namespace latent
