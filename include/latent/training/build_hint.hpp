/// Prints once, to standard error, that a program was compiled without optimisation, and which flags make it fast.
#pragma once

#include <cstdio>
#include <string>

#include "latent/core/compiler.hpp"

namespace latent::detail {

/// The missing compiler flags with which training would be faster on this machine, each after a space.
LATENT_COLD inline std::string missing_flags(bool optimised) {
  std::string flags = optimised ? "" : " -O3";
#if defined(__x86_64__) && !defined(__AVX2__)
  if (__builtin_cpu_supports("avx2")) flags += " -march=native";
#elif defined(__x86_64__) && !defined(__AVX512F__)
  if (__builtin_cpu_supports("avx512f")) flags += " -march=native";
#endif
  return flags;
}
LATENT_COLD inline void say_missing_flags(bool optimised) {
  static const bool said = [optimised] {
    if (const std::string flags = missing_flags(optimised); !flags.empty())
      std::fprintf(
          stderr,
          "latent: this program trains faster when compiled with%s (without -O3 it takes some 20 times as long, "
          "without the machine's vectors up to 5 times; -DLATENT_QUIET: not to read this)\n",
          flags.c_str());
    return true;
  }();
  static_cast<void>(said);
}

/// For silence compile with -DLATENT_QUIET, or train with `.verbose = std::nullopt`. What counts is how the program is compiled, not
/// the library of LATENT_COLD functions.
[[gnu::cold]] inline void hint_at_flags() {
#if defined(LATENT_QUIET)
#elif defined(__OPTIMIZE__)
  say_missing_flags(true);
#else
  say_missing_flags(false);
#endif
}

}  // namespace latent::detail
