/// The version of the library. CMake reads it from here, too.
#pragma once

namespace latent {

inline constexpr const char* version = "0.1.0";

}  // namespace latent
