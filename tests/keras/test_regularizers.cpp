#include "keras/model_case.hpp"
#include "layers/example_sampling.hpp"

using namespace latent;

namespace {

/// The penalties of one layer and their gradients, with no other loss.
template <class Scalar, class InputLayer, class Layer>
void run_regularizer_as(const keras::Group& group, const std::string& name) {
  using M = Model<Scalar, InputLayer, Layer>;
  const auto x_values = group.tensor(name + "/x");
  const Index samples = static_cast<Index>(x_values.size()) / M::input_shape::size;
  const auto x = keras::rows<typename M::InputTensor>(x_values, M::input_shape::dimensions, 0, samples);
  M model;
  for (auto& parameter : model.parameters()) {
    const auto values = group.tensor(name + "/" + parameter.name.substr(parameter.name.find('/') + 1));
    REQUIRE(static_cast<Index>(values.size()) == parameter.size());
    std::transform(values.begin(), values.end(), parameter.data, [](double v) { return static_cast<Scalar>(v); });
  }
  const double allowed = keras::tolerance<Scalar>(1e-12, 1e-5);
  auto y = model.predict(x);
  keras::compare(name + "/y", group.tensor(name + "/y"), y.data(), allowed);
  const double value = model.losses(x).at("regularization_loss");
  keras::compare(name + "/value", group.tensor(name + "/value"), &value, allowed);
  y.setZero();
  const auto gradients = model.backward(x, y);
  keras::compare(name + "/dx", group.tensor(name + "/dx"), gradients.dx.data(), allowed);
  for (const auto& [parameter, values] : gradients.parameters) {
    const std::string tensor = std::string("/d").append(parameter.substr(parameter.find('/') + 1));
    keras::compare(name + tensor, group.tensor(name + tensor), values.data(), allowed);
  }
}

template <class InputLayer, class Layer>
void run_regularizer(keras::Group& group, const std::string& name) {
  if (!group.has(name + "/x")) return;
  run_regularizer_as<double, InputLayer, Layer>(group, name);
  run_regularizer_as<float, InputLayer, Layer>(group, name);
  group.ran(name);
}

// 1e-5, rounded to float32 as Keras does.
using Sparse =
    Sequential<Input<784>, Dense<32, ReLU, ActivityRegularizer<L1<1e-5f>>>, Dense<784, Sigmoid>>;

}  // namespace

TEST_CASE("penalties on kernels and activities as in Keras") {
  keras::Group group("losses/regularizers");
#include "keras/cases_regularizers.inc"
  group.check_coverage({});
}

TEST_CASE("the sparse auto-encoder trains as in Keras, and reports the same parts of its loss") {
  keras::run_model<Sparse>("dense32_sparse", Adam{}, BinaryCrossentropy{}, {"clean"});
  keras::check_summary<Sparse>("dense32_sparse", "functional", true);

  const keras::Group group("models/dense32_sparse");
  if (!group.has("losses")) return;
  using M = Sparse::in<double>;
  M model;
  for (auto& parameter : model.parameters()) {
    const auto values = group.tensor("initial/" + parameter.name);
    std::copy(values.begin(), values.end(), parameter.data);
  }
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

namespace {

template <class Scalar, Index latent_size>
void run_kl(keras::Group& group, const std::string& name) {
  using M = Model<Scalar, Input<2 * latent_size>, ExampleSampling<latent_size>>;
  const auto mean = group.tensor(name + "/z_mean"), log_var = group.tensor(name + "/z_log_var");
  const Index samples = static_cast<Index>(mean.size()) / latent_size;
  /// Two rows of the references side by side.
  const auto joined = [&](const std::vector<double>& left, const std::vector<double>& right) {
    std::vector<double> both;
    for (Index n = 0; n < samples; ++n)
      for (const auto* half : {&left, &right})
        both.insert(both.end(), half->begin() + n * latent_size, half->begin() + (n + 1) * latent_size);
    return both;
  };
  const auto x = keras::rows<typename M::InputTensor>(joined(mean, log_var), M::input_shape::dimensions, 0, samples);
  const M model;
  const double value = model.losses(x).at("kl_loss");
  keras::compare(name + "/value", group.tensor(name + "/value"), &value, keras::tolerance<Scalar>(1e-12, 1e-5));
  typename M::OutputTensor dy(samples, latent_size);
  dy.setZero();
  keras::compare(name + ", gradient", joined(group.tensor(name + "/dz_mean"), group.tensor(name + "/dz_log_var")),
                 model.backward(x, dy).dx.data(), keras::tolerance<Scalar>(1e-12, 1e-5));
  group.ran(name);
}

}  // namespace

TEST_CASE("the divergence of a variational auto-encoder as in Keras, as a layer's own loss") {
  keras::Group group("losses/vae_kl");
  run_kl<double, 2>(group, "latent2");
  run_kl<float, 2>(group, "latent2");
  run_kl<double, 10>(group, "latent10");
  run_kl<float, 10>(group, "latent10");
  group.check_coverage({});
}
