// What latent_model.py from-keras has written of two models that Keras saved (tests/exchange/from_keras_exchange.py): on the
// inputs in the file latent gives what Keras gave.
#include "files.hpp"
#include "io/from_keras/sequence.hpp"
#include "io/from_keras/siamese.hpp"

using namespace latent;

namespace {
std::string file(const std::string& name) {
  return std::string(LATENT_SOURCE_DIR "/tests/io/from_keras/") + name + ".safetensors";
}
}  // namespace

TEST_CASE("a model of Keras, from its file") {
  models::Siamese siamese;  // two Inputs, layers that are called twice
  CHECK_NOTHROW(load_weights(file("siamese"), siamese, {.verify_on_load = true}));
  models::Sequence sequence;
  CHECK_NOTHROW(load_weights(file("sequence"), sequence, {.verify_on_load = true}));
  CHECK(has(file_error(file("siamese"), [&] { load_weights(file("siamese"), sequence); }), "missing: conv1d/kernel"));
}

TEST_CASE("an activation that is another one is noticed") {
  using Other = Sequential<Input<24, 3>, Conv1D<8, 5, Causal, Dilation<2>, ReLU>, Conv1D<6, 3, Same, Groups<2>, ReLU>,
                           MaxPooling1D<2>, UpSampling1D<2>, Conv1D<2, 3, Exponential>, Permute<2, 1>, Flatten>;
  Other other;
  CHECK(has(file_error(file("sequence"), [&] { load_weights(file("sequence"), other, {.verify_on_load = true}); }),
            "verify_on_load: verify/output/0: "));
}
