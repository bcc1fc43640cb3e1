/// Multiplies the learning rate by `factor` when a number has not improved for `patience` epochs; writes
/// "learning_rate", the rate of the epoch, into the History. https://keras.io/api/callbacks/reduce_lr_on_plateau/
///
///     ReduceLROnPlateau reduce{{.factor = 0.5, .patience = 2}};
///     trainer.fit(x, y, {.epochs = 30, .validation_data = {a, b}, .callbacks = {&reduce}});
#pragma once

#include <algorithm>

#include "latent/training/callbacks.hpp"

namespace latent {

/// Keras's names and defaults.
struct ReduceLROnPlateauOptions {
  std::string monitor = "val_loss";
  double factor = 0.1;
  int patience = 10;
  Mode mode = Mode::automatic;
  double min_delta = 1e-4;  ///< smaller improvements do not count
  int cooldown = 0;         ///< epochs after a reduction in which it does not wait for an improvement
  double min_lr = 0;        ///< the smallest learning rate
};

/// @cond
struct the_options_stand_in_two_braces_in_the_order_of_ReduceLROnPlateauOptions;
/// @endcond

struct ReduceLROnPlateau : MonitorCallback {
  double factor;  ///< as in ReduceLROnPlateauOptions
  int patience;   ///< as in ReduceLROnPlateauOptions
  int cooldown;   ///< as in ReduceLROnPlateauOptions
  double min_lr;  ///< as in ReduceLROnPlateauOptions

  ReduceLROnPlateau(const ReduceLROnPlateauOptions& options = {})  // NOLINT: the conversion is the point
      : MonitorCallback(options.monitor),
        factor(options.factor),
        patience(options.patience),
        cooldown(options.cooldown),
        min_lr(options.min_lr) {
    mode = options.mode, min_delta = options.min_delta;
  }
  // A template, because GCC would take designators for arguments of std::string.
  /// The same by position, in Keras's order.
  template <std::convertible_to<std::string> Name>
  explicit ReduceLROnPlateau(const Name& what, double by = 0.1, int epochs = 10)
      : ReduceLROnPlateau({.monitor = what, .factor = by, .patience = epochs}) {}
  /// @cond
  template <class Number>
    requires std::is_arithmetic_v<Number>
  explicit ReduceLROnPlateau(Number) : ReduceLROnPlateau(ReduceLROnPlateauOptions{}) {
    static_assert(!std::is_arithmetic_v<Number>,
                  "latent: write ReduceLROnPlateau reduce{{.factor = 0.5}}: options stand in two pairs of braces");
  }
  template <class hint = the_options_stand_in_two_braces_in_the_order_of_ReduceLROnPlateauOptions>
  explicit ReduceLROnPlateau(...) = delete;
  /// @endcond

  void on_train_begin(Training& training) override {
    check_options("ReduceLROnPlateau");
    check(patience >= 0 && cooldown >= 0, "ReduceLROnPlateau: patience and cooldown are at least 0, received ",
          patience, " and ", cooldown);
    check(min_lr >= 0, "ReduceLROnPlateau: min_lr is at least 0, received ", min_lr);
    check(factor >= 0 && factor < 1, "ReduceLROnPlateau: factor is within 0..1, 1 excluded, received ", factor);
    check(!training.learning_rate->is_schedule(), "ReduceLROnPlateau: the learning rate follows a schedule already");
    MonitorCallback::on_train_begin(training);
    waited_ = cooling_ = 0;
  }

  void on_epoch_end(Training& training) override {
    const double rate = (*training.learning_rate)(0);
    training.logs["learning_rate"] = rate;
    if (waits(training)) return;
    if (cooling_ > 0) {
      --cooling_;
      waited_ = 0;
    }
    if (improved(training, "ReduceLROnPlateau")) {
      waited_ = 0;
    } else if (cooling_ == 0 && ++waited_ >= patience && rate > min_lr) {
      *training.learning_rate = std::max(rate * factor, min_lr);
      cooling_ = cooldown;
      waited_ = 0;
    }
  }

  const char* state_name() const override { return "reduce_lr_on_plateau"; }
  void state(TrainingState& state) override {
    MonitorCallback::state(state);
    state("waited", waited_);
    state("cooling", cooling_);
  }

 private:
  int waited_ = 0, cooling_ = 0;  // epochs without an improvement; remaining epochs of the cooldown
};

}  // namespace latent
