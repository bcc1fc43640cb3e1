// The variational auto-encoder of Keras's example, with the random numbers that Keras was given.
#include "keras/model_case.hpp"

using namespace latent;

namespace {

/// epsilon[step] of the batches, one row for each sample.
struct GivenEpsilon {
  static constexpr Index batch_size = 32, size = 2;
  static double draw(const Call& call, Index sample, Index i) {
    static const std::vector<double> epsilon = keras::shared_group("models/batches").tensor("epsilon");
    return epsilon[static_cast<std::size_t>((call.step * batch_size + sample) * size + i)];
  }
};

using Encoder = Sequential<Input<28, 28, 1>, Conv2D<32, 3, Same, Strides<2>, ReLU>, Conv2D<64, 3, Same, Strides<2>, ReLU>,
                           Flatten, Dense<16, ReLU>, Fork<Named<"z_mean", Dense<2>>, Named<"z_log_var", Dense<2>>>>;
using Decoder = Sequential<Input<2>, Dense<7 * 7 * 64, ReLU>, Reshape<7, 7, 64>,
                           Conv2DTranspose<64, 3, Same, Strides<2>, ReLU>,
                           Conv2DTranspose<32, 3, Same, Strides<2>, ReLU>, Conv2DTranspose<1, 3, Same, Sigmoid>>;
using Vae = Sequential<Encoder, Sampling<2, EpsilonFrom<GivenEpsilon>>, Decoder>;

template <class M>
void run_vae(const keras::Group& group, const keras::Allowed& allowed) {
  using Scalar = typename M::Scalar;
  const auto images = keras::training_images("clean");
  constexpr Index batch_size = GivenEpsilon::batch_size;
  const auto x = [&](Index first, Index count) {
    return keras::rows<typename M::InputTensor>(images, M::input_shape::dimensions, first, count);
  };
  const auto compare = [&](const std::string& tensor, const Scalar* got, double tolerance) {
    keras::compare("vae, " + tensor, group.tensor(tensor), got, tolerance);
  };
  M initial;
  for (auto& parameter : initial.parameters()) {
    const auto values = group.tensor("initial/" + parameter.name);
    REQUIRE(static_cast<Index>(values.size()) == parameter.size());
    std::transform(values.begin(), values.end(), parameter.data, [](double v) { return static_cast<Scalar>(v); });
  }

  // The parts and the whole, in training; z is what the decoder gets.
  const CallMode mode{.training = true};
  const auto heads = initial.template part<0>().predict(x(0, 4));
  std::vector<Scalar> z_mean, z_log_var, z;
  for (Index n = 0; n < 4; ++n)
    for (Index i = 0; i < 2; ++i) {
      z_mean.push_back(heads(n, i)), z_log_var.push_back(heads(n, 2 + i));
      z.push_back(heads(n, i) + std::exp(heads(n, 2 + i) / 2) * static_cast<Scalar>(GivenEpsilon::draw(Call(4), n, i)));
    }
  compare("z_mean", z_mean.data(), allowed.prediction);
  compare("z_log_var", z_log_var.data(), allowed.prediction);
  compare("z", z.data(), allowed.prediction);
  compare("prediction", initial.call(x(0, 4), mode).data(), allowed.prediction);
  Tensor<2, Scalar> codes(4, 2);
  std::copy(z.begin(), z.end(), codes.data());
  compare("prediction", initial.template part<2>().predict(codes).data(), allowed.prediction);

  // One step of plain descent shows the gradient of the trainer itself.
  M moved = initial;
  const SumOverPixels<BinaryCrossentropy> loss;
  compile(moved, SGD{.learning_rate = 1048576}, loss).train_on_batch(x(0, batch_size), x(0, batch_size));
  for (std::size_t t = 0; t < initial.parameters().size(); ++t) {
    const auto before = initial.parameters()[t], after = moved.parameters()[t];
    std::vector<double> gradient;
    for (Index i = 0; i < before.size(); ++i)
      gradient.push_back((static_cast<double>(before.data[i]) - static_cast<double>(after.data[i])) / 1048576);
    keras::compare("vae, gradient of " + before.name, group.tensor("gradient/" + before.name), gradient.data(),
                   allowed.gradient);
  }

  M model = initial;
  auto trainer = compile(model, Adam{}, loss);
  for (Index step = 0; step < 10; ++step) {
    const auto batch = x(batch_size * step, batch_size);
    const Scores scores = trainer.train_on_batch(batch, batch);
    for (const auto& [name, reference] : {std::pair{"loss", "losses"},
                                          {"reconstruction_loss", "reconstruction_losses"},
                                          {"kl_loss", "kl_losses"}}) {
      const double value = scores[name];
      keras::compare(std::string("vae, ").append(name).append(" of step ").append(std::to_string(step + 1)),
                     {group.tensor(reference)[static_cast<std::size_t>(step)]}, &value, allowed.loss);
    }
  }
  double error = 0, way = 0;
  for (const auto& parameter : model.parameters()) {
    const auto start = group.tensor("initial/" + parameter.name), end = group.tensor("final/" + parameter.name);
    for (std::size_t i = 0; i < end.size(); ++i) {
      error += std::pow(static_cast<double>(parameter.data[i]) - end[i], 2);
      way += std::pow(end[i] - start[i], 2);
    }
  }
  CHECK(std::sqrt(error / way) <= allowed.final_weights);
}

}  // namespace

TEST_CASE("the variational auto-encoder trains as in Keras, with the same epsilon") {
  const keras::Group group("models/vae");
  if (!group.has("losses")) {
    MESSAGE("models/vae is only in the full references: skipped");
    return;
  }
  run_vae<Vae::in<double>>(group, {1e-12, 1e-10, 1e-11, 1e-9});
  run_vae<Vae>(group, {1e-6, 1e-5, 1e-5, 2e-2});
}

TEST_CASE("its summaries, with two heads and without") {
  const std::string wide = keras::text_file("models/vae.summary.txt"), narrow = keras::text_file("models/vae.summary80.txt");
  using WithSampling = Sequential<Encoder, Sampling<2>>;
  const Sequential<WithSampling, Decoder> vae;
  const WithSampling encoder({}, "encoder");
  for (const auto& [expected, columns] : {std::pair{wide, 200}, {narrow, 80}}) {
    if (expected.empty()) continue;
    const std::size_t second = expected.find("Model:", 1);
    CHECK(encoder.summary({.columns = columns}) == expected.substr(0, second));
    const std::string decoder = vae.part<1>().summary({.columns = columns});
    CHECK(decoder.substr(decoder.find('\n')) == expected.substr(expected.find('\n', second)));
  }
}
