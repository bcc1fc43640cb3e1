/// Callbacks: functions that observe and control a training. https://keras.io/api/callbacks/
#pragma once

#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "latent/core/compiler.hpp"
#include "latent/core/random.hpp"
#include "latent/optimizers/learning_rate.hpp"
#include "latent/training/history.hpp"
#include "latent/training/state.hpp"

namespace latent {

struct ModelFacts;  // models/summary.hpp

/// The state of a training as callbacks see it.
struct Training {
  int epoch = 0, epochs = 0;     ///< 0, 1, ... of `epochs`
  Index batch = 0, batches = 0;  ///< 0, 1, ... of `batches`
  Index samples = 0;             ///< training samples in an epoch; for a source an estimate until the epoch ends
  Index batch_size = 0;          ///< samples of a whole batch; 0: a source does not say
  Logs logs = {};                ///< running means, "loss" and metrics; at the end of an epoch also "val_loss"
  std::span<std::byte> parameters = {};   ///< all parameters of the model, to be saved or restored
  LearningRate* learning_rate = nullptr;  ///< the optimiser's, to be read or replaced
  const char* optimizer = "";             ///< "adam"
  Seed seed = {};
  int threads = 1;
  const ModelFacts* model = nullptr;  ///< the model that is trained
  const History* history = nullptr;   ///< of all epochs so far, including those before the training was resumed
  bool stop = false;                  ///< set to true, it ends the training after this epoch
  bool validated = true;              ///< false at the end of an epoch that `validation_freq` leaves out
  /// Visits the whole state of the training: parameters, optimiser, epoch, batch, history, callbacks.
  std::function<void(TrainingState&)> state = {};
};

/// When the state of a training is complete and may be saved or restored: before the first epoch, after a batch (`batch` is then the
/// next one), after an epoch (`epoch` is then the next one).
enum class Moment { start, batch, epoch };

/// The base class of callbacks: override the functions that you need.
struct Callback {
  virtual ~Callback() = default;
  virtual void on_train_begin(Training&) {}
  virtual void on_epoch_begin(Training&) {}
  virtual void on_batch_end(Training&) {}
  virtual void on_epoch_end(Training&) {}
  virtual void on_train_end(Training&) {}
  /// Called after the other functions of all callbacks for this batch or epoch.
  virtual void on_moment(Training&, Moment) {}

  /// The name of the callback's state, "early_stopping", which is saved and restored with the training.
  virtual const char* state_name() const { return ""; }
  virtual void state(TrainingState&) {}
};

/// Which direction is better. `automatic`: the name of the number tells, as in Keras; see smaller_is_better.
enum class Mode { automatic, min, max };

/// Whether a smaller number of that name is better: true for losses, errors and divergences ("val_loss", "mse"), false for accuracies,
/// precision, recall, AUC, F1, PSNR and SSIM; nothing if the name does not tell, as cosine_similarity, which is a loss, too.
LATENT_COLD inline std::optional<bool> smaller_is_better(std::string_view name) {
  for (const char* end : {"loss", "error", "crossentropy", "divergence", "huber", "mse", "mae", "rmse",
                          "false_positives", "false_negatives"})
    if (name.ends_with(end)) return true;
  for (const char* end : {"accuracy", "acc", "precision", "recall", "auc", "f1", "f1_score", "fbeta_score", "r2_score",
                          "true_positives", "true_negatives", "iou", "psnr", "ssim"})
    if (name.ends_with(end)) return false;
  return std::nullopt;
}

/// The base class of callbacks that watch one of the logged numbers.
struct MonitorCallback : Callback {
  std::string monitor = "val_loss";
  Mode mode = Mode::automatic;
  double min_delta = 0;  ///< smaller improvements do not count

  double best = std::numeric_limits<double>::infinity();  ///< the best value so far

  /// Watches the value of that name in the logs.
  explicit MonitorCallback(std::string what) : monitor(std::move(what)) {}

  /// Throws std::invalid_argument if it is not known which direction is better.
  void on_train_begin(Training&) override {
    check(mode != Mode::automatic || smaller_is_better(monitor), "monitor = \"", monitor,
          "\" is no name that tells what is better: if it is spelt right, say so: .mode = Mode::max or .mode = "
          "Mode::min");
    best = upwards() ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
  }

  void state(TrainingState& state) override { state("best", best); }

 protected:
  /// Throws std::invalid_argument for options outside their range.
  [[gnu::cold]] void check_options(const char* callback) const {
    check(min_delta >= 0, callback, ": min_delta is at least 0, received ", min_delta);
    check(std::isfinite(min_delta), callback, ": min_delta is a finite number, received ", min_delta);
    check(!monitor.empty(), callback, ": monitor is the name of a number in the logs, received an empty one");
  }
  /// Whether it monitors a validation number in an epoch without validation.
  bool waits(const Training& training) const { return !training.validated && monitor.starts_with("val_"); }

  /// What may help where a name is not in the logs.
  static const char* what_may_help(const Training& training, const std::string& name) {
    bool validated = !name.starts_with("val_");
    for (const auto& [logged, value] : training.logs) validated = validated || logged.starts_with("val_");
    return validated ? " (a callback that logs it has to stand before this one)" : " (is there validation_data?)";
  }
  /// Whether larger is better.
  bool upwards() const { return mode == Mode::max || (mode == Mode::automatic && smaller_is_better(monitor) == false); }

  /// Whether a value improves on another by more than `min_delta`.
  bool better(double value, double than) const {
    return upwards() ? value > than + min_delta : value < than - min_delta;
  }

  /// Whether the number is the best so far in this training. Throws std::invalid_argument if it is not in the logs.
  [[gnu::cold]] bool improved(const Training& training, const char* callback) {
    const auto found = training.logs.find(monitor);
    check(found != training.logs.end(), callback, ": monitors \"", monitor,
          "\", which this training does not compute; it computes ", names_in(training.logs),
          what_may_help(training, monitor));
    if (!better(found->second, best)) return false;
    best = found->second;
    return true;
  }
};

/// Keras's names and defaults.
struct EarlyStoppingOptions {
  std::string monitor = "val_loss";
  double min_delta = 0;  ///< smaller improvements do not count
  int patience = 0;      ///< epochs without an improvement after which the training stops
  Mode mode = Mode::automatic;
  std::optional<double> baseline = {};  ///< improvements that are not better than this do not count either
  bool restore_best_weights = false;
  int start_from_epoch = 0;  ///< epochs before this one, counted from 0, are not looked at
};

/// @cond
struct the_options_stand_in_two_braces_in_the_order_of_EarlyStoppingOptions;
/// @endcond

/// Stops the training when a number has not improved for `patience` epochs. https://keras.io/api/callbacks/early_stopping/
///
///     EarlyStopping early{{.patience = 3, .restore_best_weights = true}};
struct EarlyStopping : MonitorCallback {
  int patience;                    ///< as in EarlyStoppingOptions
  std::optional<double> baseline;  ///< as in EarlyStoppingOptions
  bool restore_best_weights;       ///< as in EarlyStoppingOptions
  int start_from_epoch;            ///< as in EarlyStoppingOptions

  int best_epoch = -1;     ///< counted from 0; -1 before the first
  int stopped_epoch = -1;  ///< the epoch after which it stopped; -1 if it did not

  EarlyStopping(const EarlyStoppingOptions& options = {})  // NOLINT: the conversion is the point
      : MonitorCallback(options.monitor),
        patience(options.patience),
        baseline(options.baseline),
        restore_best_weights(options.restore_best_weights),
        start_from_epoch(options.start_from_epoch) {
    mode = options.mode, min_delta = options.min_delta;
  }
  // A template, because GCC would take designators for arguments of std::string.
  /// Monitors that number. (Keras's next argument is min_delta, and not what a number there is mostly meant for.)
  template <std::convertible_to<std::string> Name>
  explicit EarlyStopping(const Name& what) : EarlyStopping({.monitor = what}) {}
  /// @cond
  template <class Number>
    requires std::is_arithmetic_v<Number>
  explicit EarlyStopping(Number) : EarlyStopping(EarlyStoppingOptions{}) {
    static_assert(!std::is_arithmetic_v<Number>,
                  "latent: write EarlyStopping early{{.patience = 3}}: options stand in two pairs of braces");
  }
  template <class hint = the_options_stand_in_two_braces_in_the_order_of_EarlyStoppingOptions>
  explicit EarlyStopping(...) = delete;
  /// @endcond

  /// Throws std::invalid_argument for options outside their range.
  void on_train_begin(Training& training) override {
    check_options("EarlyStopping");
    check(patience >= 0, "EarlyStopping: patience is at least 0, received ", patience);
    check(start_from_epoch >= 0, "EarlyStopping: start_from_epoch is at least 0, received ", start_from_epoch);
    check(!baseline || !std::isnan(*baseline), "EarlyStopping: baseline is a number, received nan");
    MonitorCallback::on_train_begin(training);
    best_epoch = stopped_epoch = -1;
    waited_ = 0;
    kept_.clear();
  }
  void on_epoch_end(Training& training) override {
    if (waits(training) || training.epoch < start_from_epoch) return;
    ++waited_;
    const bool is_better = improved(training, "EarlyStopping");
    if (is_better ||
        (restore_best_weights && kept_.empty())) {  // the first are the best so far, also with a number of NaN
      best_epoch = training.epoch;
      if (restore_best_weights) {
        kept_.resize(training.parameters.size() / sizeof(std::uint32_t));
        std::memcpy(kept_.data(), training.parameters.data(), training.parameters.size());
      }
    }
    if (is_better) {
      if (!baseline || better(best, *baseline)) waited_ = 0;
    } else if (waited_ >= patience && training.epoch > 0) {
      stopped_epoch = training.epoch;
      training.stop = true;
    }
  }
  void on_train_end(Training& training) override {
    if (restore_best_weights && kept_.size() * sizeof(std::uint32_t) == training.parameters.size())
      std::memcpy(training.parameters.data(), kept_.data(), training.parameters.size());
  }

  const char* state_name() const override { return "early_stopping"; }
  void state(TrainingState& state) override {
    MonitorCallback::state(state);
    state("best_epoch", best_epoch);
    state("stopped_epoch", stopped_epoch);
    state("waited", waited_);
    state("best_weights", kept_);
  }

 private:
  int waited_ = 0;                   // epochs without an improvement, of those in which the number was logged
  std::vector<std::uint32_t> kept_;  // the bits of the best weights
};

}  // namespace latent
