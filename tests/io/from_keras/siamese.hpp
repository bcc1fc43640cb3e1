/// The Keras model "functional_20", written by latent_model.py from-keras siamese.keras.
///
///     Siamese model;
///     load_weights("siamese.safetensors", model, {.verify_on_load = true});
#pragma once

#include <latent/io.hpp>
#include <latent/latent.hpp>

namespace models {
using namespace latent;

using Siamese = Sequential<Named<"left", Input<20>>, Named<"right", Input<20>>, From<"left">,
                           Named<"branch_1", Dense<8, SELU>>, Named<"branch_2", Dense<4, Softsign>>,
                           From<"right">, Again<"branch_1">, Named<"branch_2_call_1", Again<"branch_2">>,
                           From<"branch_2">, Named<"branch_3", Subtract<"branch_2_call_1">>, From<"left">,
                           Named<"skip_1", Dense<4>>, From<"branch_3">, Average<"skip_1">, Dense<1, Sigmoid>>;

}  // namespace models
