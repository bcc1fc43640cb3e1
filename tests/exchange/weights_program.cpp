// Predicts and trains with weights that come from elsewhere.
//
//   weights_program predict MODEL WEIGHTS DATA OUT    OUT: y, the prediction for DATA's x
//   weights_program train MODEL WEIGHTS DATA OUT      OUT: the weights after a few steps towards DATA's y
#include <iostream>
#include <latent/io.hpp>
#include <latent/latent.hpp>

using namespace latent;

namespace {

using Encoder = Sequential<Input<12, 12, 1>, Conv2D<6, 3, Same, ReLU>, MaxPooling2D<2>, Conv2D<6, 3, Same, ReLU>>;
using Decoder = Sequential<Input<6, 6, 6>, UpSampling2D<2>, Named<"decoded", Conv2D<2, 3, Same, Sigmoid>>>;
using Autoencoder = Sequential<Encoder, Decoder>;
/// A dense layer behind an image.
using Classifier = Sequential<Input<9, 8, 2>, Conv2D<3, Size{3, 2}, Strides<2, 3>, ReLU>, Flatten, Dense<5, Softmax>>;
/// A dense layer before an image.
using Generator = Sequential<Input<4>, Dense<10, ReLU>, Dense<24, ReLU>, Reshape<2, 3, 4>,
                             Conv2DTranspose<4, 2, Same, Strides<2>, ReLU>, Conv2DTranspose<1, 3, Sigmoid>>;
/// Layers with a state that training changes, and over several axes.
using Normalized = Sequential<Input<5, 4, 3>, Conv2D<2, 3, NoBias>, BatchNormalization<>, LayerNormalization<>,
                              Named<"all", LayerNormalization<Axes<1, 2, 3>>>, Activation<Sigmoid>>;
/// Channels that do not see each other, or some of them.
using Grouped = Sequential<Input<8, 8, 4>, Conv2D<4, 3, Same, Groups<2>>, GroupNormalization<2>, PReLU<SharedAxes<1, 2>>,
                         DepthwiseConv2D<3, DepthMultiplier<2>, ReLU>, SeparableConv2D<3, 2, Tanh>, Reshape<25, 3>,
                         Conv1D<1, 3, Sigmoid>>;
/// The same as PyTorch has it.
using Channels = Sequential<Input<8, 8, 4>, Conv2D<4, 3, Same, Groups<2>>, GroupNormalization<2, Epsilon<1e-5>>, PReLU<SharedAxes<1, 2>>,
                            DepthwiseConv2D<3, DepthMultiplier<2>, ReLU>, Conv2D<3, 1, Tanh>, Reshape<36, 3>,
                            Conv1D<1, 3, Tanh>, Conv1DTranspose<2, 3, Strides<2>, Sigmoid>>;

template <class Tensor, class Shape>
Tensor load(const SafeTensors& file, const std::string& name, const Shape&) {
  typename Tensor::Dimensions dimensions;
  dimensions[0] = file.at(name).shape.at(0);
  std::copy(Shape::dimensions.begin(), Shape::dimensions.end(), dimensions.begin() + 1);
  Tensor tensor(dimensions);
  const auto values = file.get<typename Tensor::Scalar>(name);
  check(static_cast<Index>(values.size()) == tensor.size(), name, ": expected ", tensor.size(), " numbers, received ",
        values.size());
  std::copy(values.begin(), values.end(), tensor.data());
  return tensor;
}

template <class Model>
int run(const std::string& command, const std::string& weights, const std::string& data, const std::string& out) {
  Model model(Seed{1});
  load_weights(weights, model);
  const SafeTensors file = read_safetensors(data);
  const auto x = load<typename Model::InputTensor>(file, "x", typename Model::input_shape());
  if (command == "predict") {
    const auto y = model.predict(x);
    const std::vector<Index> shape(y.dimensions().begin(), y.dimensions().end());
    write_safetensors(out, std::vector<NamedTensor<const typename Model::Scalar>>{{"y", shape, y.data()}});
    return 0;
  }
  check(command == "train", "expected predict or train, received ", command);
  const auto y = load<typename Model::OutputTensor>(file, "y", typename Model::output_shape());
  auto trainer = compile(model, Adam{.learning_rate = 0.01}, BinaryCrossentropy{});
  trainer.fit(x, y, {.epochs = 3, .batch_size = 8, .verbose = {}});
  save_weights(out, model);
  return 0;
}

}  // namespace

int main(int argc, char** argv) try {
  check(argc == 6, "expected predict|train MODEL WEIGHTS DATA OUT, received ", argc - 1, " arguments");
  const std::string model = argv[2];
  if (model == "autoencoder") return run<Autoencoder>(argv[1], argv[3], argv[4], argv[5]);
  if (model == "encoder") return run<Encoder>(argv[1], argv[3], argv[4], argv[5]);
  if (model == "classifier") return run<Classifier>(argv[1], argv[3], argv[4], argv[5]);
  if (model == "generator") return run<Generator>(argv[1], argv[3], argv[4], argv[5]);
  if (model == "normalized") return run<Normalized>(argv[1], argv[3], argv[4], argv[5]);
  if (model == "grouped") return run<Grouped>(argv[1], argv[3], argv[4], argv[5]);
  if (model == "channels") return run<Channels>(argv[1], argv[3], argv[4], argv[5]);
  check(false, "there is no model ", model);
} catch (const std::exception& error) {
  std::cerr << "weights_program: " << error.what() << "\n";
  return 1;
}
