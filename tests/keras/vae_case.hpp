// Training steps of a variational auto-encoder from Keras's initial weights, with the random numbers that Keras was
// given.
#pragma once

#include "keras/model_case.hpp"

namespace keras {

/// epsilon[step] of the batches, one row for each sample.
template <Index size>
struct GivenEpsilon {
  static constexpr Index batch_size = 32;
  static double draw(const latent::Call& call, Index sample, Index i) {
    static const std::vector<double> epsilon = shared_group("models/batches").tensor("epsilon");
    return epsilon.at(static_cast<std::size_t>((call.step * batch_size + sample) * size + i));
  }
};

/// The divergence has a bound of its own, `allowed_kl`: it is small beside the reconstruction, whose gradients move the codes.
template <class Model, Index size, class Optimizer>
void run_vae_as(const Group& group, const Optimizer& optimizer, const Allowed& allowed, double allowed_kl) {
  using Scalar = typename Model::Scalar;
  const auto images = training_images("clean");
  constexpr Index batch_size = GivenEpsilon<size>::batch_size;
  const auto x = [&](Index first, Index count) {
    return rows<typename Model::InputTensor>(images, Model::input_shape::dimensions, first, count);
  };
  const auto compare_with = [&](const std::string& tensor, const Scalar* got) {
    compare(group.name() + ", " + tensor, group.tensor(tensor), got, allowed.prediction);
  };
  Model initial;
  for (auto& parameter : initial.parameters()) set(parameter, group.tensor("initial/" + parameter.name));

  // The parts and the whole, in training; z is what the decoder gets.
  const Index shown = static_cast<Index>(group.tensor("z").size()) / size;
  const auto [z_mean, z_log_var] = initial.template part<0>().predict(x(0, shown));
  latent::Tensor<2, Scalar> z(shown, size);
  for (Index n = 0; n < shown; ++n)
    for (Index i = 0; i < size; ++i)
      z(n, i) = z_mean(n, i) + std::exp(z_log_var(n, i) / 2) *
                                   static_cast<Scalar>(GivenEpsilon<size>::draw(latent::Call(shown), n, i));
  compare_with("z_mean", z_mean.data());
  compare_with("z_log_var", z_log_var.data());
  compare_with("z", z.data());
  compare_with("prediction", initial.call(x(0, shown), {.training = true}).data());
  compare_with("prediction", initial.template part<2>().predict(z).data());

  Model moved = initial;
  const latent::SumOverPixels<latent::BinaryCrossentropy> loss;
  compile(moved, latent::SGD{.learning_rate = rate_of_descent}, loss)
      .train_on_batch(x(0, batch_size), x(0, batch_size));
  compare_gradient(group, initial, moved, allowed);

  Model model = initial;
  auto trainer = compile(model, optimizer, loss);
  for (std::size_t step = 0; step < group.tensor("losses").size(); ++step) {
    const auto batch = x(batch_size * static_cast<Index>(step), batch_size);
    const latent::Scores scores = trainer.train_on_batch(batch, batch);
    for (const auto& [name, reference] :
         {std::pair{"loss", "losses"}, {"reconstruction_loss", "reconstruction_losses"}, {"kl_loss", "kl_losses"}}) {
      const double value = scores[name];
      compare(group.name() + ", " + name + " of step " + std::to_string(step + 1), {group.tensor(reference)[step]},
              &value, name == std::string("kl_loss") ? allowed_kl : allowed.loss);
    }
  }
  compare_final_weights(group, model, allowed, 0);
}

/// In double and in float. The encoder gives z_mean and z_log_var.
template <class Encoder, Index size, class Decoder, class Optimizer>
void run_vae(const std::string& name, const Optimizer& optimizer) {
  using Vae = latent::Sequential<Encoder, latent::Sampling<latent::EpsilonFrom<GivenEpsilon<size>>>, Decoder>;
  const Group group("models/" + name);
  if (!group.has("losses") || !shared_group("models/batches").has("epsilon")) {
    MESSAGE("models/", name, " is only in the full references: skipped");
    return;
  }
  run_vae_as<typename Vae::template in<double>, size>(group, optimizer, {1e-12, 1e-10, 1e-11, 1e-9}, 1e-10);
  // In double, with every weight moved by up to one unit in the last place of a float after each step, the divergence of ten
  // steps ends up to 2e-4 off, and the loss 1e-7. Float rounds the gradients, too.
  run_vae_as<Vae, size>(group, optimizer, {1e-6, 1e-5, 1e-5, 2e-2}, 1e-3);
  group.ran(name);
}

/// The summaries of the encoder, with its sampling, and of the decoder, one after the other, byte for byte.
template <class Encoder, Index size, class Decoder>
void check_vae_summaries(const std::string& name) {
  using WithSampling = latent::Sequential<Encoder, latent::Sampling<>>;
  const latent::Sequential<WithSampling, Decoder> vae;
  const WithSampling encoder({}, "encoder");
  for (const auto& [file, columns] : {std::pair{".summary.txt", 200}, {".summary80.txt", 80}}) {
    const std::string expected = text_file("models/" + name + file);
    if (expected.empty()) continue;
    const std::size_t second = expected.find("Model:", 1);
    CHECK(encoder.summary({.columns = columns}) == expected.substr(0, second));
    const std::string decoder = vae.template part<1>().summary({.columns = columns});
    CHECK(decoder.substr(decoder.find('\n')) == expected.substr(expected.find('\n', second)));
  }
}

}  // namespace keras
