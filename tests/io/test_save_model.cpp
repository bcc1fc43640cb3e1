#include <limits>
#include <nlohmann/json.hpp>

#include "files.hpp"
#include "io/networks.hpp"
#include "latent/io/load_weights.hpp"
#include "latent/io/save_model.hpp"

using namespace latent;

namespace {

using Encoder = Sequential<Input<6, 6, 1>, Conv2D<4, 3, Same, ReLU>, MaxPooling2D<2>, Flatten, Named<"code", Dense<3>>>;

/// A layer of one's own: the identity.
struct Nothing {
  static constexpr const char *class_name = "Nothing", *default_name = "nothing";
  template <class S>
  using complaint = void;
  template <class InputShape, class Scalar>
  using On = detail::InOrder<InputShape, Scalar>;
};
struct Something : Nothing {
  static constexpr const char* class_name = "Something";
};
void describe(io::KerasOptions& to, io::Of<Something>) { to("much", 3.5).custom(); }

Tensor<4> images() {
  Tensor<4> x(3, 6, 6, 1);
  const Random random(Seed{3}, Purpose::initializer, 0);
  for (Index i = 0; i < x.size(); ++i) x.data()[i] = static_cast<float>(random.uniform(i));
  return x;
}

/// Rewrites a file with another configuration.
void set_config(const std::string& path, const std::string& config) {
  const SafeTensors file = read_safetensors(path);
  std::vector<std::vector<float>> values;
  std::vector<NamedTensor<const float>> tensors;
  values.reserve(file.tensors.size());
  for (const auto& [name, stored] : file.tensors) {
    values.push_back(file.get<float>(name));
    tensors.push_back({name, stored.shape, values.back().data()});
  }
  auto metadata = file.metadata;
  metadata["keras_config"] = config;
  write_safetensors(path, tensors, metadata);
}

}  // namespace

TEST_CASE("the configurations are those that Keras took: tests/exchange/models_exchange.py") {
  std::ifstream in(LATENT_SOURCE_DIR "/tests/io/keras_configs.json");
  const auto expected = nlohmann::json::parse(in);
  int count = 0;
  networks::for_small([&]<class Network>(const std::string& name) {
    CAPTURE(name);
    CHECK(nlohmann::json::parse(keras_config(Network(Seed{5}, name))) == expected.at(name));
    ++count;
  });
  CHECK(count == static_cast<int>(expected.size()));
}

TEST_CASE("a model is saved with its layers, and what is frozen") {
  const TemporaryFolder folder;
  const std::string path = (folder.path / "model.safetensors").string();
  Encoder encoder(Seed{1}, "my \"encoder\"");
  encoder.set_trainable("code", false);
  save_model(path, encoder);
  const SafeTensors file = read_safetensors(path);
  const auto config = nlohmann::json::parse(file.metadata.at("keras_config"));
  CHECK(file.metadata.at("summary") == encoder.summary());
  CHECK(config["class_name"] == "Sequential");
  CHECK(config["config"]["name"] == "my \"encoder\"");
  CHECK(config["config"]["layers"][4]["config"]["trainable"] == false);
  CHECK(!config["config"]["layers"][1]["config"].contains("trainable"));
  Encoder again(Seed{2});
  load_weights(path, again);
  CHECK(std::equal(encoder.data(), encoder.data() + Encoder::network::buffer_size, again.data()));
  // In double it is the same model.
  Encoder::in<double> precise;
  load_weights(path, precise);
  save_model(path, precise);
  CHECK(has(read_safetensors(path).metadata.at("keras_config"), "\"dtype\":\"float64\""));
  load_weights(path, again);
}

TEST_CASE("a layer of one's own says what Keras would call its options") {
  const Sequential<Input<2>, Something> model;
  const auto layer = nlohmann::json::parse(keras_config(model))["config"]["layers"][1];
  CHECK(layer["registered_name"] == "latent>Something");
  CHECK(layer["config"]["much"] == 3.5);
  CHECK(io::is_described<Sequential<Input<2>, Something>::network>);
  CHECK(!io::is_described<Sequential<Input<2>, Nothing>::network>);
  // Without that its weights can be loaded all the same.
  const TemporaryFolder folder;
  const std::string path = (folder.path / "model.safetensors").string();
  Sequential<Input<2>, Nothing, Dense<2>> unknown;
  save_model(path, Sequential<Input<2>, Dense<2>>{});
  CHECK_NOTHROW(load_weights(path, unknown));
}

TEST_CASE("weights of another network: the difference, layer by layer") {
  const TemporaryFolder folder;
  const std::string path = (folder.path / "model.safetensors").string();
  save_model(path, Encoder{});
  using Other = Sequential<Input<6, 6, 1>, Conv2D<8, 3, Same, Tanh>, AveragePooling2D<2>, Flatten, Named<"codes", Dense<3>>>;
  Other other;
  std::string message = file_error(path, [&] { load_weights(path, other); });
  CHECK(has(message, "does not fit the model:"));
  CHECK(has(message, "\n  layer 1, conv2d (Conv2D): activation: expected \"tanh\", received \"relu\""));
  CHECK(has(message, "\n  layer 1, conv2d (Conv2D): filters: expected 8, received 4"));
  CHECK(has(message, "\n  layer 2, average_pooling2d (AveragePooling2D): missing"));
  CHECK(has(message, "\n  layer 4, codes (Dense): missing"));
  CHECK(has(message, "\n  unexpected layer: max_pooling2d (MaxPooling2D)"));
  CHECK(has(message, "\n  other shape: conv2d/kernel: expected (3, 3, 1, 8), received (3, 3, 1, 4)"));

  // Tensors that fit are not enough, unless that is asked for.
  using Strided = Sequential<Input<6, 6, 1>, Conv2D<4, 3, Same, Strides<2>, ReLU>, Dropout<0.5>, Flatten, Named<"code", Dense<3>>>;
  Strided strided(Seed{4});
  const std::vector<float> before(strided.data(), strided.data() + Strided::network::buffer_size);
  message = file_error(path, [&] { load_weights(path, strided); });
  CHECK(has(message, "layer 1, conv2d (Conv2D): strides: expected [2,2], received [1,1]"));
  CHECK(std::equal(before.begin(), before.end(), strided.data()));
  CHECK_NOTHROW(load_weights(path, strided, {.allow_other_layers = true}));
  CHECK(!std::equal(before.begin(), before.end(), strided.data()));

  // A layer that is called again has a node for each call.
  const Sequential<Named<"x", Input<4>>, Named<"y", Input<4>>, Add<"x">, Dense<4>, Named<"a", Dense<4>>, Again<"a">>
      twice;
  const auto layers = nlohmann::json::parse(keras_config(twice))["config"]["layers"];
  REQUIRE(layers.size() == 5);
  CHECK((layers[4]["name"] == "a" && layers[4]["inbound_nodes"].size() == 2));

  // The order of a chain, and that of inputs and outputs.
  save_model(path, Sequential<Input<4>, Dense<4>, LayerNormalization<>, Named<"last", Dense<4>>>{});
  Sequential<Input<4>, LayerNormalization<>, Dense<4>, Named<"last", Dense<4>>> reordered;
  CHECK(has(file_error(path, [&] { load_weights(path, reordered); }),
            "layer 1: expected layer_normalization (LayerNormalization), received dense (Dense): another order"));
  save_model(path, Sequential<Input<4>, Named<"m", Dense<4>>, Named<"v", Dense<4>>, Outputs<"m", "v">>{});
  Sequential<Input<4>, Named<"m", Dense<4>>, Named<"v", Dense<4>>, Outputs<"v", "m">> swapped;
  CHECK(has(file_error(path, [&] { load_weights(path, swapped); }),
            "layer 1, m (Dense): outputs: expected [[1,0]], received [[0,0]]"));
  using Difference = Sequential<Named<"x", Input<4>>, Named<"y", Input<4>>, From<"x">, Subtract<"y">, Dense<4>>;
  using Swapped = Sequential<Named<"y", Input<4>>, Named<"x", Input<4>>, Subtract<"y">, Dense<4>>;
  save_model(path, Difference{});
  Swapped inputs_swapped;
  CHECK(
      has(file_error(path, [&] { load_weights(path, inputs_swapped); }), "inputs: expected [[0,0]], received [[1,0]]"));

  // What reads what is part of the model, too.
  using Forth = Sequential<Input<4>, Named<"a", Dense<4>>, Named<"b", Dense<4>>, Subtract<"a">>;
  using Back = Sequential<Input<4>, Named<"a", Dense<4>>, Named<"b", Dense<4>>, From<"a">, Subtract<"b">>;
  save_model(path, Forth{});
  Back back;
  CHECK(has(file_error(path, [&] { load_weights(path, back); }),
            "layer 3, subtract (Subtract): reads: expected [[[\"a\",0,0],[\"b\",0,0]]], received "
            "[[[\"b\",0,0],[\"a\",0,0]]]"));
}

TEST_CASE("samples say whether a model computes what it did") {
  const TemporaryFolder folder;
  const std::string path = (folder.path / "model.safetensors").string();
  const Encoder encoder(Seed{1});
  const Tensor<4> x = images();
  save_model(path, encoder, x);
  Encoder again(Seed{2});
  load_weights(path, again, {.verify_on_load = true});
  CHECK(again.predict(x).data()[0] == encoder.predict(x).data()[0]);
  CHECK_NOTHROW(load_weights(path, again));

  using Strided = Sequential<Input<6, 6, 1>, Conv2D<4, 3, Same, Strides<2>, ReLU>, Flatten, Named<"code", Dense<3>>>;
  Strided strided(Seed{4});
  const float first = strided.data()[0];
  const std::string message =
      file_error(path, [&] { load_weights(path, strided, {.allow_other_layers = true, .verify_on_load = true}); });
  CHECK(has(message, "verify_on_load: verify/output/0: "));
  CHECK(has(message, " of 9 numbers are off by more than 1e-05, first number 0: expected "));
  CHECK(strided.data()[0] == first);

  save_model(path, encoder);
  CHECK(has(file_error(path, [&] { load_weights(path, again, {.verify_on_load = true}); }), "the file has no samples"));

  Tensor<2> wrong(3, 5);
  wrong.setZero();
  auto tensors = encoder.parameters();
  io::append_samples(tensors, io::input_samples, wrong);
  write_safetensors(path, tensors);
  CHECK(has(file_error(path, [&] { load_weights(path, again, {.verify_on_load = true}); }),
            "tensor verify/input/0: expected samples of the shape (6, 6, 1), received (3, 5)"));

  Tensor<4> none(0, 6, 6, 1);
  tensors = encoder.parameters();
  io::append_samples(tensors, io::input_samples, none);
  write_safetensors(path, tensors);
  CHECK(has(file_error(path, [&] { load_weights(path, again, {.verify_on_load = true}); }), "at least 1, received 0"));
  tensors = encoder.parameters();
  io::append_samples(tensors, io::input_samples, x);
  const auto of_two = encoder.predict(first_of(x, 2));
  io::append_samples(tensors, io::output_samples, of_two);
  write_safetensors(path, tensors);
  CHECK(has(file_error(path, [&] { load_weights(path, again, {.verify_on_load = true}); }),
            "tensor verify/output/0: expected as many samples as verify/input/0 has, and at least 1, received 2"));

  // Two Inputs and two outputs.
  networks::Branches branches(Seed{1}), other(Seed{2});
  Tensor<4> left(2, 6, 6, 2), right(2, 6, 6, 2);
  left.setRandom(), right.setRandom();
  save_model(path, branches, {left, right});
  load_weights(path, other, {.verify_on_load = true});
}

TEST_CASE("a configuration that is none is an error of the file") {
  const TemporaryFolder folder;
  const std::string path = (folder.path / "model.safetensors").string();
  Encoder encoder;
  save_model(path, encoder);
  const std::string good = keras_config(encoder);
  for (std::size_t length = 0; length < good.size(); length += 7) {
    set_config(path, good.substr(0, length));
    CHECK(has(file_error(path, [&] { load_weights(path, encoder); }), "keras_config in its metadata is no model: "));
  }
  for (const char* bad :
       {"[]", "3", "null", "{\"config\":{\"layers\":7}}", "{\"config\":{\"layers\":[3]}}",
        "{\"config\":{\"layers\":[{\"class_name\":3,\"config\":{\"name\":4}}]}}",
        "{\"config\":{\"layers\":[{\"class_name\":\"A\",\"config\":{\"name\":\"a\"},\"inbound_nodes\":[4]}]}}",
        "{\"config\":{\"layers\":[{\"class_name\":\"A\",\"config\":{\"name\":\"a\"},"
        "\"inbound_nodes\":[{\"args\":[]}]}]}}"}) {
    CAPTURE(bad);
    set_config(path, bad);
    CHECK(has(file_error(path, [&] { load_weights(path, encoder); }), ": keras_config in its metadata is no model: "));
  }
  set_config(path, std::string(100'000, '['));
  CHECK(has(file_error(path, [&] { load_weights(path, encoder); }), "is no model"));
  // A model in which an option is nested: a copy of it would fill the stack.
  const std::size_t option = good.find("\"units\":") + 8;
  for (const std::size_t levels : {40u, 100'000u}) {
    set_config(path, std::string(good).replace(option, good.find(',', option) - option,
                                               std::string(levels, '[') + std::string(levels, ']')));
    CHECK(has(file_error(path, [&] { load_weights(path, encoder); }),
              levels == 40 ? "units: expected"
                           : "keras_config in its metadata is no model: it is nested deeper than 64 levels"));
  }
}

TEST_CASE("options in JSON, as Keras writes them") {
  const auto written = [](const auto& value) {
    io::KerasOptions options;
    options("x", value);
    CHECK(!options.is_custom());
    return options.text();
  };
  CHECK(written(true) == ",\"x\":true");
  CHECK(written(false) == ",\"x\":false");
  CHECK(written(0.1) == ",\"x\":0.1");
  CHECK(written(std::numeric_limits<double>::infinity()) == ",\"x\":null");
  CHECK(written(Index{-1}) == ",\"x\":-1");
  CHECK(written(Size{2, 3}) == ",\"x\":[2,3]");
  CHECK(written("a\"b") == ",\"x\":\"a\\\"b\"");
  CHECK(written(Padding::valid) == ",\"x\":\"valid\"");
  CHECK(written(Padding::same) == ",\"x\":\"same\"");
  CHECK(written(Padding::causal) == ",\"x\":\"causal\"");
  CHECK(written(Margin(Border{1, 2, 3, 4})) == ",\"x\":[[1,2],[3,4]]");
  CHECK(written(Penalty{}) == ",\"x\":null");
  const auto penalty = [](const char* l1, const char* l2) {
    return text(R"(,"x":{"module":"keras.regularizers","class_name":"L1L2","config":{"l1":)", l1, ",\"l2\":", l2,
                R"(},"registered_name":null})");
  };
  CHECK(written(Penalty{0.5, 0}) == penalty("0.5", "0"));
  CHECK(written(Penalty{0, 0.25}) == penalty("0", "0.25"));
  const auto start = [](const char* name, const char* config) {
    return text(R"(,"x":{"module":"keras.initializers","class_name":")", name, R"(","config":)", config,
                R"(,"registered_name":null})");
  };
  const char* seed = "{\"seed\":null}";
  CHECK(written(Zeros::initializer) == start("Zeros", "{}"));
  CHECK(written(Ones::initializer) == start("Ones", "{}"));
  CHECK(written(Constant<3>::initializer) == start("Constant", "{\"value\":3}"));
  CHECK(written(GlorotUniform::initializer) == start("GlorotUniform", seed));
  CHECK(written(GlorotNormal::initializer) == start("GlorotNormal", seed));
  CHECK(written(HeUniform::initializer) == start("HeUniform", seed));
  CHECK(written(HeNormal::initializer) == start("HeNormal", seed));
  const auto of_layer = [](auto layer) {
    io::KerasOptions options;
    describe(options, layer);
    return options.text();
  };
  CHECK(has(of_layer(io::Of<Conv2DTranspose<2, 3, Strides<2>>>{}), ",\"output_padding\":null"));
  CHECK(has(of_layer(io::Of<Conv2DTranspose<2, 3, Strides<2>, OutputPadding<0>>>{}), ",\"output_padding\":[0,0]"));
  const std::string separable = of_layer(io::Of<SeparableConv2D<2, 3>>{});
  for (const std::string of : {"depthwise", "pointwise", "bias", "activity"})
    CHECK(has(separable, ",\"" + of + "_regularizer\":null"));
  CHECK(has(of_layer(io::Of<Dense<2>>{}), ",\"kernel_regularizer\":null"));
  CHECK(has(of_layer(io::Of<PReLU<>>{}), ",\"alpha_regularizer\":null"));
  CHECK(io::keras_object("m", "C", "{}") == R"({"module":"m","class_name":"C","config":{},"registered_name":null})");
  CHECK(io::keras_object("m", "C", "{}", "r>C") ==
        R"({"module":"m","class_name":"C","config":{},"registered_name":"r>C"})");
}

TEST_CASE("what is frozen says so, but only where something could be trained") {
  Encoder encoder;
  encoder.set_trainable(false);
  const auto layers = nlohmann::json::parse(keras_config(encoder))["config"]["layers"];
  for (std::size_t i = 0; i < 5; ++i) CHECK(layers[i]["config"].contains("trainable") == (i == 1 || i == 4));
}

TEST_CASE("how weights begin and what is penalised makes no other model; every other option does") {
  const TemporaryFolder folder;
  const std::string path = (folder.path / "model.safetensors").string();
  save_model(path, Sequential<Input<3>, Dense<2, KernelInitializer<HeNormal>, BiasRegularizer<L2<0.1>>>>{});
  Sequential<Input<3>, Dense<2>> plain;
  CHECK_NOTHROW(load_weights(path, plain));
  // A line for each difference, in order, and nothing else.
  const std::string config = keras_config(plain);
  const auto changed = [&](const std::string& from, const std::string& to) {
    std::string other = config;
    const std::size_t at = other.find(from);
    REQUIRE(at != std::string::npos);
    save_model(path, plain);
    set_config(path, other.replace(at, from.size(), to));
    return file_error(path, [&] { load_weights(path, plain); }).substr(path.size() + 2);
  };
  const std::string begin = "does not fit the model:\n  layer 1, dense (Dense): ";
  CHECK(changed("\"units\":2", "\"units\":3") == begin + "units: expected 2, received 3");
  CHECK(changed("\"units\":2,", "") == begin + "units: expected 2, received null");
  CHECK(changed("\"units\":2", "\"units\":2,\"more\":[7]") == begin + "more: unexpected, [7]");
  CHECK(changed("\"class_name\":\"Dense\"", "\"class_name\":\"Dance\"") == begin + "received a Dance");
  CHECK(changed("\"name\":\"dense\"", "\"name\":\"dance\"") == begin + "missing\n  unexpected layer: dance (Dense)");
}

TEST_CASE("the layers of a configuration, and how two of them differ") {
  using nlohmann::json;
  const auto config = [](const std::string& layers) {
    return json::parse(R"({"config":{"layers":[)" + layers + "]}}");
  };
  const auto layer = [](const std::string& name, const std::string& class_name, const std::string& options,
                        const std::string& more = "") {
    return R"({"class_name":")" + class_name + R"(","config":{"name":")" + name + R"(","dtype":"d","trainable":false)" +
           options + "}" + more + "}";
  };
  const auto layers = io::layers_of(
      config(layer("a", "A", R"(,"x":1,"kernel_initializer":2,"b_regularizer":3,"initializer":4)") + "," +
             layer("b", "B", "",
                   R"(,"inbound_nodes":[{"args":[{"config":{"keras_history":["a",0,0]}}]},)"
                   R"({"args":[[{"config":{"keras_history":["a",1,0]}},{"config":{"keras_history":["b",0,0]}}]]}])")));
  REQUIRE(layers.size() == 2);
  CHECK(layers[0].name == "a");
  CHECK(layers[0].class_name == "A");
  CHECK(layers[0].options == json::parse(R"({"x":1,"initializer":4,"reads":[]})"));
  CHECK(layers[1].options == json::parse(R"({"reads":[[["a",0,0]],[["a",1,0],["b",0,0]]]})"));
  const auto differences = [&](const std::string& expected, const std::string& received) {
    return io::compare_layers(io::layers_of(config(expected)), io::layers_of(config(received)));
  };
  const std::string a = layer("a", "A", R"(,"x":1)"), b = layer("b", "B", "");
  CHECK(differences(a + "," + b, b + "," + a) == "\n  layer 0: expected a (A), received b (B): another order");
  const std::string reading = R"(,"inbound_nodes":[{"args":[{"config":{"keras_history":["a",0,0]}}]}])";
  const std::string of_a = layer("b", "B", "", reading), also_of_a = layer("c", "C", "", reading);
  CHECK(differences(a + "," + of_a + "," + also_of_a, a + "," + also_of_a + "," + of_a) ==
        "");  // they say what they read
  CHECK(differences(a + "," + b, a) == "\n  layer 1, b (B): missing");
  CHECK(differences(a, b + "," + a) == "\n  unexpected layer: b (B)");
  CHECK(differences(a, layer("a", "C", "")) == "\n  layer 0, a (A): received a C");
  CHECK(differences(b + "," + a, layer("a", "C", "")) == "\n  layer 0, b (B): missing\n  layer 1, a (A): received a C");
  CHECK(differences(a, layer("a", "A", "")) == "\n  layer 0, a (A): x: expected 1, received null");
  CHECK(differences(a, layer("a", "A", R"(,"x":[2],"y":null)")) ==
        "\n  layer 0, a (A): x: expected 1, received [2]\n  layer 0, a (A): y: unexpected, null");
  const SafeTensors none{"f", {}, {}, {}}, same{"f", {}, {{"keras_config", config(a).dump()}}, {}},
      wrong{"f", {}, {{"keras_config", "{}"}}, {}};
  CHECK(io::other_layers(none, "") == "");
  CHECK(io::other_layers(same, config(a).dump()) == "");
  CHECK(io::other_layers(same, config(b).dump()) == "\n  layer 0, b (B): missing\n  unexpected layer: a (A)");
  CHECK(has(file_error("f", [&] { io::other_layers(wrong, config(a).dump()); }),
            "f: keras_config in its metadata is no model: "));
}
