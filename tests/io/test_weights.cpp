#include <latent/latent.hpp>
#include <limits>

#include "files.hpp"
#include "latent/io/weights.hpp"

using namespace latent;

namespace {

/// Stands for a model: a kernel and a bias.
template <class Scalar>
struct TwoTensors {
  std::vector<Scalar> values{1, 2, 3, 4, 5, 6, 7, 8};
  std::vector<NamedTensor<Scalar>> parameters() {
    return {{"dense/kernel", {3, 2}, values.data()}, {"dense/bias", {2}, values.data() + 6}};
  }
  std::vector<NamedTensor<const Scalar>> parameters() const {
    return {{"dense/kernel", {3, 2}, values.data()}, {"dense/bias", {2}, values.data() + 6}};
  }
};

}  // namespace

TEST_CASE("weights are saved and loaded, also from float to double and back") {
  const TemporaryFolder folder;
  const std::string path = (folder.path / "weights.safetensors").string();
  TwoTensors<float> floats;
  floats.values[7] = 0.1f;
  save_weights(path, std::as_const(floats));
  CHECK(read_safetensors(path).metadata == std::map<std::string, std::string>{{"format", "latent"},
                                                                              {"version", "1"},
                                                                              {"latent_version", latent::version}});

  TwoTensors<float> again;
  again.values.assign(8, 0);
  load_weights(path, again);
  CHECK(again.values == floats.values);
  TwoTensors<double> doubles;
  load_weights(path, doubles);
  CHECK(doubles.values == std::vector<double>(floats.values.begin(), floats.values.end()));

  doubles.values[0] = 1e-3;
  save_weights(path, doubles);
  CHECK(read_safetensors(path).at("dense/kernel").dtype == "F64");
  load_weights(path, again);
  CHECK(again.values[0] == 1e-3f);
  CHECK(again.values[7] == 0.1f);
}

TEST_CASE("all differences are reported at once and nothing is changed") {
  const TemporaryFolder folder;
  const std::string path = (folder.path / "f").string();
  std::vector<float> other(20, 9);
  const auto write = [&](const std::vector<NamedTensor<float>>& tensors) { write_safetensors(path, tensors); };
  TwoTensors<float> model;
  const auto error = [&] {
    const std::string message = file_error(path, [&] { load_weights(path, model); });
    CHECK(model.values == TwoTensors<float>().values);
    return message;
  };
  write({{"dense/kernel", {2, 3}, other.data()}, {"conv2d/kernel", {3}, other.data()}, {"x", {}, other.data()}});
  const std::string message = error();
  CHECK(has(message, "other shape: dense/kernel: expected (3, 2), received (2, 3)"));
  CHECK(has(message, "missing: dense/bias (2,)"));
  CHECK(has(message, "unexpected: conv2d/kernel (3,)"));
  CHECK(has(message, "unexpected: x ()"));
  write({{"dense/kernel", {3, 2}, other.data()}, {"dense/bias", {2, 1}, other.data()}});
  CHECK(has(error(), "dense/bias: expected (2,), received (2, 1)"));
  write({{"dense/kernel", {3, 2}, other.data()}, {"dense/bias", {2}, other.data()}, {"more", {1}, other.data()}});
  CHECK(has(error(), "unexpected: more (1,)"));
  write({{"dense/kernel", {3, 2}, other.data()}});
  CHECK(has(error(), "missing: dense/bias"));

  std::vector<double> large{1, 1, 1, 1, 1, 1, 1, 1e300};
  write_safetensors(path, std::vector<NamedTensor<double>>{{"dense/kernel", {3, 2}, large.data()},
                                                           {"dense/bias", {2}, large.data() + 6}});
  CHECK(has(error(), "dense/bias, element 1: 1e+300"));

  std::string header = R"({"dense/kernel":{"dtype":"F32","shape":[3,2],"data_offsets":[0,24]},)"
                       R"("dense/bias":{"dtype":"I32","shape":[2],"data_offsets":[24,32]}})";
  std::string bytes(8, '\0');
  bytes[0] = static_cast<char>(header.size());
  folder.write("f", bytes + header + std::string(32, '\1'));
  CHECK(has(error(), "dense/bias: expected F32 or F64, received I32"));
  header.replace(header.find("[3,2]"), 5, "[2,3]");
  folder.write("f", bytes + header + std::string(32, '\1'));
  CHECK(has(error(),
            "fit the model:\n  other shape: dense/kernel: expected (3, 2), received (2, 3)\n  other type: dense/bias: "
            "expected F32 or F64, received I32"));
}

TEST_CASE("any truncation leaves the model as it was") {
  const TemporaryFolder folder;
  const std::string path = (folder.path / "f").string();
  TwoTensors<float> saved;
  saved.values.assign(8, 3);
  save_weights(path, saved);
  check_every_truncation(read_file(path), [&](const std::string& cut) {
    TwoTensors<float> model;
    try {
      load_weights(cut, model);
    } catch (...) {
      CHECK(model.values == TwoTensors<float>().values);
      throw;
    }
    CHECK(model.values == saved.values);
  });
}

TEST_CASE("metadata: another version is refused, none at all is fine") {
  const TemporaryFolder folder;
  const std::string path = (folder.path / "f").string();
  TwoTensors<float> model;
  write_safetensors(path, model.parameters(), {{"format", "latent"}, {"version", "2"}});
  CHECK(
      has(file_error(path, [&] { load_weights(path, model); }), "expected version 1 of latent's weights, received 2"));
  write_safetensors(path, model.parameters(), {{"format", "pt"}, {"version", "2"}});
  CHECK_NOTHROW(load_weights(path, model));
  write_safetensors(path, model.parameters());
  CHECK_NOTHROW(load_weights(path, model));
}

namespace {
using Encoder = Sequential<Input<4, 4, 1>, Conv2D<2, 3, Same, ReLU>, MaxPooling2D<2>>;
using Decoder = Sequential<Input<2, 2, 2>, Conv2D<2, 3, Same, ReLU>, UpSampling2D<2>, Conv2D<1, 3, Same, Sigmoid>>;
using Autoencoder = Sequential<Encoder, Decoder>;

template <class A, class B>
bool same_values(const A& a, const B& b) {
  const auto left = a.parameters(), right = b.parameters();
  bool same = left.size() == right.size();
  for (std::size_t i = 0; same && i < left.size(); ++i)
    same = left[i].size() == right[i].size() && std::equal(left[i].data, left[i].data + left[i].size(), right[i].data);
  return same;
}
}  // namespace

TEST_CASE("a file tells what it holds: names and shapes as in Keras, the library's version, the model's summary") {
  const TemporaryFolder folder;
  const std::string path = (folder.path / "f").string();
  const Autoencoder model(Seed{1}, "auto-encoder");
  save_weights(path, model);
  const SafeTensors file = read_safetensors(path);
  CHECK(file.metadata.at("latent_version") == latent::version);
  CHECK(file.metadata.at("summary") == model.summary());
  CHECK(!file.metadata.contains("training_lanes"));
  CHECK(file.tensors.size() == 6);
  CHECK(file.at("conv2d/kernel").shape == std::vector<Index>{3, 3, 1, 2});
  CHECK(file.at("conv2d_2/bias").shape == std::vector<Index>{1});
}

TEST_CASE("the number of lanes that a model was trained with, if there is one") {
  Encoder model;
  for (const int lanes : {1, 8}) {
    model.training_lanes = lanes;
    CHECK(io::metadata_of(model).at("training_lanes") == std::to_string(lanes));
  }
}

TEST_CASE("an encoder or a decoder alone out of a whole model's file") {
  const TemporaryFolder folder;
  const std::string path = (folder.path / "f").string();
  const Autoencoder trained(Seed{1});
  save_weights(path, trained);
  Encoder encoder(Seed{2});
  CHECK(has(file_error(path, [&] { load_weights(path, encoder); }), "unexpected: conv2d_2/kernel (3, 3, 2, 1)"));
  load_weights(path, encoder, {.allow_unexpected = true});
  CHECK(same_values(encoder, trained.part<0>()));

  Autoencoder other(Seed{3});
  const Autoencoder before = other;
  load_weights(path, other.part<1>(), {.allow_unexpected = true});
  CHECK(same_values(other.part<1>(), trained.part<1>()));
  CHECK(same_values(other.part<0>(), before.part<0>()));
  CHECK_FALSE(same_values(before.part<0>(), trained.part<0>()));
}

TEST_CASE("a model that has predicted predicts with the weights that are loaded next") {
  const TemporaryFolder folder;
  const std::string path = (folder.path / "f").string();
  const Autoencoder trained(Seed{1});
  save_weights(path, trained);
  Autoencoder model(Seed{2});
  Tensor<4> x(2, 4, 4, 1);
  for (Index i = 0; i < x.size(); ++i) x.data()[i] = static_cast<float>(i % 7) / 7;
  const auto before = model.predict(x), expected = trained.predict(x);
  load_weights(path, model);
  const auto after = model.predict(x);
  CHECK(std::equal(after.data(), after.data() + after.size(), expected.data()));
  CHECK_FALSE(std::equal(after.data(), after.data() + after.size(), before.data()));
}

TEST_CASE("a whole model out of the file of its encoder: the decoder keeps its values") {
  const TemporaryFolder folder;
  const std::string path = (folder.path / "f").string();
  const Encoder trained(Seed{1});
  save_weights(path, trained);
  Autoencoder model(Seed{2});
  const Autoencoder before = model;
  const std::string message = file_error(path, [&] { load_weights(path, model); });
  CHECK(has(message, "missing: conv2d_1/kernel (3, 3, 2, 2)"));
  CHECK(has(message, "missing: conv2d_2/bias (1,)"));
  load_weights(path, model, {.allow_missing = true});
  CHECK(same_values(model.part<0>(), trained));
  CHECK(same_values(model.part<1>(), before.part<1>()));
}

TEST_CASE("tensors under a prefix") {
  const TemporaryFolder folder;
  const std::string path = (folder.path / "f").string();
  const Encoder encoder(Seed{1});
  const Decoder decoder(Seed{2});
  std::vector<NamedTensor<const float>> tensors;
  for (auto tensor : encoder.parameters()) tensors.push_back({"encoder/" + tensor.name, tensor.shape, tensor.data});
  for (auto tensor : decoder.parameters()) tensors.push_back({"decoder/" + tensor.name, tensor.shape, tensor.data});
  write_safetensors(path, tensors);
  Encoder other_encoder(Seed{3});
  Decoder other_decoder(Seed{4});
  load_weights(path, other_encoder, {.prefix = "encoder/"});
  load_weights(path, other_decoder, {.prefix = "decoder/"});
  CHECK(same_values(other_encoder, encoder));
  CHECK(same_values(other_decoder, decoder));

  const std::string message = file_error(path, [&] { load_weights(path, other_encoder, {.prefix = "decoder/"}); });
  CHECK(has(message, "other shape: decoder/conv2d/kernel: expected (3, 3, 1, 2), received (3, 3, 2, 2)"));
  CHECK(has(message, "unexpected: decoder/conv2d_1/kernel"));
  CHECK_FALSE(has(message, "encoder/"));
  CHECK(same_values(other_encoder, encoder));
}

TEST_CASE("loading nothing at all is an error, whatever is allowed; so is another shape") {
  const TemporaryFolder folder;
  const std::string path = (folder.path / "f").string();
  save_weights(path, Encoder(Seed{1}));
  const LoadOptions lenient{.allow_unexpected = true, .allow_missing = true};
  Model<float, Input<3>, Dense<2>> dense;
  CHECK(has(file_error(path, [&] { load_weights(path, dense, lenient); }),
            "none of the model's parameters is in the file, not even dense/bias"));
  Sequential<Input<4, 4, 1>, Conv2D<3, 3>> conv2d;
  CHECK(has(file_error(path, [&] { load_weights(path, conv2d, lenient); }),
            "other shape: conv2d/bias: expected (3,), received (2,)"));
}

TEST_CASE("samples: how far they may be off, and which shapes they have") {
  // y = 100 x on two samples: the largest number is 400, so 0.004 is the most.
  using Scaled = Sequential<Input<2>, Dense<2, NoBias>>;
  Scaled model;
  std::fill_n(model.data(), Scaled::network::buffer_size, 0.0f);
  const auto kernel = model.parameters()[0];
  kernel.data[0] = kernel.data[3] = 100;
  const TemporaryFolder folder;
  const std::string path = (folder.path / "f").string();
  const float x[] = {1, 2, 3, 4};
  const auto problem = [&](std::vector<float> y, const std::vector<Index>& of_x = {2, 2},
                           const std::vector<Index>& of_y = {2, 2}) -> std::string {
    write_safetensors(path, std::vector<NamedTensor<const float>>{{"dense/kernel", {2, 2}, kernel.data},
                                                                  {"verify/input/0", of_x, x},
                                                                  {"verify/output/0", of_y, y.data()}});
    Scaled loaded(Seed{7});
    const float before = loaded.data()[0];
    try {
      load_weights(path, loaded, {.verify_on_load = true});
    } catch (const FileError& error) {
      CHECK(loaded.data()[0] == before);
      return std::string(error.what()).substr(path.size() + 2);
    }
    CHECK(loaded.data()[0] == kernel.data[0]);
    return "";
  };
  CHECK(problem({100, 200, 300, 400}) == "");
  CHECK(problem({100, 200.0039f, 299.9961f, 400}) == "");
  CHECK(problem({100, 200.0041f, 299, 400}) ==
        "verify_on_load: verify/output/0: 2 of 4 numbers are off by more than 0.004, first number 1: expected 200.004, "
        "received 200");
  CHECK(has(problem({100, 200, 300, -400}),
            ": 1 of 4 numbers are off by more than 0.004, first number 3: expected -400, received 400"));
  CHECK(has(problem({99, 200, 300, 400}),
            ": 1 of 4 numbers are off by more than 0.004, first number 0: expected 99, received 100"));
  CHECK(has(problem({100, std::numeric_limits<float>::quiet_NaN(), 300, 400}), ": 1 of 4 numbers are off"));
  const std::string input = "tensor verify/input/0: expected samples of the shape (2,), received ",
                    output = "tensor verify/output/0: expected samples of the shape (2,), received ";
  CHECK(problem({0, 0, 0, 0}, {4}) == input + "(4,)");
  CHECK(problem({0, 0, 0, 0}, {1, 4}) == input + "(1, 4)");
  CHECK(problem({0, 0, 0, 0}, {1, 2, 2}) == input + "(1, 2, 2)");
  CHECK(problem({0, 0, 0, 0}, {2, 2}, {4, 1}) == output + "(4, 1)");
  CHECK(problem({0, 0, 0, 0}, {2, 2}, {1, 2, 2}) == output + "(1, 2, 2)");
  CHECK(problem({0, 0}, {2, 2}, {1, 2}) ==
        "tensor verify/output/0: expected as many samples as verify/input/0 has, and at least 1, received 1");
  CHECK(problem({0}, {0, 2}, {0, 2}) ==
        "tensor verify/input/0: expected as many samples as verify/input/0 has, and at least 1, received 0");
  CHECK(problem({100, 200}, {1, 2}, {1, 2}) == "");
  kernel.data[0] = 1000, kernel.data[3] = 1;  // the largest may be the first
  CHECK(problem({1000, 2.009f}, {1, 2}, {1, 2}) == "");
  CHECK(has(problem({1000, 2.011f}, {1, 2}, {1, 2}), ": 1 of 2 numbers are off by more than 0.01, first number 1: "));
  kernel.data[0] = kernel.data[3] = 0;  // small numbers are compared with 1
  CHECK(problem({0, 0.0000099f, 0, 0}) == "");
  CHECK(has(problem({0, 0.0000101f, 0, 0}), ": 1 of 4 numbers are off by more than 1e-05, first number 1: "));
  // As much as is allowed, which no float is.
  Scaled::in<double> zero;
  std::fill_n(zero.data(), Scaled::in<double>::network::buffer_size, 0.0);
  Tensor<2, double> y(1, 2);
  y.setValues({{0, 1e-5}});
  std::vector<NamedTensor<const double>> tensors = std::as_const(zero).parameters();
  io::append_samples(tensors, io::input_samples, y);
  io::append_samples(tensors, io::output_samples, y);
  CHECK(!tensors.back().trainable);
  write_safetensors(path, tensors);
  CHECK_NOTHROW(load_weights(path, zero, {.verify_on_load = true}));
  for (const char* name : {"verify/input/0", "verify/output/12", "verify/input/"}) CHECK(io::is_sample(name));
  for (const char* name : {"verify/", "x/verify/input/0", "verify/inputs", ""}) CHECK(!io::is_sample(name));
}

TEST_CASE("what a file may have more or less: all options") {
  const TemporaryFolder folder;
  const std::string path = (folder.path / "f").string();
  TwoTensors<float> model;
  std::vector<float> nines(8, 9);
  for (const bool more : {false, true})
    for (const bool less : {false, true})
      for (const bool unexpected : {false, true})
        for (const bool missing : {false, true})
          for (const std::string prefix : {"", "p/"}) {
            std::vector<NamedTensor<const float>> tensors{{prefix + "dense/kernel", {3, 2}, nines.data()}};
            if (!less) tensors.push_back({prefix + "dense/bias", {2}, nines.data()});
            if (more) tensors.push_back({prefix + "other", {1}, nines.data()});
            if (!prefix.empty()) tensors.push_back({"elsewhere", {1}, nines.data()});
            write_safetensors(path, tensors);
            const LoadOptions options{.prefix = prefix, .allow_unexpected = unexpected, .allow_missing = missing};
            CHECK(options.whole() == (prefix.empty() && !unexpected && !missing));
            std::string expected = ": does not fit the model:";
            if (less && !missing) expected += "\n  missing: " + prefix + "dense/bias (2,)";
            if (more && !unexpected) expected += "\n  unexpected: " + prefix + "other (1,)";
            TwoTensors<float> loaded;
            if ((less && !missing) || (more && !unexpected)) {
              CHECK(file_error(path, [&] { load_weights(path, loaded, options); }) == path + expected);
              CHECK(loaded.values == model.values);
            } else {
              load_weights(path, loaded, options);
              CHECK(loaded.values == std::vector<float>{9, 9, 9, 9, 9, 9, less ? 7.0f : 9, less ? 8.0f : 9});
            }
          }
}
