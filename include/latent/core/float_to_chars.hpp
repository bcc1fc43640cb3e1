/// std::to_chars for floating-point numbers, for standard libraries that have it for integers only: libc++ before version
/// 14, which Emscripten 3.1.6 uses.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <type_traits>

namespace latent::detail {

/// Writes a number in one of the three forms; returns the end.
[[gnu::cold]] inline char* float_to_chars(char* out, std::size_t size, double value, std::chars_format form,
                                          int digits) {
  const int length = form == std::chars_format::fixed        ? std::snprintf(out, size, "%.*f", digits, value)
                     : form == std::chars_format::scientific ? std::snprintf(out, size, "%.*e", digits, value)
                                                             : std::snprintf(out, size, "%.*g", digits, value);
  std::replace(out, out + length, ',', '.');  // of the locale
  return out + length;
}

/// Writes the shortest text that is read as the same number again, with a power of ten if that is shorter.
template <class Scalar>
[[gnu::cold]] char* float_to_chars(char* out, std::size_t size, Scalar value) {
  int digits = 0;
  Scalar read;
  do {
    std::snprintf(out, size, "%.*e", digits, static_cast<double>(value));
    read = std::is_same_v<Scalar, float> ? static_cast<Scalar>(std::strtof(out, nullptr))
                                         : static_cast<Scalar>(std::strtod(out, nullptr));
  } while (read != value && ++digits < 17);
  const char* const power = std::strchr(out, 'e');  // infinity has none
  const int decimals = std::max(0, power ? digits - std::atoi(power + 1) : digits);
  char fixed[400];
  const auto fixed_end =
      float_to_chars(fixed, sizeof fixed, static_cast<double>(value), std::chars_format::fixed, decimals);
  char* const end = float_to_chars(out, size, static_cast<double>(value), std::chars_format::scientific, digits);
  return fixed_end - fixed <= end - out ? std::copy(fixed, fixed_end, out) : end;
}

}  // namespace latent::detail
