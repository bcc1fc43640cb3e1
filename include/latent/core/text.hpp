/// Words and numbers for people.
#pragma once

#include <sstream>
#include <string>

namespace latent {

/// Joins anything that can be printed into one string.
template <class... Parts>
[[gnu::cold]] std::string text(const Parts&... parts) {
  std::ostringstream out;
  (out << ... << parts);
  return out.str();
}

/// 74497 -> "74,497".
[[gnu::cold]] inline std::string with_commas(long n) {
  const std::string digits = std::to_string(n);
  std::string out;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) out += ',';
    out += digits[i];
  }
  return out;
}

}  // namespace latent
