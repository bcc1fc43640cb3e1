/// Saving and loading a model's parameters.
#pragma once

#include "latent/io/load_weights.hpp"
#include "latent/io/save_model.hpp"
#include "latent/io/save_weights.hpp"
