/// The Keras model "functional_23", written by latent_model.py from-keras sequence.keras.
///
///     Sequence model;
///     load_weights("sequence.safetensors", model, {.verify_on_load = true});
#pragma once

#include <latent/io.hpp>
#include <latent/latent.hpp>

namespace models {
using namespace latent;

using Sequence = Sequential<Input<24, 3>, Conv1D<8, 5, Causal, Dilation<2>, ReLU>,
                            Conv1D<6, 3, Same, Groups<2>, Softplus>, MaxPooling1D<2>, UpSampling1D<2>,
                            Conv1D<2, 3, Exponential>, Permute<2, 1>, Flatten>;

}  // namespace models
