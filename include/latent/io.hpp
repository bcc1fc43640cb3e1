/// Everything for files of parameters, and the callbacks that write them, ModelCheckpoint and BackupAndRestore. Needs
/// nlohmann-json. A program that only saves compiles faster with <latent/io/save_weights.hpp> alone.
#pragma once

namespace latent {
struct latent_io_hpp {};  // see core/missing_includes.hpp
}  // namespace latent

#include "latent/io/model_checkpoint.hpp"
#include "latent/io/safetensors.hpp"
#include "latent/io/training_state.hpp"
#include "latent/io/weights.hpp"
