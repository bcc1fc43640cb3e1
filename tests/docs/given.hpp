// What the C++ blocks of the documentation may use without saying where it comes from: one model, its trainer, its data.
#pragma once

#include <doctest/doctest.h>

#include <latent/checks.hpp>
#include <latent/datasets.hpp>
#include <latent/datasets/augmented.hpp>
#include <latent/datasets/tensor_source.hpp>
#include <latent/evaluation.hpp>
#include <latent/io.hpp>
#include <latent/io/training_state.hpp>
#include <latent/kernels/conv2d_alone.hpp>
#include <latent/latent.hpp>
#include <latent/pictures.hpp>
#include <latent/report.hpp>

namespace given {

using namespace latent;

// NOLINTBEGIN: declared, for nothing is ever linked
using Encoder = Sequential<Input<28, 28, 1>, Flatten, Dense<2>>;
using Decoder = Sequential<Input<2>, Dense<784, Sigmoid>, Reshape<28, 28, 1>>;
using Autoencoder = Sequential<Encoder, Decoder>;
extern Autoencoder autoencoder, model;
extern Encoder encoder;
extern Decoder decoder;
extern Trainer<Autoencoder, Adam, BinaryCrossentropy> trainer;
extern Tensor<4> x, y, dy, images, digits, noisy, clean;
extern Tensor<2> codes;
extern datasets::LabelledImages train, test;
extern std::string path;
// NOLINTEND

}  // namespace given
