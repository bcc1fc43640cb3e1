/// Callbacks: what may look on, and interfere, while a model trains. https://keras.io/api/callbacks/
#pragma once

#include <cstddef>
#include <cstring>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "latent/training/history.hpp"

namespace latent {

/// The state of a training as callbacks see it.
struct Training {
  int epoch = 0, epochs = 0;    ///< 0, 1, ... of `epochs`
  long batch = 0, batches = 0;  ///< 0, 1, ... of `batches`
  long samples = 0;             ///< training samples in an epoch
  long batch_size = 0;
  Logs logs = {};                   ///< the running mean "loss"; at the end of an epoch also "val_loss"
  std::span<std::byte> parameters;  ///< all parameters of the model, to be kept or put back
  bool stop = false;                ///< set it, and the training ends after this epoch
};

struct Callback {
  virtual ~Callback() = default;
  virtual void on_train_begin(Training&) {}
  virtual void on_epoch_begin(Training&) {}
  virtual void on_batch_end(Training&) {}
  virtual void on_epoch_end(Training&) {}
  virtual void on_train_end(Training&) {}
};

/// Stops when a number has not become smaller for `patience` epochs. https://keras.io/api/callbacks/early_stopping/
struct EarlyStopping : Callback {
  std::string monitor = "val_loss";
  double min_delta = 0;
  int patience = 0;
  bool restore_best_weights = false;

  double best = std::numeric_limits<double>::infinity();
  int best_epoch = -1;     ///< counted from 0; -1 before the first
  int stopped_epoch = -1;  ///< the epoch after which it stopped; -1 if it did not

  EarlyStopping() = default;
  explicit EarlyStopping(std::string what, int epochs = 0, bool restore = false)
      : monitor(std::move(what)), patience(epochs), restore_best_weights(restore) {}

  void on_train_begin(Training&) override {
    best = std::numeric_limits<double>::infinity();
    best_epoch = stopped_epoch = -1;
    kept_.clear();
  }
  void on_epoch_end(Training& training) override {
    const auto found = training.logs.find(monitor);
    check(found != training.logs.end(), "EarlyStopping: monitors \"", monitor,
          "\", which this training does not compute (is there validation_data?)");
    if (found->second < best - min_delta) {
      best = found->second;
      best_epoch = training.epoch;
      if (restore_best_weights) kept_.assign(training.parameters.begin(), training.parameters.end());
    } else if (training.epoch - best_epoch >= patience && training.epoch > 0) {
      stopped_epoch = training.epoch;
      training.stop = true;
    }
  }
  void on_train_end(Training& training) override {
    if (restore_best_weights && kept_.size() == training.parameters.size())
      std::memcpy(training.parameters.data(), kept_.data(), kept_.size());
  }

 private:
  std::vector<std::byte> kept_;
};

}  // namespace latent
