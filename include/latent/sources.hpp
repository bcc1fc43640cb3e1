/// Sources of batches for fit, evaluate and predict: of one's own (core/source.hpp), of tensors, of a function, augmented.
/// Those of files: datasets/idx_source.hpp, datasets/image_folder_source.hpp.
#pragma once

#include "latent/core/source.hpp"
#include "latent/datasets/augmented.hpp"
#include "latent/datasets/generated_source.hpp"
#include "latent/datasets/tensor_source.hpp"
