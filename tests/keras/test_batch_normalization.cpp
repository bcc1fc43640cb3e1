#include "keras/model_case.hpp"

using namespace latent;

namespace {

template <class Scalar, class InputLayer, class Layer>
void run_batch_normalization_as(const keras::Group& group, const std::string& name) {
  using M = Model<Scalar, InputLayer, Layer>;
  const auto values = [&](const std::string& tensor) { return group.tensor(name + "/" + tensor); };
  const Index samples = static_cast<Index>(values("x").size()) / M::input_shape::size;
  const auto batch = [&](const std::string& tensor) {
    return keras::rows<typename M::InputTensor>(values(tensor), M::input_shape::dimensions, 0, samples);
  };
  const auto x = batch("x"), dy = batch("dy");
  M model;
  for (auto& parameter : model.parameters()) {
    const auto kept = values(parameter.name.substr(parameter.name.find('/') + 1));
    REQUIRE(static_cast<Index>(kept.size()) == parameter.size());
    std::transform(kept.begin(), kept.end(), parameter.data, [](double v) { return static_cast<Scalar>(v); });
  }

  const double allowed = keras::tolerance<Scalar>(1e-12, 1e-5);
  const auto compare = [&](const std::string& tensor, const Scalar* got, double tolerance) {
    keras::compare(name + "/" + tensor, values(tensor), got, tolerance);
  };
  const CallMode mode{.training = true};
  compare("y_inference", model.predict(x).data(), allowed);
  compare("y", model.call(x, mode).data(), allowed);
  const auto gradients = model.backward(x, dy, mode);
  // Of two numbers in a channel hardly anything is left in float when mean and slope have been taken off.
  compare("dx", gradients.dx.data(), name == "2x1x1x4" ? keras::tolerance<Scalar>(1e-12, 1e-4) : allowed);
  for (const auto& [parameter, got] : gradients.parameters)
    compare(std::string("d").append(parameter.substr(parameter.find('/') + 1)), got.data(), allowed);

  compile(model, SGD{.learning_rate = 0}, MeanSquaredError{}).train_on_batch(x, dy);
  for (const auto& parameter : model.parameters())
    if (!parameter.trainable)
      compare(parameter.name.substr(parameter.name.find('/') + 1) + "_after", parameter.data, allowed);
}

template <class InputLayer, class Layer>
void run_batch_normalization(keras::Group& group, const std::string& name) {
  if (!group.has(name + "/x")) return;
  run_batch_normalization_as<double, InputLayer, Layer>(group, name);
  run_batch_normalization_as<float, InputLayer, Layer>(group, name);
  group.ran(name);
}

using Autoencoder =
    Sequential<Input<28, 28, 1>, Conv2D<4, 3, Same>, BatchNormalization<>, Activation<ReLU>, MaxPooling2D<2, Same>,
               Conv2D<6, 3, Same, ReLU>, BatchNormalization<Momentum<0.75>, Epsilon<0.015625>>, UpSampling2D<2>,
               Conv2D<1, 3, Same, Sigmoid>>;

}  // namespace

TEST_CASE("BatchNormalization as in Keras, in training and at inference") {
  keras::Group group("layers/batch_normalization");
#include "keras/cases_batch_normalization.inc"
  group.check_coverage({});
}

TEST_CASE("an auto-encoder with BatchNormalization trains as in Keras") {
  keras::run_model<Autoencoder>("batch_normalization", Adam{}, BinaryCrossentropy{}, {"clean"});
  keras::check_summary<Autoencoder>("batch_normalization", "sequential", false);
}
