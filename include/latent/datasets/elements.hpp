/// Numbers in files: integers and floats of 1 to 8 bytes, big-endian or little-endian.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <type_traits>

#include "latent/core/check.hpp"
#include "latent/core/tensor.hpp"

namespace latent::datasets {

/// How the numbers of an array are stored.
struct ElementType {
  /// Kinds of numbers; `natural` has no sign.
  enum class Kind { boolean, natural, integer, real };
  Kind kind;           ///< the kind of the numbers
  std::size_t size;    ///< bytes of one number
  bool is_big_endian;  ///< the order of the bytes

  /// Whether images of this type hold pixels 0 ... 255 rather than values 0 ... 1.
  bool holds_pixels() const { return kind == Kind::natural || kind == Kind::integer; }
};

/// The number in sizeof(T) bytes.
template <class T>
T number_in(const unsigned char* bytes, bool is_big_endian) {
  unsigned char ordered[sizeof(T)];
  std::memcpy(ordered, bytes, sizeof(T));
  if (sizeof(T) > 1 && is_big_endian != (std::endian::native == std::endian::big))
    std::reverse(ordered, ordered + sizeof(T));
  T number;
  std::memcpy(&number, ordered, sizeof(T));
  return number;
}

/// Converts `count` numbers of `type` to Scalars. Throws FileError for a number that a Scalar cannot hold: a whole one
/// beyond 2^24 (float) or 2^53 (double), where not every whole number is one, or a finite one that would be infinite.
template <class Scalar>
class ElementReader {
 public:
  /// A converter for that file; messages name it.
  ElementReader(const std::string& path, const ElementType& type) : path_(path), type_(type) {}

  /// Converts `count` stored numbers. Throws FileError for one that the Scalar cannot hold.
  void convert(const unsigned char* bytes, std::size_t count, Scalar* out) const {
    using Kind = ElementType::Kind;
    const auto [kind, size, big] = type_;
    if (kind == Kind::boolean) {
      for (std::size_t i = 0; i < count; ++i) out[i] = bytes[i] != 0 ? Scalar(1) : Scalar(0);
      return;
    }
    if (kind == Kind::natural)
      return size == 1   ? each<std::uint8_t>(bytes, count, out)
             : size == 2 ? each<std::uint16_t>(bytes, count, out)
             : size == 4 ? each<std::uint32_t>(bytes, count, out)
                         : each<std::uint64_t>(bytes, count, out);
    if (kind == Kind::integer)
      return size == 1   ? each<std::int8_t>(bytes, count, out)
             : size == 2 ? each<std::int16_t>(bytes, count, out)
             : size == 4 ? each<std::int32_t>(bytes, count, out)
                         : each<std::int64_t>(bytes, count, out);
    return size == 2   ? each<Eigen::half>(bytes, count, out)
           : size == 4 ? each<float>(bytes, count, out)
                       : each<double>(bytes, count, out);
  }

 private:
  template <class T>
  void each(const unsigned char* bytes, std::size_t count, Scalar* out) const {
    for (std::size_t i = 0; i < count; ++i) {
      const T number = number_in<T>(bytes + i * sizeof(T), type_.is_big_endian);
      if constexpr (std::is_integral_v<T>) {
        constexpr int digits = std::numeric_limits<Scalar>::digits;
        if constexpr (std::numeric_limits<T>::digits > digits)
          if (number > T{1} << digits || (std::is_signed_v<T> && number < -(T{1} << digits)))
            throw FileError(path_, text("holds the whole number ", number, ", which is too large for a ", words(),
                                        ": the largest to be read is ", std::int64_t{1} << digits));
        out[i] = static_cast<Scalar>(number);
      } else if constexpr (std::is_same_v<T, Eigen::half>) {
        out[i] = static_cast<Scalar>(Eigen::half_impl::half_to_float(number));
      } else {
        if constexpr (sizeof(T) > sizeof(Scalar))
          if (std::isfinite(number) && std::abs(number) > static_cast<T>(std::numeric_limits<Scalar>::max()))
            throw FileError(path_, text("holds the number ", number, ", which is too large for a ", words()));
        out[i] = static_cast<Scalar>(number);
      }
    }
  }
  static const char* words() { return std::is_same_v<Scalar, float> ? "float" : "double"; }

  const std::string& path_;
  ElementType type_;
};

/// Whole numbers 0 ... 255 in a file are pixels, which become 0 ... 1; others are an error.
LATENT_COLD inline void scale_pixels(const std::string& path, float* pixels, Index count) {
  for (Index i = 0; i < count; ++i) {
    if (!(pixels[i] >= 0 && pixels[i] <= 255))
      throw FileError(path, text("expected whole numbers 0 to 255 as pixels, received ", pixels[i]));
    pixels[i] /= 255.0f;
  }
}

}  // namespace latent::datasets
