/// By what numbers are recognised.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>

#include "latent/core/compiler.hpp"

namespace latent {

/// Sixteen hexadecimal digits that other bytes hardly share: each group of eight bytes is mixed into them as in splitmix64
/// (https://prng.di.unimi.it/splitmix64.c). The same on every machine with the same order of bytes. For mistakes, not for attacks.
LATENT_COLD inline std::string fingerprint_of_bytes(const void* bytes, std::size_t count) {
  const char* next = static_cast<const char*>(bytes);
  std::uint64_t mixed = count;
  for (std::size_t left = count; left > 0;) {
    const std::size_t taken = left < 8 ? left : 8;
    std::uint64_t word = 0;
    std::memcpy(&word, next, taken);
    mixed = (mixed ^ word) * 0xBF58476D1CE4E5B9;
    mixed ^= mixed >> 29;
    next += taken, left -= taken;
  }
  char digits[17];
  std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(mixed));
  return digits;
}

/// The fingerprint of an array of numbers.
template <class Number, class Count>
std::string fingerprint_of(const Number* numbers, Count count) {
  return fingerprint_of_bytes(numbers, static_cast<std::size_t>(count) * sizeof(Number));
}

}  // namespace latent
