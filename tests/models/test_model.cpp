#include <latent/sources.hpp>

#include "random_batch.hpp"

using namespace latent;

namespace {
using Encoder = Sequential<Input<8, 8, 1>, Conv2D<4, 3, Same, ReLU>, Named<"code", MaxPooling2D<2>>>;
using Decoder = Sequential<Input<4, 4, 4>, Conv2D<4, 3, Same, ReLU>, UpSampling2D<2>, Conv2D<1, 3, Same, Sigmoid>>;
using Autoencoder = Sequential<Encoder, Decoder>;

Tensor<4> noise(Index count, Index height, Index width, Index channels) {
  Tensor<4> x(count, height, width, channels);
  for (Index i = 0; i < x.size(); ++i) x.data()[i] = static_cast<float>(Random(Seed{2}, Purpose::test).uniform(i));
  return x;
}
bool same(const Tensor<4>& a, const Tensor<4>& b) {
  return a.size() == b.size() && std::equal(a.data(), a.data() + a.size(), b.data());
}
}  // namespace

TEST_CASE("names are Keras's, and parts keep the names of the whole") {
  const Autoencoder model(Seed{1});
  std::vector<std::string> names;
  for (const auto& parameter : model.parameters()) names.push_back(parameter.name);
  CHECK(names == std::vector<std::string>{"conv2d/kernel", "conv2d/bias", "conv2d_1/kernel", "conv2d_1/bias",
                                          "conv2d_2/kernel", "conv2d_2/bias"});
  CHECK(model.layer_name(2) == "code");
  CHECK(model.part<1>().parameters()[0].name == "conv2d_1/kernel");
  CHECK(Autoencoder::count_params() == 40 + 148 + 37);
}

TEST_CASE("parts work on the parameters of the whole") {
  Autoencoder model(Seed{1});
  const Tensor<4> x = noise(3, 8, 8, 1);
  const Encoder encoder = model.part<0>();
  const Decoder decoder = model.part<1>();
  const Tensor<4> before = model.predict(x);
  CHECK(same(decoder.predict(encoder.predict(x)), before));
  compile(model, SGD{.learning_rate = 1}, MeanSquaredError{}).train_on_batch(x, x);
  CHECK_FALSE(same(model.predict(x), before));
  CHECK(same(decoder.predict(encoder.predict(x)), model.predict(x)));
}

TEST_CASE("a copy is a model of its own") {
  Autoencoder model(Seed{1});
  const Autoencoder copy = model;
  const Tensor<4> x = noise(3, 8, 8, 1), before = model.predict(x);
  compile(model, SGD{.learning_rate = 1}, MeanSquaredError{}).train_on_batch(x, x);
  CHECK(same(copy.predict(x), before));
}

TEST_CASE("the same layers run on another input size with the same parameters") {
  const Autoencoder model(Seed{1});
  const auto larger = model.on<Input<8, 16, 1>>();
  const Tensor<4> wide = noise(1, 8, 16, 1);
  const Tensor<4> y = larger.predict(wide);
  CHECK(y.dimension(2) == 16);
  // Far from the cut, the left half is what the small network makes of the left half.
  Tensor<4> left(1, 8, 8, 1);
  for (Index r = 0; r < 8; ++r)
    for (Index c = 0; c < 8; ++c) left(0, r, c, 0) = wide(0, r, c, 0);
  CHECK(model.predict(left)(0, 4, 1, 0) == y(0, 4, 1, 0));
  CHECK(larger.parameters()[3].data == model.parameters()[3].data);
}

TEST_CASE("predict does not depend on the threads, and logits are what the sigmoid gets") {
  const Autoencoder model(Seed{1});
  const Tensor<4> x = noise(29, 8, 8, 1), y = model.predict(x, 1), z = model.logits(x);
  for (int threads : {2, 3, 16}) CHECK(same(model.predict(x, threads), y));
  for (Index i = 0; i < y.size(); ++i) {
    const double p = 1 / (1 + std::exp(-static_cast<double>(z.data()[i])));
    CHECK(std::abs(static_cast<double>(y.data()[i]) - p) < 2e-7);
  }
}

TEST_CASE("a layer alone: forward, backward, gradients by name") {
  Model<double, Input<2>, Dense<1>> layer(Seed{1});
  const auto parameters = layer.parameters();
  parameters[0].data[0] = 2, parameters[0].data[1] = 3, parameters[1].data[0] = 0.5;
  Tensor<2, double> x(1, 2), dy(1, 1);
  x.setValues({{10, 100}});
  dy.setValues({{1}});
  CHECK(layer.predict(x)(0, 0) == 320.5);
  const auto gradients = layer.backward(x, dy);
  CHECK(gradients.dx(0, 0) == 2);
  CHECK(gradients.dx(0, 1) == 3);
  CHECK(gradients["dense/kernel"] == std::vector<double>{10, 100});
  CHECK(gradients["dense/bias"] == std::vector<double>{1});
}

TEST_CASE("Glorot: uniform within sqrt(6 / (fan_in + fan_out)), biases 0") {
  const Sequential<Input<14, 14, 32>, Conv2D<64, 3>> model(Seed{1});
  const auto kernel = model.parameters()[0], bias = model.parameters()[1];
  const double limit = std::sqrt(6.0 / (9 * 32 + 9 * 64));
  double sum = 0, squares = 0, largest = 0;
  for (Index i = 0; i < kernel.size(); ++i) {
    const double v = kernel.data[i];
    sum += v, squares += v * v, largest = std::max(largest, std::abs(v));
  }
  const double n = static_cast<double>(kernel.size());
  CHECK(largest <= limit * (1 + 1e-7));
  CHECK(largest > 0.999 * limit);
  CHECK(std::abs(sum / n) < 5 * limit / std::sqrt(3 * n));                                   // 5 standard errors
  CHECK(squares / n == doctest::Approx(limit * limit / 3).epsilon(5 * 0.9 / std::sqrt(n)));  // likewise
  CHECK(std::all_of(bias.data, bias.data + bias.size(), [](float b) { return b == 0; }));
}

TEST_CASE("a part finds its parameters behind plain layers") {
  using First = Sequential<Input<3>, Dense<4>>;
  using Last = Sequential<Input<5>, Dense<2>>;
  const Sequential<First, Dense<5>, Last> model(Seed{1});
  CHECK(model.part<2>().parameters()[0].data == model.parameters()[4].data);
  CHECK(model.part<2>().parameters()[0].name == "dense_2/kernel");
}

TEST_CASE("one name for two layers is refused") {
  using Twice = Sequential<Input<3>, Named<"dense", Dense<4>>, Dense<5>>;
  CHECK_THROWS_WITH_AS(Twice(Seed{1}), doctest::Contains("\"dense\""), std::invalid_argument);
}

TEST_CASE("assigning copies the numbers, also into a model that was moved from") {
  Autoencoder a(Seed{1}), b(Seed{2});
  const Tensor<4> x = noise(2, 8, 8, 1), of_a = a.predict(x);
  const Encoder part = b.part<0>();
  b = Autoencoder(Seed{1});
  CHECK(same(b.predict(x), of_a));
  CHECK(part.data() == b.data());
  Autoencoder c = std::move(a);
  a = c;
  CHECK(same(a.predict(x), of_a));
  CHECK(a.data() != c.data());
}

TEST_CASE("NaN goes through every layer, so that it can be found") {
  const Sequential<Input<4, 4, 1>, Conv2D<3, 3, Same, ReLU>, MaxPooling2D<2>, UpSampling2D<2>, Flatten, Dense<3, ReLU>>
      model;
  Tensor<4> x = noise(1, 4, 4, 1);
  x(0, 1, 1, 0) = std::numeric_limits<float>::quiet_NaN();
  const Tensor<2> y = model.predict(x);
  for (Index i = 0; i < 3; ++i) CHECK(std::isnan(y(0, i)));
}

TEST_CASE("a number of threads that is out of the question is refused") {
  const Autoencoder model(Seed{1});
  const Tensor<4> x = noise(2, 8, 8, 1);
  CHECK_THROWS_AS(model.predict(x, -3), std::invalid_argument);
  CHECK_THROWS_AS(model.predict(x, 200000), std::invalid_argument);
}

TEST_CASE("chains: a layer's activation is undone by whatever follows") {
  using Odd = Model<double, Input<6, 6, 1>, Conv2D<4, 3, Same, Sigmoid>, MaxPooling2D<2>, Conv2D<5, 3, Same, Tanh>>;
  expect_right_gradients<
      Odd, Model<double, Input<3, 3, 5>, Conv2D<4, 3, Same, ReLU>, UpSampling2D<2>, Conv2D<1, 3, Same, Sigmoid>>>();
  expect_right_gradients<Input<6, 6, 1>, Conv2D<4, 3, Strides<2>, Same, ReLU>, Conv2D<3, 3, Strides<2>, Same, Softmax>,
                         Flatten, Dense<4, Sigmoid>, Dense<9, Softmax>, Reshape<3, 3, 1>, Activation<Tanh>>();
  expect_right_gradients<Input<4, 4, 2>, Conv2D<3, 3, Same, Tanh>, Dense<5, Sigmoid>, Conv2D<2, 3, Same, ReLU>>();
}

TEST_CASE("what a model keeps beside its numbers: a name, what is frozen, the lanes of its training") {
  using Small = Sequential<Input<2>, Named<"a", Dense<3>>, Named<"b", Dense<2>>>;
  using Two = Sequential<Named<"x", Input<2>>, Named<"y", Input<2>>, Add<"x">, Named<"h", Dense<2>>>;
  Small model(Seed{1}), other(Seed{2}, "other");
  CHECK(model.name() == "sequential");
  CHECK(Two().name() == "functional");
  CHECK(other.name() == "other");
  CHECK(Autoencoder(Seed{1}, "whole").part<1>().name() == "whole_part_1");
  CHECK(model.layer_name(1) == "a");
  CHECK(model.layer_name(2) == "b");
  CHECK(Two().layer_name(2) == "h");
  CHECK(model.training_lanes == 0);
  const auto frozen = [](const Small& m) { return text(m.frozen()[0], m.frozen()[1]); };
  CHECK(frozen(model) == "00");
  model.set_trainable("b", false);
  CHECK(frozen(model) == "01");
  CHECK_THROWS_WITH_AS(model.set_trainable("c", false), "set_trainable: the model has no layer \"c\", but a, b",
                       std::invalid_argument);
  Two two;
  CHECK_THROWS_WITH_AS(two.set_trainable("x", false), "set_trainable: the model has no layer \"x\", but add, h",
                       std::invalid_argument);
  two.set_trainable("h", false);
  CHECK(two.frozen()[1]);
  CHECK(!two.frozen()[0]);
  two.set_trainable("add", false);
  CHECK(two.frozen()[0]);
  model.training_lanes = 5;
  const Small copy = model;
  CHECK(frozen(copy) == "01");
  CHECK(copy.training_lanes == 5);
  other = model;
  CHECK(frozen(other) == "01");
  CHECK(other.training_lanes == 5);
  CHECK(other.name() == "other");
  Small moved = std::move(other);
  CHECK(frozen(moved) == "01");
  other = std::move(moved);  // one that was moved from takes everything over
  CHECK(frozen(other) == "01");
  CHECK(other.training_lanes == 5);
  CHECK(other.name() == "other");
  Autoencoder whole(Seed{1});
  whole.part<1>().set_trainable(false);  // the flags of a part are those of the whole
  using Parts = Autoencoder::network;
  const int inner = decltype(whole.part<0>())::network::depth;
  for (int i = 0; i < Parts::depth; ++i) CHECK(whole.frozen()[i] == (i >= inner));
  other.set_trainable(true);
  CHECK(frozen(other) == "00");
  other.set_trainable(false);
  CHECK(frozen(other) == "11");
  CHECK(frozen(copy) == "01");
}

TEST_CASE("batches of a source, one after the other; and errors that name what does not fit") {
  using Heads = Sequential<Input<2>, Named<"a", Dense<3>>, Named<"b", Dense<2>>, Outputs<"b", "a">>;
  using Two = Sequential<Named<"x", Input<2>>, Named<"y", Input<2>>, Add<"x">, Dense<2>>;
  const Heads model(Seed{1});
  Tensor<2> x(7, 2);
  for (Index i = 0; i < x.size(); ++i) x.data()[i] = static_cast<float>(i) - 6;
  const auto [b, a] = model.predict(x);
  for (const Index prefetch : {0, 1, 2, 9}) {
    TensorSource source(x, x, {.batch_size = 3, .shuffle = false});
    const auto [more_b, more_a] = model.predict(source, 1, prefetch);
    REQUIRE(more_b.dimensions() == b.dimensions());
    REQUIRE(more_a.dimensions() == a.dimensions());
    CHECK(std::equal(b.data(), b.data() + b.size(), more_b.data()));
    CHECK(std::equal(a.data(), a.data() + a.size(), more_a.data()));
  }
  Index begun = 0;
  struct Counted : Source<Tensor<2>, Tensor<2>> {  // of two batches, in an epoch that has begun
    const Tensor<2>& x;
    Index& begun;
    Counted(const Tensor<2>& all, Index& count) : x(all), begun(count) {}
    Index size() const override { return 2; }
    void on_epoch_begin(Index epoch) override { begun += 1 + epoch; }
    Batch batch(Index) override {
      CHECK(begun == 1);
      return {x, x};
    }
  } counted(x, begun);
  CHECK(std::get<0>(model.predict(counted)).dimension(0) == 14);
  CHECK(begun == 1);
  const Tensor<2> of_b(7, 2), too_wide(7, 4);
  CHECK_THROWS_WITH_AS(model.backward(x, {too_wide, too_wide}), doctest::Contains("backward: dy (b): expected"),
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(model.backward(x, {of_b, too_wide}), doctest::Contains("backward: dy (a): expected"),
                       std::invalid_argument);
  TensorSource source(x, x, {.batch_size = 3});
  CHECK_THROWS_WITH_AS(model.predict(source, 1, -1), "predict: prefetch is at least 0, received -1",
                       std::invalid_argument);
  auto endless = generated(0, [&](Index, Index) { return Source<Tensor<2>, Tensor<2>>::Batch{x, x}; });
  CHECK_THROWS_WITH_AS(model.predict(endless), "predict: expected a source of at least 1 batch, received one of 0",
                       std::invalid_argument);
  const Two two(Seed{1});
  const Tensor<2> fewer = first_of(x, 6);
  CHECK_THROWS_WITH_AS(two.call({x, fewer}, {}), "call (y): expected 7 samples, received 6", std::invalid_argument);
  CHECK_THROWS_WITH_AS(two.call({too_wide, x}, {}), doctest::Contains("call (x): expected"), std::invalid_argument);
  const Sequential<Input<2>, Dense<2>> plain(Seed{1});
  CHECK_THROWS_WITH_AS(plain.backward(x, fewer), "backward: x has 7 samples but dy has 6", std::invalid_argument);
  CHECK_THROWS_WITH_AS(plain.logits(Tensor<2>(0, 2)),
                       "logits: expected at least 1 sample of shape (2,), received 0 of shape (2,)",
                       std::invalid_argument);
  // What a model adds to the loss: a mean over the samples of what activities cost, and what parameters cost once.
  const Sequential<Input<2>, Dense<2, NoBias, KernelRegularizer<L2<0.5>>, ActivityRegularizer<L1<0.25>>>> penalised(
      Seed{1});
  double expected = 0;
  for (Index i = 0; i < 4; ++i) expected += 0.5 * std::pow(static_cast<double>(penalised.data()[i]), 2);
  const Tensor<2> y = penalised.predict(x);
  for (Index i = 0; i < y.size(); ++i) expected += 0.25 * std::abs(static_cast<double>(y.data()[i])) / 7;
  const auto losses = penalised.losses(x);
  CHECK(losses.size() == 1);
  CHECK(losses.at("regularization_loss") == doctest::Approx(expected).epsilon(1e-6));
  CHECK(plain.losses(x).empty());
  // An output of the right size stays where it is; one of another size is replaced.
  Tensor<2> into(7, 2), small(3, 2);
  const float* const before = into.data();
  plain.predict(x, into), plain.predict(x, small);
  CHECK(into.data() == before);
  CHECK(small.dimension(0) == 7);
  CHECK(std::equal(into.data(), into.data() + 14, small.data()));
}

TEST_CASE("names of layers: counted by kind, without those that the user named") {
  const LayerLabel dense{.class_name = "Dense", .default_name = "dense"},
      conv{.class_name = "Conv2D", .default_name = "conv2d"},
      mine{.class_name = "Dense", .default_name = "dense", .given_name = "mine"},
      nothing{.class_name = "", .default_name = ""};
  LayerLabel activation = dense, again = dense, nested = mine, dense_1 = mine;
  activation.belongs_to_previous = true, again.distance = 2, nested.nested_input = true, dense_1.given_name = "dense_1";
  const auto names = [](const std::vector<LayerLabel>& labels) {
    std::string words;
    for (const LayerName& name : unique_names(labels))
      words += text(name.name, name.belongs_to_previous ? "+" : "", " ");
    return words;
  };
  CHECK(names({dense, conv, dense, mine, conv, dense}) == "dense conv2d dense_1 mine conv2d_1 dense_2 ");
  CHECK(names({conv, activation, nothing, dense}) == "conv2d conv2d+  dense ");
  CHECK(names({nothing, nothing, dense}) == "  dense ");
  CHECK(names({dense, conv, again, dense}) == "dense conv2d dense dense_1 ");
  CHECK(names({mine, nested}) == "mine mine ");
  CHECK(names({nested, nested, conv}) == "mine mine conv2d ");
  const char* twice = "the name \"dense_1\" is given to two layers of a model; names are unique";
  CHECK_THROWS_WITH_AS(names({dense_1, dense, dense}), twice, std::invalid_argument);
  CHECK_THROWS_WITH_AS(names({dense, dense, dense_1}), twice, std::invalid_argument);
}
