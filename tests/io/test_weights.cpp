#include "files.hpp"
#include "latent/io/weights.hpp"

using namespace latent;

namespace {

/// Stands for a model: a kernel and a bias.
template <class Scalar>
struct Dense {
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
  Dense<float> floats;
  floats.values[7] = 0.1f;
  save_weights(path, std::as_const(floats));
  CHECK(read_safetensors(path).metadata == std::map<std::string, std::string>{{"format", "latent"}, {"version", "1"}});

  Dense<float> again;
  again.values.assign(8, 0);
  load_weights(path, again);
  CHECK(again.values == floats.values);
  Dense<double> doubles;
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
  Dense<float> model;
  const auto error = [&] {
    const std::string message = file_error(path, [&] { load_weights(path, model); });
    CHECK(model.values == Dense<float>().values);
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
}

TEST_CASE("any truncation leaves the model as it was") {
  const TemporaryFolder folder;
  const std::string path = (folder.path / "f").string();
  Dense<float> saved;
  saved.values.assign(8, 3);
  save_weights(path, saved);
  check_every_truncation(read_file(path), [&](const std::string& cut) {
    Dense<float> model;
    try {
      load_weights(cut, model);
    } catch (...) {
      CHECK(model.values == Dense<float>().values);
      throw;
    }
    CHECK(model.values == saved.values);
  });
}

TEST_CASE("metadata: another version is refused, none at all is fine") {
  const TemporaryFolder folder;
  const std::string path = (folder.path / "f").string();
  Dense<float> model;
  write_safetensors(path, model.parameters(), {{"format", "latent"}, {"version", "2"}});
  CHECK(
      has(file_error(path, [&] { load_weights(path, model); }), "expected version 1 of latent's weights, received 2"));
  write_safetensors(path, model.parameters(), {{"format", "pt"}, {"version", "2"}});
  CHECK_NOTHROW(load_weights(path, model));
  write_safetensors(path, model.parameters());
  CHECK_NOTHROW(load_weights(path, model));
}
