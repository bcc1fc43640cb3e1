/// Saves the weights after every epoch, or whenever they are the best so far, so that a training that is stopped, or
/// ends in NaN, leaves those of its last good epoch. https://keras.io/api/callbacks/model_checkpoint/
///
///     ModelCheckpoint checkpoint(model, "weights.safetensors");
///     trainer.fit(x, y, {.epochs = 30, .callbacks = {&checkpoint}});
#pragma once

#include <functional>

#include "latent/io/save_weights.hpp"
#include "latent/training/callbacks.hpp"

namespace latent {

struct ModelCheckpoint : MonitorCallback {
  std::string path;
  bool save_best_only = false;  ///< only when `monitor` is better than ever before

  /// The model must outlive the callback.
  template <class Model>
  ModelCheckpoint(const Model& model, std::string file, bool best_only = false, std::string what = "val_loss")
      : MonitorCallback(std::move(what)),
        path(std::move(file)),
        save_best_only(best_only),
        save_([&model](const std::string& to) { save_weights(to, model); }) {}

  /// Throws FileError if the file cannot be written; the one of the epoch before is then still there.
  void on_epoch_end(Training& training) override {
    if (!save_best_only || (!waits(training) && improved(training, "ModelCheckpoint"))) save_(path);
  }

  const char* state_name() const override { return "model_checkpoint"; }

 private:
  std::function<void(const std::string&)> save_;
};

}  // namespace latent
