/// Words and numbers for people and for files. A number looks the same under every locale.
#pragma once

#include <algorithm>
#include <charconv>
#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>

#include "latent/core/compiler.hpp"
#if !LATENT_HAS_FLOAT_TO_CHARS
#include "latent/core/float_to_chars.hpp"
#endif

namespace latent {

namespace detail {
/// The longest text of a number: the largest double has 309 digits before the point.
inline constexpr int most_characters = 400, most_decimals = 80;

/// What std::to_chars makes of a number, in a form and with a precision if they are given; "nan" has no sign.
template <class Scalar, class... Form>
std::string characters(Scalar value, Form... form) {
  if (value != value) return "nan";
  char out[most_characters];
#if LATENT_HAS_FLOAT_TO_CHARS
  return {out, std::to_chars(out, out + sizeof out, value, form...).ptr};
#else
  return {out, float_to_chars(out, sizeof out, value, form...)};
#endif
}
}  // namespace detail

/// A number with so many digits (0 to 80) after the point: with_decimals(0.125, 2) is "0.12". "nan", "inf" and "-inf" for those.
LATENT_COLD inline std::string with_decimals(double value, int decimals) {
  return detail::characters(value, std::chars_format::fixed, std::clamp(decimals, 0, detail::most_decimals));
}
/// A number with so many significant digits, as "%g" writes it: with_digits(123456.7, 3) is "1.23e+05".
LATENT_COLD inline std::string with_digits(double value, int digits) {
  return detail::characters(value, std::chars_format::general, std::clamp(digits, 0, detail::most_decimals));
}
/// A number with so many digits after the point of the power of ten: with_power(0.00012, 1) is "1.2e-04".
LATENT_COLD inline std::string with_power(double value, int decimals) {
  return detail::characters(value, std::chars_format::scientific, std::clamp(decimals, 0, detail::most_decimals));
}
/// The shortest text that is read as the same number again: exact(1.0 / 3) is "0.3333333333333333", exact(0.1f) "0.1".
template <std::floating_point Scalar>
[[gnu::cold]] std::string exact(Scalar value) {
  return detail::characters(value);
}

/// Words, a character or a number (with 6 significant digits, if it is not whole), without its type: what joins the parts is
/// compiled once, not for each list of types.
class TextPart {
 public:
  /// Words.
  TextPart(const char* words) : value_(words), append_(append_characters) {}  // NOLINT: the conversion is the point
  /// Anything that a stream prints.
  template <class T>
  TextPart(const T& value) : value_(&value), append_(append_value<T>) {}  // NOLINT
  /// Appends it to a string.
  void append_to(std::string& out) const { append_(out, value_); }

 private:
  static void append_characters(std::string& out, const void* p) { out += static_cast<const char*>(p); }
  template <class T>
  [[gnu::cold]] static void append_value(std::string& out, const void* p) {
    const T& value = *static_cast<const T*>(p);
    if constexpr (std::convertible_to<T, std::string_view>) {
      out += std::string_view(value);
    } else if constexpr (std::same_as<T, char>) {
      out += value;
    } else if constexpr (std::floating_point<T>) {
      out += with_digits(static_cast<double>(value), 6);
    } else {
      static_assert(std::integral<T>, "latent: text(...) takes words, characters and numbers");
      char digits[24];
      out.append(digits, std::to_chars(digits, digits + sizeof digits, +value).ptr);
    }
  }
  const void* value_;
  void (*append_)(std::string&, const void*);
};

/// All parts, one after the other, in one string.
LATENT_COLD inline std::string join(std::initializer_list<TextPart> parts) {
  std::string out;
  for (const TextPart& part : parts) part.append_to(out);
  return out;
}
/// The parts of a message one after the other, as a stream prints them.
template <class... Parts>
[[gnu::cold]] std::string text(const Parts&... parts) {
  return join({parts...});
}

/// The names in a map, for a message about one that is not among them: "loss, val_loss", or "nothing".
template <class Named>
[[gnu::cold]] std::string names_in(const Named& map) {
  std::string names;
  for (const auto& [name, value] : map) names.append(names.empty() ? "" : ", ").append(name);
  return names.empty() ? "nothing" : names;
}

/// Whether the bytes are text in UTF-8 (RFC 3629): file names and std::string need not be.
LATENT_COLD inline bool is_utf8(std::string_view bytes) {
  constexpr unsigned least[] = {0, 0x80, 0x800, 0x10000};  // that takes so many further bytes
  for (std::size_t i = 0; i < bytes.size();) {
    const auto lead = static_cast<unsigned char>(bytes[i++]);
    const int further = lead < 0x80 ? 0 : lead < 0xC0 ? -1 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : lead < 0xF8 ? 3 : -1;
    if (further < 0) return false;
    unsigned code = further == 0 ? lead : lead & (0x3Fu >> further);
    for (int k = 0; k < further; ++k, ++i) {
      if (i == bytes.size() || (static_cast<unsigned char>(bytes[i]) & 0xC0) != 0x80) return false;
      code = code << 6 | (static_cast<unsigned char>(bytes[i]) & 0x3F);
    }
    if (code < least[further] || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) return false;
  }
  return true;
}

/// With small letters in place of ASCII's capital ones, whatever the program's locale: ".PNG" becomes ".png".
LATENT_COLD inline std::string in_small_letters(std::string words) {
  for (char& c : words)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return words;
}

/// The words at the right end of `width` characters.
LATENT_COLD inline std::string at_right(const std::string& words, std::size_t width) {
  return std::string(width - std::min(width, words.size()), ' ') + words;
}

/// 74497 -> "74,497".
LATENT_COLD inline std::string with_commas(long long n) {
  const std::string number = std::to_string(n), digits = number.substr(n < 0 ? 1 : 0);
  std::string out = n < 0 ? "-" : "";
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) out += ',';
    out += digits[i];
  }
  return out;
}

}  // namespace latent
