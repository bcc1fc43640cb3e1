/// Saves the weights after every epoch, or only the best so far, so that a training that is stopped, or
/// ends in NaN, leaves those of its last good epoch. https://keras.io/api/callbacks/model_checkpoint/
///
///     ModelCheckpoint checkpoint(model, "weights.safetensors");
///     ModelCheckpoint best(model, "best.safetensors", {.monitor = "val_accuracy", .save_best_only = true});
///     trainer.fit(x, y, {.epochs = 30, .callbacks = {&checkpoint, &best}});
///
/// The path may have fields of the epoch, counted from 1, and of the logs: "weights.{epoch:02d}-{val_loss:.4f}.safetensors".
#pragma once

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

#include "latent/io/save_weights.hpp"
#include "latent/training/callbacks.hpp"

namespace latent {

/// Keras's names and defaults.
struct ModelCheckpointOptions {
  std::string monitor = "val_loss";
  bool save_best_only = false;  ///< only when `monitor` is the best so far, of all calls of fit with this callback
  Mode mode = Mode::automatic;  ///< Mode::min, Mode::max, or Mode::automatic, by the name that is watched
  std::optional<double> initial_value_threshold = {};  ///< only what is better than this counts as the best
};

/// @cond
struct a_model_a_path_and_options_in_the_order_of_ModelCheckpointOptions;
/// @endcond

namespace detail {
/// What stands for a field of a path: "epoch:02d" or "val_loss:.4f", as in Python's format(); a number without digits that are
/// asked for has those that read back the same number.
LATENT_COLD inline std::string field_of_path(const std::string& field, const Training& training) {
  const std::size_t colon = std::min(field.find(':'), field.size());
  const std::string name = field.substr(0, colon), form = field.substr(std::min(colon + 1, field.size()));
  const std::string received = text("ModelCheckpoint: the path has the field {", field, "}; ");
  if (name == "epoch") {
    std::string number = text(training.epoch + 1);
    const bool padded = form.size() == 3 && form[0] == '0' && form[1] >= '1' && form[1] <= '9' && form[2] == 'd';
    check(padded || form.empty() || form == "d", received, "an epoch is {epoch} or {epoch:02d}");
    while (padded && static_cast<int>(number.size()) < form[1] - '0') number.insert(0, "0");
    return number;
  }
  const auto found = training.logs.find(name);
  check(found != training.logs.end(), received, "this epoch has epoch, ", names_in(training.logs),
        name.starts_with("val_") ? " (is there validation_data?)" : "");
  if (form.empty()) return exact(found->second);
  const bool known = form.size() == 3 && form[0] == '.' && form[1] >= '0' && form[1] <= '9';
  check(known && (form[2] == 'f' || form[2] == 'e'), received, "a number is {", name, "}, {", name, ":.4f} or {", name,
        ":.2e}");
  return form[2] == 'f' ? with_decimals(found->second, form[1] - '0') : with_power(found->second, form[1] - '0');
}
/// The path with its fields filled in. Throws std::invalid_argument for a field that is not known.
LATENT_COLD inline std::string with_fields(const std::string& path, const Training& training) {
  std::string filled;
  for (std::size_t at = 0;;) {
    const std::size_t open = path.find('{', at);
    filled.append(path, at, open - at);
    if (open == std::string::npos) return filled;
    const std::size_t close = path.find('}', open);
    check(close != std::string::npos, "ModelCheckpoint: the path \"", path, "\" has a { without a }");
    filled += field_of_path(path.substr(open + 1, close - open - 1), training);
    at = close + 1;
  }
}
}  // namespace detail

struct ModelCheckpoint : MonitorCallback {
  std::string path;
  bool save_best_only = false;                         ///< only when `monitor` is the best so far
  std::optional<double> initial_value_threshold = {};  ///< only what is better than this counts as the best

  /// The model must outlive the callback.
  template <class Model>
  ModelCheckpoint(const Model& model LATENT_LIFETIMEBOUND, std::string file, const ModelCheckpointOptions& options = {})
      : MonitorCallback(options.monitor),
        path(std::move(file)),
        save_best_only(options.save_best_only),
        initial_value_threshold(options.initial_value_threshold),
        save_([&model](const std::string& to) { save_weights(to, model); }) {
    mode = options.mode;
  }
  /// The same by position.
  template <class Model, std::same_as<bool> Flag>
  ModelCheckpoint(const Model& model, std::string file, Flag best_only, std::string what = "val_loss")
      : ModelCheckpoint(model, std::move(file), {.monitor = std::move(what), .save_best_only = best_only}) {}

  /// @cond
  template <class hint = a_model_a_path_and_options_in_the_order_of_ModelCheckpointOptions>
  explicit ModelCheckpoint(...) = delete;
  /// @endcond

  void on_train_begin(Training& training) override {
    if (initial_value_threshold)
      check(!std::isnan(*initial_value_threshold), "ModelCheckpoint: initial_value_threshold is a number, received ",
            *initial_value_threshold);
    const double before = best;
    if (save_best_only) MonitorCallback::on_train_begin(training);
    if (std::exchange(begun_, true))
      best = before;
    else if (initial_value_threshold)
      best = *initial_value_threshold;
  }
  /// Throws FileError if the file cannot be written; the file of the previous epoch is then still there. Throws
  /// std::invalid_argument for a field of the path that is not known.
  void on_epoch_end(Training& training) override {
    if (!save_best_only || (!waits(training) && improved(training, "ModelCheckpoint")))
      save_(detail::with_fields(path, training));
  }

  const char* state_name() const override { return "model_checkpoint"; }

 private:
  std::function<void(const std::string&)> save_;
  bool begun_ = false;  // as in Keras the best is that of all calls of fit
};

}  // namespace latent
