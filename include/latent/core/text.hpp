/// Words and numbers for people.
#pragma once

#include <sstream>
#include <string>

namespace latent {

/// Anything that can be printed, without its type: what joins the parts is compiled once, not for each list of types.
class TextPart {
 public:
  TextPart(const char* characters)
      : value_(characters), print_(print_characters) {}  // NOLINT: the conversion is the point
  template <class T>
  TextPart(const T& value) : value_(&value), print_(print_value<T>) {}  // NOLINT
  void print(std::ostream& out) const { print_(out, value_); }

 private:
  static void print_characters(std::ostream& out, const void* p) { out << static_cast<const char*>(p); }
  template <class T>
  [[gnu::cold]] static void print_value(std::ostream& out, const void* p) {
    out << *static_cast<const T*>(p);
  }
  const void* value_;
  void (*print_)(std::ostream&, const void*);
};

/// All parts, one after the other, in one string.
[[gnu::cold]] inline std::string join(std::initializer_list<TextPart> parts) {
  std::ostringstream out;
  for (const TextPart& part : parts) part.print(out);
  return out.str();
}
template <class... Parts>
[[gnu::cold]] std::string text(const Parts&... parts) {
  return join({parts...});
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
