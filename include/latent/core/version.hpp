/// The version of the library, as numbers for `#if` and as text. What a version promises: CONTRIBUTING.md. CMake reads it
/// from here, too.
///
///     #if LATENT_VERSION >= 10200   // 1.2.0 or newer
#pragma once

/// The major version: it increases with changes that break programs.
#define LATENT_VERSION_MAJOR 1
/// The minor version: it increases with new functions.
#define LATENT_VERSION_MINOR 0
/// The patch version: it increases with corrections.
#define LATENT_VERSION_PATCH 0
/// All three in one number, for comparisons.
#define LATENT_VERSION (LATENT_VERSION_MAJOR * 10000 + LATENT_VERSION_MINOR * 100 + LATENT_VERSION_PATCH)

namespace latent {

/// A number as text, as it is written.
#define LATENT_TEXT_OF(number) #number
/// A macro's number as text.
#define LATENT_TEXT(number) LATENT_TEXT_OF(number)
/// The version, major.minor.patch.
inline constexpr const char* version =
    LATENT_TEXT(LATENT_VERSION_MAJOR) "." LATENT_TEXT(LATENT_VERSION_MINOR) "." LATENT_TEXT(LATENT_VERSION_PATCH);
#undef LATENT_TEXT
#undef LATENT_TEXT_OF

}  // namespace latent
