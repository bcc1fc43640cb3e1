// Networks that are no chains: skip connections, several inputs and outputs, shared layers, tied weights, frozen parts.
#include <latent/kernels/conv2d_naive.hpp>

#include "random_batch.hpp"

using namespace latent;

namespace {

using UNet = Sequential<Input<8, 8, 1>, Named<"fine", Conv2D<4, 3, Same, ReLU>>, MaxPooling2D<2>,
                        Named<"coarse", Conv2D<6, 3, Same, ReLU>>, MaxPooling2D<2>, Conv2D<8, 3, Same, ReLU>,
                        UpSampling2D<2>, Concatenate<"coarse">, Conv2D<6, 3, Same, ReLU>, UpSampling2D<2>,
                        Concatenate<"fine">, Conv2D<1, 3, Same, Sigmoid>>;

template <class S>
std::vector<S> numbers(const Tensor<2, S>& tensor) {
  return {tensor.data(), tensor.data() + tensor.size()};
}
template <class M>
std::vector<std::string> parameter_names(const M& model) {
  std::vector<std::string> names;
  for (const auto& parameter : model.parameters()) names.push_back(parameter.name);
  return names;
}
template <class M>
std::vector<typename M::Scalar> parameters_of(const M& model) {
  return {model.data(), model.data() + M::network::buffer_size};
}
/// The values of one parameter tensor.
template <class M>
std::vector<typename M::Scalar> parameter(const M& model, const std::string& name) {
  for (const auto& tensor : model.parameters())
    if (tensor.name == name) return {tensor.data, tensor.data + tensor.size()};
  FAIL("no parameter ", name);
  return {};
}

}  // namespace

TEST_CASE("gradients of skip connections") {
  expect_right_gradients<Input<8, 8, 1>, Named<"fine", Conv2D<3, 3, Same, Tanh>>, AveragePooling2D<2>,
                         Conv2D<4, 3, Same, Tanh>, UpSampling2D<2>, Concatenate<"fine">, Conv2D<1, 3, Same, Sigmoid>>(
      2);
  expect_right_gradients<Input<5>, Named<"x", Dense<4, Tanh>>, Dense<4, Sigmoid>, Add<"x">, Dense<3>>(9);
  // The Input itself is read later, and a value by three layers.
  expect_right_gradients<Named<"x", Input<4>>, Named<"a", Dense<4, Tanh>>, Multiply<"x">, Named<"b", Dense<4>>,
                         Maximum<"a", "x">, Concatenate<"a", "b">, Dense<2>>(9);
  // A value is joined with itself.
  expect_right_gradients<Input<4>, Named<"a", Dense<3, Tanh>>, Multiply<"a">, Dense<2>>(5);
}

TEST_CASE("readers of one value want other borders") {
  // A pooling, which wants none, a convolution of 3 x 3 and one of 5 x 3 pixels.
  expect_right_gradients<Named<"x", Input<6, 6, 2>>, Named<"a", Conv2D<3, 3, Same>>, From<"x">, MaxPooling2D<2>,
                         UpSampling2D<2>, Concatenate<"a">, Named<"c", Conv2D<2, Size{5, 3}, Same, Tanh>>,
                         AveragePooling2D<3, Same, Strides<1>>, Conv2D<2, 3, Same, Tanh>, Add<"c">>(2);
  expect_right_gradients<Input<6, 6, 1>, Named<"h", Conv2D<4, 3, Same, Tanh>>,
                         Named<"a", Conv2D<4, 3, Same, Kernel<winograd>>>, From<"h">, Conv2D<4, 5, Same, Kernel<naive>>,
                         Add<"a">>(1);
}

TEST_CASE("gradients of several inputs and outputs") {
  expect_right_gradients<Named<"image", Input<4, 4, 1>>, Conv2D<2, 3, Same, Tanh>, Flatten, Named<"seen", Dense<3>>,
                         Named<"label", Input<2>>, Dense<3, Tanh>, Add<"seen">, Named<"code", Dense<4, Tanh>>,
                         Named<"digit", Dense<3, Softmax>>, From<"code">, Named<"picture", Dense<6, Sigmoid>>>(5);
  // An output that is read, too, and one that is an Input.
  expect_right_gradients<Named<"x", Input<3>>, Named<"h", Dense<3, Tanh>>, Named<"y", Dense<2>>,
                         Outputs<"y", "h", "x">>(4);
}

TEST_CASE("gradients of shared layers and tied weights") {
  expect_right_gradients<Named<"a", Input<5>>, Named<"eye", Dense<4, Tanh>>, Named<"b", Input<5>>, Again<"eye">,
                         Subtract<"eye">, Dense<2>>(6);
  expect_right_gradients<Named<"a", Input<5>>, Named<"eye", Dense<4, GELU>>, Named<"b", Input<5>>,
                         Named<"other", Again<"eye">>, Multiply<"eye">, Dense<2>>(6);
  // A layer on its own result, and a convolution on images of two sizes.
  expect_right_gradients<Input<4>, Named<"step", Dense<4, Tanh>>, Again<"step">, Again<"step">>(6);
  expect_right_gradients<Input<6, 6, 2>, Named<"scan", Conv2D<2, 3, Same, Tanh>>, MaxPooling2D<2>, Again<"scan">>(2);
  expect_right_gradients<Input<6>, Named<"code", Dense<3, Tanh>>, DenseTranspose<"code", Sigmoid>>(6);
  expect_right_gradients<Input<6>, Named<"first", Dense<5, ReLU>>, Named<"second", Dense<3, SiLU>>,
                         DenseTranspose<"second", GELU, NoBias>, DenseTranspose<"first", Sigmoid>>(20);
}

TEST_CASE("gradients of layers of every kind beside a skip connection") {
  const auto beside = []<class... Layers>(std::type_identity<std::tuple<Layers...>>) {
    expect_right_gradients<Named<"x", Input<4, 4, 3>>, Named<"h", Conv2D<4, 3, Same, Tanh>>, Layers...,
                           Named<"a", Conv2D<2, 3, Same>>, From<"h">, Conv2D<2, 3, Same>, Add<"a">>(3);
  };
  beside(std::type_identity<std::tuple<BatchNormalization<>>>{});
  beside(std::type_identity<std::tuple<LayerNormalization<>, ELU<>>>{});
  beside(std::type_identity<std::tuple<Dropout<0.3>>>{});
  beside(std::type_identity<std::tuple<GaussianNoise<0.3>, Activation<GELU>>>{});
  beside(std::type_identity<std::tuple<ZeroPadding2D<1>, Cropping2D<1>>>{});
  beside(std::type_identity<std::tuple<Conv2DTranspose<3, 3, Same, Strides<2>>, MaxPooling2D<2>>>{});
  beside(std::type_identity<std::tuple<UpSampling2D<2, Bilinear>, AveragePooling2D<2>>>{});
  beside(std::type_identity<std::tuple<ActivityRegularization<0.1, 0.2>>>{});
  beside(std::type_identity<std::tuple<Flatten, Dense<16, Softmax>, Reshape<4, 4, 1>>>{});
}

TEST_CASE("a penalty on the activity of a branch counts") {
  using Branch = Sequential<Named<"x", Input<4>>, Named<"a", Dense<3, ActivityRegularizer<L2<0.1>>>>, From<"x">, Dense<3>, Add<"a">>;
  using Alone = Sequential<Input<4>, Dense<3, ActivityRegularizer<L2<0.1>>>>;
  const auto x = random_batch<Alone>(5);
  const Branch branch(Seed{1});
  CHECK(branch.losses(x).at("regularization_loss") > 0.01);
  CHECK(branch.losses(x).at("regularization_loss") == Alone(Seed{1}).losses(x).at("regularization_loss"));
}

TEST_CASE("a BatchNormalization in a branch sees its batch, and keeps its moving averages") {
  using Branch = Sequential<Named<"x", Input<4>>, Named<"a", BatchNormalization<>>, From<"x">, Add<"a">>;
  Branch branch;
  const auto x = random_batch<Branch>(300);  // many chunks
  const auto y = branch.call(x, {.training = true}),
             alone = Sequential<Input<4>, BatchNormalization<>>().call(x, {.training = true});
  for (Index i = 0; i < y.size(); ++i) CHECK(y.data()[i] == x.data()[i] + alone.data()[i]);
  compile(branch, SGD{}, MeanSquaredError{}).train_on_batch(x, x);
  CHECK(parameter(branch, "a/moving_mean")[0] != 0);
}

TEST_CASE("two Dropouts in two branches have masks of their own") {
  using Two = Sequential<Named<"x", Input<200>>, Named<"a", Dropout<0.5>>, From<"x">, Named<"b", Dropout<0.5>>>;
  Tensor<2> ones(1, 200);
  ones.setConstant(1);
  const auto [a, b] = Two().call(ones, {.training = true});
  Index differ = 0;
  for (Index i = 0; i < 200; ++i) differ += a(0, i) != b(0, i);
  CHECK(differ > 60);
  CHECK(differ < 140);
}

TEST_CASE("what a branch gives is what it gives alone, under its name") {
  using Both = Sequential<Input<6>, Named<"h", Dense<4, ReLU>>, Named<"mean", Dense<2>>, From<"h">, Named<"rest", Dense<3, Sigmoid>>>;
  Both both(Seed{1});
  CHECK(parameter_names(both) ==
        std::vector<std::string>{"h/kernel", "h/bias", "mean/kernel", "mean/bias", "rest/kernel", "rest/bias"});
  Sequential<Input<6>, Named<"h", Dense<4, ReLU>>, Named<"mean", Dense<2>>> left;
  Sequential<Input<6>, Named<"h", Dense<4, ReLU>>, Named<"rest", Dense<3, Sigmoid>>> right;
  const auto copy = [&](auto& to) {
    for (auto& tensor : to.parameters()) {
      const auto from = parameter(both, tensor.name);
      std::copy(from.begin(), from.end(), tensor.data);
    }
  };
  copy(left), copy(right);
  const auto x = random_batch<Both>(5);
  const auto [mean, rest] = both.predict(x);
  CHECK(numbers(mean) == numbers(left.predict(x)));
  CHECK(numbers(rest) == numbers(right.predict(x)));
}

TEST_CASE("encoder and decoder with skips between them stay usable alone") {
  using Encoder = Sequential<Input<8, 8, 1>, Named<"fine", Conv2D<4, 3, Same, ReLU>>, MaxPooling2D<2>, Named<"code", Conv2D<2, 3, Same>>,
                             Outputs<"fine", "code">>;
  using Decoder = Sequential<Named<"code", Input<4, 4, 2>>, UpSampling2D<2>, Named<"up", Conv2D<3, 3, Same>>,
                             Named<"fine", Input<8, 8, 4>>, Concatenate<"up">, Conv2D<1, 3, Same, Sigmoid>>;
  using Whole = Sequential<Encoder, Decoder>;
  CHECK(Whole::network::inputs == 1);
  CHECK(Decoder::network::inputs == 2);
  const Whole whole(Seed{1});
  const auto x = random_batch<Whole>(3);
  const auto [fine, code] = whole.part<0>().predict(x);
  const auto apart = whole.part<1>().predict({code, fine}), y = whole.predict(x);
  CHECK(std::equal(y.data(), y.data() + y.size(), apart.data()));
}

TEST_CASE("the same bits on any number of threads") {
  const auto train = [](int threads) {
    UNet model(Seed{3});
    const auto x = random_batch<UNet>(37);
    compile(model, Adam{}, MeanSquaredError{})
        .fit(x, x, {.epochs = 3, .batch_size = 16, .verbose = {}, .threads = threads});
    return parameters_of(model);
  };
  const auto one = train(1);
  for (int threads : {2, 3, 8}) CHECK(train(threads) == one);
}

TEST_CASE("a network with skips on another size") {
  const UNet model(Seed{1});
  const auto larger = model.on<Input<12, 16, 1>>();
  Tensor<4> x(1, 12, 16, 1);
  x.setRandom();
  CHECK(larger.predict(x).dimension(2) == 16);
  CHECK(larger.parameters()[3].data == model.parameters()[3].data);
}

namespace {
using Heads = Sequential<Input<6>, Named<"code", Dense<5, Tanh>>, Named<"digit", Dense<3, Softmax>>, From<"code">,
                         Named<"image", Dense<6, Sigmoid>>>;
}  // namespace

TEST_CASE("outputs have losses, weights and metrics of their own") {
  const Heads initial(Seed{2});
  const auto x = random_batch<Heads>(40);
  Tensor<2> digits(40, 3), images(40, 6);
  digits.setZero();
  for (Index n = 0; n < 40; ++n) digits(n, n % 3) = 1;
  images = (x > 0.0f).cast<float>();
  Heads model = initial;
  auto trainer = compile(model, SGD{.learning_rate = 1}, head<"image">(BinaryCrossentropy{}),
                         head<"digit">(CategoricalCrossentropy{}, 0.25, Accuracy{}));
  const Scores scores = trainer.evaluate(x, {digits, images});
  CHECK(scores["loss"] == doctest::Approx(scores["image_loss"] + 0.25 * scores["digit_loss"]).epsilon(1e-14));
  CHECK(scores["digit_accuracy"] >= 0);

  // The same from two models with one output each.
  using Digit = Sequential<Input<6>, Named<"code", Dense<5, Tanh>>, Named<"digit", Dense<3, Softmax>>>;
  Digit digit(Seed{2});
  CHECK(compile(digit, SGD{}, CategoricalCrossentropy{}).evaluate(x, digits) ==
        doctest::Approx(scores["digit_loss"]).epsilon(1e-6));
  compile(digit, SGD{.learning_rate = 0.25}, CategoricalCrossentropy{}).train_on_batch(x, digits);
  const Scores before = trainer.train_on_batch(x, {digits, images});
  CHECK(before["loss"] == doctest::Approx(scores["loss"]).epsilon(1e-6));
  const auto with = parameter(model, "digit/kernel"), alone = parameter(digit, "digit/kernel");
  for (std::size_t i = 0; i < with.size(); ++i) CHECK(with[i] == doctest::Approx(alone[i]).epsilon(1e-5));

  const History history =
      trainer.fit(x, {digits, images}, {.epochs = 2, .validation_data = {x, {digits, images}}, .verbose = {}});
  for (const char* name :
       {"loss", "digit_loss", "image_loss", "digit_accuracy", "val_loss", "val_digit_loss", "val_digit_accuracy"})
    CHECK(history[name].size() == 2);
  CHECK(history.history.count("image_accuracy") == 0);
  CHECK_THROWS_WITH_AS(trainer.fit(x, {digits, digits}, {}),
                       "fit: targets (image): expected at least 1 sample of shape (6,), received 40 of shape (3,)",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(compile(model, SGD{}, head<"image">(BinaryCrossentropy{}, -1)),
                       "compile: the weight of a loss is at least 0, received -1", std::invalid_argument);
}

TEST_CASE("an output without a loss is not trained") {
  Heads model(Seed{2});
  const auto x = random_batch<Heads>(40);
  const auto kept = parameter(model, "image/kernel"), other = parameter(model, "digit/kernel");
  compile(model, SGD{.learning_rate = 1}, head<"digit">(MeanSquaredError{}))
      .train_on_batch(x, std::get<0>(Heads(Seed{5}).predict(x)));
  CHECK(parameter(model, "image/kernel") == kept);
  CHECK(parameter(model, "digit/kernel") != other);
}

TEST_CASE("what is frozen is not trained; then it is fine-tuned") {
  using Encoder = Sequential<Input<6>, Dense<5, Tanh, KernelRegularizer<L2<0.1>>>, Named<"norm", BatchNormalization<>>>;
  using Decoder = Sequential<Input<5>, Dense<6>>;
  Sequential<Encoder, Decoder> model(Seed{3});
  const auto x = random_batch<decltype(model)>(70);
  const double penalty = model.losses(x).at("regularization_loss");
  CHECK(penalty > 0.01);
  const auto all = parameters_of(model);
  auto encoder = model.part<0>();
  encoder.set_trainable(false);
  CHECK(model.losses(x).at("regularization_loss") == 0);
  CHECK(model.summary().find("Trainable params: 36 ") != std::string::npos);
  CHECK(model.summary().find("Non-trainable params: 55 ") != std::string::npos);
  for (const double decay : {0.0, 0.1}) {
    auto trainer = compile(model, AdamW{.weight_decay = decay}, MeanSquaredError{});
    // A frozen BatchNormalization works as at inference: a step begins with the loss that evaluate tells.
    const double before = trainer.evaluate(x, x);
    CHECK(before == doctest::Approx(static_cast<double>(trainer.train_on_batch(x, x))).epsilon(1e-6));
    CHECK(parameters_of(encoder) ==
          std::vector<float>(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(parameters_of(encoder).size())));
    CHECK(parameters_of(model) != all);
  }
  model.set_trainable("norm", true);
  compile(model, Adam{}, MeanSquaredError{}).train_on_batch(x, x);
  CHECK(parameter(model, "dense/kernel") == parameter(encoder, "dense/kernel"));
  CHECK(parameter(model, "norm/moving_mean")[0] != 0);
  model.set_trainable(true);
  compile(model, Adam{}, MeanSquaredError{}).train_on_batch(x, x);
  CHECK(parameter(model, "dense/kernel")[0] != all[0]);
  CHECK_THROWS_WITH_AS(model.set_trainable("nrom", false),
                       "set_trainable: the model has no layer \"nrom\", but dense, norm, dense_1",
                       std::invalid_argument);
}

TEST_CASE("the gradients of what is not frozen are the same, whatever is frozen") {
  const auto x = random_batch<UNet>(3);
  UNet model(Seed{1});
  const auto all = model.backward(x, x);
  model.set_trainable("coarse", false);
  const auto some = model.backward(x, x);
  CHECK(some.parameters.count("coarse/kernel") == 0);
  CHECK(some.parameters.size() + 2 == all.parameters.size());
  for (const auto& [name, values] : some.parameters) CHECK(values == all[name]);
}

TEST_CASE("shared weights are there once, and count once") {
  using Eyes = Sequential<Named<"a", Input<5>>, Named<"eye", Dense<4, KernelRegularizer<L2<0.1>>>>, Named<"b", Input<5>>, Again<"eye">,
                          Subtract<"eye">>;
  CHECK(Eyes::count_params() == 24);
  const Eyes eyes(Seed{1});
  CHECK(parameter_names(eyes) == std::vector<std::string>{"eye/kernel", "eye/bias"});
  const auto [a, b] = random_batch<Eyes>(3);
  const Sequential<Input<5>, Named<"eye", Dense<4, KernelRegularizer<L2<0.1>>>>> one(Seed{1});
  CHECK(eyes.losses({a, b}) == one.losses(a));
  const auto y = eyes.predict({a, b}), left = one.predict(a), right = one.predict(b);
  for (Index i = 0; i < y.size(); ++i) CHECK(y.data()[i] == right.data()[i] - left.data()[i]);
  CHECK_THROWS_WITH_AS(eyes.predict({a, Tensor<2>(slice(b, 0, 2))}), "predict (b): expected 3 samples, received 2",
                       std::invalid_argument);
}

TEST_CASE("a model twice: an encoder for two pictures") {
  using Encoder = Sequential<Named<"picture", Input<4, 4, 1>>, Named<"h", Conv2D<2, 3, Same, Tanh>>, Flatten, Dense<3, GELU>>;
  using Twins = Sequential<Named<"a", Input<4, 4, 1>>, Named<"eye", Encoder>, Named<"b", Input<4, 4, 1>>, Named<"other", Again<"eye">>,
                           Subtract<"eye">, Dense<2>>;
  expect_right_gradients<Named<"a", Input<4, 4, 1>>, Named<"eye", Encoder>, Named<"b", Input<4, 4, 1>>, Again<"eye">,
                         Subtract<"eye">>(3);
  const Twins twins(Seed{1});
  CHECK(parameter_names(twins) ==
        std::vector<std::string>{"h/kernel", "h/bias", "dense/kernel", "dense/bias", "dense_1/kernel", "dense_1/bias"});
  const auto [a, b] = random_batch<Twins>(3);
  // The encoder alone, on the same parameters.
  const auto eye = twins.part<1>();
  const auto of_a = eye.predict(a), of_b = eye.predict(b);
  const auto kernel = parameter(twins, "dense_1/kernel");
  const auto y = twins.predict({a, b});
  for (Index n = 0; n < 3; ++n)
    for (Index u = 0; u < 2; ++u) {
      float sum = 0;
      for (Index i = 0; i < 3; ++i) sum += (of_b(n, i) - of_a(n, i)) * kernel[static_cast<std::size_t>(2 * i + u)];
      CHECK(y(n, u) == doctest::Approx(sum).epsilon(1e-5));
    }
  // With skips inside, whose names mean the latest value.
  using Inner = Sequential<Input<5>, Named<"s", Dense<5, Tanh>>, Dense<5>, Add<"s">>;
  expect_right_gradients<Input<5>, Named<"block", Inner>, Again<"block">, Again<"block">>(4);
}

TEST_CASE("logits are what the last activations get") {
  const Heads model(Seed{1});
  const auto x = random_batch<Heads>(3);
  const auto [p, image] = model.predict(x);
  const auto [z, image_z] = model.logits(x);
  for (Index i = 0; i < image.size(); ++i)
    CHECK(image.data()[i] == doctest::Approx(1 / (1 + std::exp(-image_z.data()[i]))).epsilon(1e-6));
  CHECK(p(0, 0) / p(0, 1) == doctest::Approx(std::exp(z(0, 0) - z(0, 1))).epsilon(1e-5));
  // An output that another layer reads keeps its activation, and its loss does not look through it.
  using Read = Sequential<Input<6>, Named<"p", Dense<3, Sigmoid>>, Named<"y", Dense<2>>, Outputs<"p", "y">>;
  Model<double, Input<6>, Named<"p", Dense<3, Sigmoid>>, Named<"y", Dense<2>>, Outputs<"p", "y">> read(Seed{1});
  CHECK(numbers(std::get<0>(Read(Seed{1}).logits(x))) == numbers(std::get<0>(Read(Seed{1}).predict(x))));
}
