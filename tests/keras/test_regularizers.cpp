#include "keras/model_case.hpp"
#include "keras/own_loss_case.hpp"

using namespace latent;
using keras::run_kl;
using keras::run_regularizer;

namespace {
// 1e-5, rounded to float32 as Keras does.
using Sparse = Sequential<Input<784>, Dense<32, ReLU, ActivityRegularizer<L1<1e-5f>>>, Dense<784, Sigmoid>>;
}  // namespace

TEST_CASE("penalties on kernels and activities as in Keras") {
  const keras::Group group("losses/regularizers");
#include "keras/cases_regularizers.inc"
}

TEST_CASE("the divergence of a variational auto-encoder as in Keras, as a layer's own loss") {
  const keras::Group group("losses/vae_kl");
  run_kl<2>(group, "latent2");
  run_kl<10>(group, "latent10");
}

TEST_CASE("the sparse auto-encoder trains as in Keras, and reports the same parts of its loss") {
  keras::run_model<Sparse>("dense32_sparse", Adam{}, BinaryCrossentropy{}, {"clean"});
  keras::check_summary<Sparse>("dense32_sparse", "functional", true);

  const keras::Group group("models/dense32_sparse");
  if (!group.has("losses")) return;
  using M = Sparse::in<double>;
  M model;
  for (auto& parameter : model.parameters()) keras::set(parameter, group.tensor("initial/" + parameter.name));
  auto trainer = compile(model, Adam{}, BinaryCrossentropy{});
  const auto images = keras::training_images("clean");
  for (Index step = 0; step < 10; ++step) {
    const auto x = keras::rows<M::InputTensor>(images, M::input_shape::dimensions, 32 * step, 32);
    const History history = trainer.fit(x, x, {.shuffle = false, .verbose = {}});
    for (const auto& [name, reference] :
         {std::pair{"loss", "losses"}, {"data_loss", "data_losses"}, {"regularization_loss", "regularization_losses"}})
      keras::compare(std::string(name).append(", step ").append(std::to_string(step + 1)),
                     {group.tensor(reference)[static_cast<std::size_t>(step)]}, history[name].data(), 1e-10);
  }
}
