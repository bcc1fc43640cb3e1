/// Everything for files of parameters. Needs nlohmann-json. A program that only saves compiles faster with
/// <latent/io/save_weights.hpp> alone.
#pragma once

namespace latent {
struct latent_io_hpp {};  // see core/missing_includes.hpp
}  // namespace latent

#include "latent/io/safetensors.hpp"
#include "latent/io/weights.hpp"
