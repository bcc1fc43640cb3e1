/// Members that a model has in Keras but not here: each refuses to be called, and says what to write.
#pragma once

#include "latent/core/compiler.hpp"

namespace latent {

/// @cond
struct write_compile_model_optimizer_loss_metrics;
struct write_trainer_fit_of_what_compile_gives;
struct write_trainer_evaluate_of_what_compile_gives;
struct write_trainer_train_on_batch_of_what_compile_gives;
struct layers_are_listed_in_the_type_of_the_model;
struct write_save_model_path_model;
struct write_save_weights_path_model;
struct write_load_weights_path_model;
struct write_model_parameters;
struct write_model_predict_x;

namespace detail {

struct MembersInKeras {
  template <class hint = write_compile_model_optimizer_loss_metrics>
  LATENT_INSTEAD("write auto trainer = compile(model, Adam{}, MeanSquaredError{}, Accuracy{})")
  void compile(...) const LATENT_REFUSED;
  template <class hint = write_trainer_fit_of_what_compile_gives>
  LATENT_INSTEAD(
      "write auto trainer = compile(model, Adam{}, MeanSquaredError{}), then trainer.fit(x, y, {.epochs = 5})")
  void fit(...) const LATENT_REFUSED;
  template <class hint = write_trainer_evaluate_of_what_compile_gives>
  LATENT_INSTEAD("write auto trainer = compile(model, Adam{}, MeanSquaredError{}), then trainer.evaluate(x, y)")
  void evaluate(...) const LATENT_REFUSED;
  template <class hint = write_trainer_train_on_batch_of_what_compile_gives>
  LATENT_INSTEAD("write auto trainer = compile(model, Adam{}, MeanSquaredError{}), then trainer.train_on_batch(x, y)")
  void train_on_batch(...) const LATENT_REFUSED;
  template <class hint = layers_are_listed_in_the_type_of_the_model>
  LATENT_INSTEAD(
      "layers are listed in the type of the model: Sequential<Input<784>, Dense<32, ReLU>, Dense<784, Sigmoid>> model")
  void add(...) const LATENT_REFUSED;
  template <class hint = write_save_model_path_model>
  LATENT_INSTEAD("write save_model(\"model.safetensors\", model), from <latent/io/save_model.hpp>")
  void save(...) const LATENT_REFUSED;
  template <class hint = write_save_weights_path_model>
  LATENT_INSTEAD("write save_weights(\"weights.safetensors\", model), from <latent/io.hpp>")
  void save_weights(...) const LATENT_REFUSED;
  template <class hint = write_load_weights_path_model>
  LATENT_INSTEAD("write load_weights(\"weights.safetensors\", model), from <latent/io.hpp>")
  void load_weights(...) const LATENT_REFUSED;
  template <class hint = write_model_parameters>
  LATENT_INSTEAD("write model.parameters(): the tensors with their names")
  void get_weights(...) const LATENT_REFUSED;
  template <class hint = write_model_parameters>
  LATENT_INSTEAD("write model.parameters(): the tensors of all layers with names such as \"conv2d/kernel\"")
  void get_layer(...) const LATENT_REFUSED;
  template <class hint = write_model_predict_x>
  LATENT_INSTEAD("write model.predict(x), or model.call(x, {.training = true})")
  void operator()(...) const LATENT_REFUSED;
};

}  // namespace detail
/// @endcond

}  // namespace latent
