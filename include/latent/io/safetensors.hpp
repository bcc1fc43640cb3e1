/// Reading and writing safetensors files.
#pragma once

#include "latent/io/safetensors_reader.hpp"
#include "latent/io/safetensors_writer.hpp"
