/// Saves the weights after every epoch, or only the best so far, so that a training that is stopped, or
/// ends in NaN, leaves those of its last good epoch. https://keras.io/api/callbacks/model_checkpoint/
///
///     ModelCheckpoint checkpoint(model, "weights.safetensors");
///     ModelCheckpoint best(model, "best.safetensors", {.monitor = "val_accuracy", .save_best_only = true});
///     trainer.fit(x, y, {.epochs = 30, .callbacks = {&checkpoint, &best}});
#pragma once

#include <functional>

#include "latent/io/save_weights.hpp"
#include "latent/training/callbacks.hpp"

namespace latent {

/// Keras's names and defaults.
struct ModelCheckpointOptions {
  std::string monitor = "val_loss";
  bool save_best_only = false;  ///< only when `monitor` is the best so far
  Mode mode = Mode::automatic;  ///< Mode::min, Mode::max, or Mode::automatic, by the name that is watched
};

/// @cond
struct a_model_a_path_and_options_in_the_order_of_ModelCheckpointOptions;
/// @endcond

struct ModelCheckpoint : MonitorCallback {
  std::string path;
  bool save_best_only = false;  ///< only when `monitor` is the best so far

  /// The model must outlive the callback.
  template <class Model>
  ModelCheckpoint(const Model& model, std::string file, const ModelCheckpointOptions& options = {})
      : MonitorCallback(options.monitor),
        path(std::move(file)),
        save_best_only(options.save_best_only),
        save_([&model](const std::string& to) { save_weights(to, model); }) {
    mode = options.mode;
  }
  /// The same by position, in Keras's order.
  template <class Model, std::same_as<bool> Bool>
  ModelCheckpoint(const Model& model, std::string file, Bool best_only, std::string what = "val_loss")
      : ModelCheckpoint(model, std::move(file), {.monitor = std::move(what), .save_best_only = best_only}) {}

  /// @cond
  template <class hint = a_model_a_path_and_options_in_the_order_of_ModelCheckpointOptions>
  explicit ModelCheckpoint(...) = delete;
  /// @endcond

  /// Throws FileError if the file cannot be written; the file of the previous epoch is then still there.
  void on_epoch_end(Training& training) override {
    if (!save_best_only || (!waits(training) && improved(training, "ModelCheckpoint"))) save_(path);
  }

  const char* state_name() const override { return "model_checkpoint"; }

 private:
  std::function<void(const std::string&)> save_;
};

}  // namespace latent
