// What a table of layers says of their parameters: places, names, first values, penalties, what is frozen.
#include <doctest/doctest.h>

#include <latent/latent.hpp>

using namespace latent;

namespace {

/// Layers with penalties, one that is called again, and one that borrows the kernel of another.
using Network = Sequential<Input<3>, Named<"a", Dense<5, KernelRegularizer<L2<0.5>>, BiasRegularizer<L1<0.25>>>>,
                           Named<"n", BatchNormalization<>>, Named<"b", Dense<5, BiasRegularizer<L2<2>>, BiasInitializer<HeNormal>>>, Again<"b">,
                           DenseTranspose<"a">>;
constexpr std::span<const engine::LayerFacts> layers = Network::network::layers;

std::vector<double> numbered() {
  std::vector<double> numbers(static_cast<std::size_t>(Network::in<double>::network::buffer_size));
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<double>(i % 13) - 6;
  return numbers;
}

}  // namespace

TEST_CASE("each tensor is there once, for the layer that owns it") {
  std::string words;
  engine::for_parameters(layers, [&](std::size_t layer, std::size_t t, const ParameterSpec& spec, Index place) {
    words += text(layer, ".", t, " ", spec.name, " at ", place, "; ");
    CHECK(place % 16 == 0);
  });
  CHECK(
      words ==
      "0.0 kernel at 0; 0.1 bias at 16; 1.0 gamma at 32; 1.1 beta at 48; 1.2 moving_mean at 64; 1.3 moving_variance at "
      "80; 2.0 kernel at 96; 2.1 bias at 128; 4.1 bias at 144; ");
  CHECK(layers[3].repeats);
  CHECK(!layers[3].owns(0));
  CHECK(!layers[4].owns(0));
  CHECK(layers[4].owns(1));
  CHECK(layers[4].lender == 0);
}

TEST_CASE("names, shapes and what is trained") {
  const Network model;
  const auto described = [&](engine::Frozen frozen) {
    std::string words;
    float buffer[160];
    const auto names = model.layer_names();
    for (const auto& tensor : engine::named_tensors<float>(layers, frozen, names, buffer))
      words += text(tensor.name, shape_text(tensor.shape), tensor.trainable ? "+" : "-", tensor.data - buffer, " ");
    return words;
  };
  CHECK(described(nullptr) ==
        "a/kernel(3, 5)+0 a/bias(5,)+16 n/gamma(5,)+32 n/beta(5,)+48 n/moving_mean(5,)-64 n/moving_variance(5,)-80 "
        "b/kernel(5, 5)+96 b/bias(5,)+128 dense_transpose/bias(3,)+144 ");
  const bool frozen[] = {true, false, false, true, true};
  CHECK(described(frozen) ==
        "a/kernel(3, 5)-0 a/bias(5,)-16 n/gamma(5,)+32 n/beta(5,)+48 n/moving_mean(5,)-64 n/moving_variance(5,)-80 "
        "b/kernel(5, 5)+96 b/bias(5,)+128 dense_transpose/bias(3,)-144 ");
  CHECK(engine::trains(nullptr, 3));
  CHECK(engine::trains(frozen, 1));
  CHECK(!engine::trains(frozen, 0));
}

TEST_CASE("first values: each tensor has a stream of its own, and what lies between tensors stays 0") {
  const Network model(Seed{9});
  std::vector<float> expected(static_cast<std::size_t>(Network::network::buffer_size));
  for (std::size_t layer = 0; layer < layers.size(); ++layer)
    for (std::size_t t = 0; t < layers[layer].parameters.size(); ++t)
      if (layers[layer].owns(t)) {
        const ParameterSpec& spec = layers[layer].parameters[t];
        const Random random(Seed{9}, Purpose::initializer, static_cast<std::uint32_t>(16 * layer + t));
        initialize(spec.initializer, spec.shape(), random, expected.data() + layers[layer].places[t]);
      }
  CHECK(std::equal(expected.begin(), expected.end(), model.data()));
}

TEST_CASE("penalties: the sum over what is trained, and its gradients added to what is there") {
  const std::vector<double> w = numbered();
  constexpr std::span<const engine::LayerFacts> of_double = Network::in<double>::network::layers;
  const bool none[] = {false, false, false, false, false}, first[] = {true, false, false, false, false};
  for (const bool* frozen : {static_cast<const bool*>(nullptr), none, first}) {
    double expected = 0;
    std::vector<double> gradients(w.size(), 0.125), received(w.size(), 0.125);
    const auto add = [&](Index place, Index count, double l1, double l2) {
      for (auto i = static_cast<std::size_t>(place); i < static_cast<std::size_t>(place + count); ++i) {
        expected += l1 * std::abs(w[i]) + l2 * w[i] * w[i];
        gradients[i] += l1 * static_cast<double>((w[i] > 0) - (w[i] < 0)) + 2 * l2 * w[i];
      }
    };
    if (frozen != first) add(of_double[0].places[0], 15, 0, 0.5), add(of_double[0].places[1], 5, 0.25, 0);
    add(of_double[2].places[1], 5, 0, 2);
    CHECK(engine::penalties<double>(of_double, frozen, w.data(), nullptr) == doctest::Approx(expected));
    CHECK(engine::penalties<double>(of_double, frozen, w.data(), received.data()) == doctest::Approx(expected));
    for (std::size_t i = 0; i < w.size(); ++i) CHECK(received[i] == doctest::Approx(gradients[i]));
  }
}
