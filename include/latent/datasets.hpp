/// Everything for data sets. Needs zlib.
#pragma once

namespace latent {
struct latent_datasets_hpp {};  // see core/missing_includes.hpp
}  // namespace latent

#include "latent/datasets/find.hpp"
#include "latent/datasets/idx.hpp"
#include "latent/datasets/labels.hpp"
#include "latent/datasets/mnist.hpp"
#include "latent/datasets/noise.hpp"
#include "latent/datasets/rows.hpp"
#include "latent/datasets/split.hpp"
