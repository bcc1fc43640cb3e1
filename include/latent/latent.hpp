/// latent: layers, losses, optimisers, training. Needs Eigen and OpenMP.
#pragma once

#include <iostream>  // for std::cout << model.summary()

#include "latent/layers/activation.hpp"
#include "latent/layers/average_pooling2d.hpp"
#include "latent/layers/conv2d.hpp"
#include "latent/layers/conv2d_transpose.hpp"
#include "latent/layers/cropping2d.hpp"
#include "latent/layers/dense.hpp"
#include "latent/layers/global_average_pooling2d.hpp"
#include "latent/layers/layer_normalization.hpp"
#include "latent/layers/max_pooling2d.hpp"
#include "latent/layers/reshape.hpp"
#include "latent/layers/up_sampling2d.hpp"
#include "latent/layers/zero_padding2d.hpp"
#include "latent/losses/binary_crossentropy.hpp"
#include "latent/losses/mean_squared_error.hpp"
#include "latent/models/model.hpp"
#include "latent/optimizers/adam.hpp"
#include "latent/optimizers/sgd.hpp"
#include "latent/training/trainer.hpp"
