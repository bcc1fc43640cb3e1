/// Prints once, to standard error, that a program was compiled without optimisation, and which flags make it fast.
#pragma once

#include <cstdio>
#include <string>

#include "latent/core/compiler.hpp"

namespace latent::detail {

/// The missing compiler flags with which training would be faster on this machine, each after a space.
LATENT_COLD inline std::string missing_flags() {
  std::string flags;
#ifndef __OPTIMIZE__
  flags += " -O3";
#endif
#if defined(__x86_64__) && !defined(__AVX2__)
  if (__builtin_cpu_supports("avx2")) flags += " -march=native";
#elif defined(__x86_64__) && !defined(__AVX512F__)
  if (__builtin_cpu_supports("avx512f")) flags += " -march=native";
#endif
  return flags;
}

/// For silence compile with -DLATENT_QUIET, or train with `.verbose = std::nullopt`.
LATENT_COLD inline void hint_at_flags() {
#ifndef LATENT_QUIET
  static const bool said = [] {
    if (const std::string flags = missing_flags(); !flags.empty())
      std::fprintf(
          stderr,
          "latent: this program trains faster when compiled with%s (without -O3 it takes some 20 times as long, "
          "without the machine's vectors up to 5 times; -DLATENT_QUIET: not to read this)\n",
          flags.c_str());
    return true;
  }();
  static_cast<void>(said);
#endif
}

}  // namespace latent::detail
