/// latent: layers, losses, optimisers, training. Needs Eigen and OpenMP.
#pragma once

#include <iostream>  // for std::cout << model.summary()

#include "latent/layers/activations.hpp"
#include "latent/layers/activity_regularization.hpp"
#include "latent/layers/batch_normalization.hpp"
#include "latent/layers/conv2d.hpp"
#include "latent/layers/conv2d_transpose.hpp"
#include "latent/layers/dense.hpp"
#include "latent/layers/dropout.hpp"
#include "latent/layers/gaussian_noise.hpp"
#include "latent/layers/max_pooling2d.hpp"
#include "latent/layers/reshape.hpp"
#include "latent/layers/up_sampling2d.hpp"
#include "latent/losses/binary_crossentropy.hpp"
#include "latent/losses/mean_squared_error.hpp"
#include "latent/models/model.hpp"
#include "latent/optimizers/adam.hpp"
#include "latent/optimizers/sgd.hpp"
#include "latent/training/trainer.hpp"
