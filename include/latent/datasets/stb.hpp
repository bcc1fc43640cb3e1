/// stb_image (public domain), and what it decodes as a tensor. Not part of latent/datasets.hpp.
///
/// Every translation unit gets its own copy of stb, so that nothing has to be linked. The copy lies in latent's namespace
/// and leaves no macro behind: a program may use stb_image.h as it likes, before this header or after it.
#pragma once

// What stb_image.h includes: inside of a namespace it may not come first.
#include <assert.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <memory>
#include <string>
#include <string_view>

#include "latent/core/check.hpp"
#include "latent/core/tensor.hpp"

#pragma push_macro("STBI_INCLUDE_STB_IMAGE_H")
#pragma push_macro("STB_IMAGE_STATIC")
#pragma push_macro("STB_IMAGE_IMPLEMENTATION")
#pragma push_macro("STBIDEF")
#pragma push_macro("STBI_SIMD_ALIGN")
#pragma push_macro("STBI_NO_STDIO")
#pragma push_macro("STBI_NO_SIMD")
#pragma push_macro("STBI_NO_LINEAR")
#pragma push_macro("STBI_NO_PNG")
#pragma push_macro("STBI_NO_JPEG")
#pragma push_macro("STBI_NO_BMP")
#pragma push_macro("STBI_NO_GIF")
#pragma push_macro("STBI_NO_HDR")
#pragma push_macro("STBI_NO_PIC")
#pragma push_macro("STBI_NO_PNM")
#pragma push_macro("STBI_NO_PSD")
#pragma push_macro("STBI_NO_TGA")
#pragma push_macro("stbi__err")
#pragma push_macro("stbi__errpf")
#pragma push_macro("stbi__errpuc")
#pragma push_macro("STBI_MALLOC")
#pragma push_macro("STBI_REALLOC")
#pragma push_macro("STBI_FREE")
#pragma push_macro("STBI_ASSERT")
#pragma push_macro("STBI_REALLOC_SIZED")
#undef STBI_INCLUDE_STB_IMAGE_H
#undef STB_IMAGE_STATIC
#undef STB_IMAGE_IMPLEMENTATION
#undef STBI_SIMD_ALIGN
#undef STBIDEF
#undef STBI_NO_STDIO
#undef STBI_NO_SIMD
#undef STBI_NO_LINEAR
#undef STBI_NO_PNG
#undef STBI_NO_JPEG
#undef STBI_NO_BMP
#undef STBI_NO_GIF
#undef STBI_NO_HDR
#undef STBI_NO_PIC
#undef STBI_NO_PNM
#undef STBI_NO_PSD
#undef STBI_NO_TGA
#undef stbi__err
#undef stbi__errpf
#undef stbi__errpuc
#undef STBI_MALLOC
#undef STBI_REALLOC
#undef STBI_FREE
#undef STBI_ASSERT
#undef STBI_REALLOC_SIZED
#define STB_IMAGE_STATIC
#define STB_IMAGE_IMPLEMENTATION
#define STBI_NO_STDIO
#define STBI_NO_SIMD
#define STBI_NO_LINEAR
#define STBI_NO_GIF
#define STBI_NO_HDR
#define STBI_NO_PIC
#define STBI_NO_PNM
#define STBI_NO_PSD
#define STBI_NO_TGA
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
// In damaged JPEGs stb's sums overflow and shifts are too wide, which gives wrong pixels: that is what such files are. Of
// an empty piece of a PNG it copies no bytes, from nowhere. So sanitizers need not look; and memory that a damaged file
// leaves unset is 0.
#if defined(__clang__)
#pragma clang attribute push(__attribute__((no_sanitize("signed-integer-overflow", "shift", "nonnull-attribute"))), \
                             apply_to = function)
#else
#pragma GCC diagnostic ignored "-Wattributes"
#define static static __attribute__((no_sanitize("signed-integer-overflow,shift,nonnull-attribute")))
#endif
#define STBI_MALLOC(size) calloc(1, size)
#define STBI_REALLOC(memory, size) realloc(memory, size)
#define STBI_FREE(memory) free(memory)
#define STBI_ASSERT(condition) ((void)0)  // ends the program for some damaged files
// stb gives its functions the names of C, which would be those of a program's own copy, too, if neither is optimised away.
#define STBIDEF static inline
#define stbi_failure_reason latent_stbi_failure_reason
#define stbi_image_free latent_stbi_image_free
#define stbi_info_from_memory latent_stbi_info_from_memory
#define stbi_is_16_bit_from_memory latent_stbi_is_16_bit_from_memory
#define stbi_load_16_from_memory latent_stbi_load_16_from_memory
#define stbi_load_from_memory latent_stbi_load_from_memory
#define stbi_zlib_decode_malloc_guesssize_headerflag latent_stbi_zlib_decode_malloc_guesssize_headerflag
#define stbi_info_from_callbacks latent_stbi_info_from_callbacks
#define stbi_is_16_bit_from_callbacks latent_stbi_is_16_bit_from_callbacks
#define stbi_is_hdr_from_callbacks latent_stbi_is_hdr_from_callbacks
#define stbi_load_16_from_callbacks latent_stbi_load_16_from_callbacks
#define stbi_load_from_callbacks latent_stbi_load_from_callbacks
namespace latent::stb {
#include <stb_image.h>
}
#if defined(__clang__)
#pragma clang attribute pop
#else
#undef static
#endif
#undef stbi_failure_reason
#undef stbi_image_free
#undef stbi_info_from_memory
#undef stbi_is_16_bit_from_memory
#undef stbi_load_16_from_memory
#undef stbi_load_from_memory
#undef stbi_zlib_decode_malloc_guesssize_headerflag
#undef stbi_info_from_callbacks
#undef stbi_is_16_bit_from_callbacks
#undef stbi_is_hdr_from_callbacks
#undef stbi_load_16_from_callbacks
#undef stbi_load_from_callbacks
#undef STBIDEF
#pragma GCC diagnostic pop
#pragma pop_macro("STBI_INCLUDE_STB_IMAGE_H")
#pragma pop_macro("STB_IMAGE_STATIC")
#pragma pop_macro("STB_IMAGE_IMPLEMENTATION")
#pragma pop_macro("STBIDEF")
#pragma pop_macro("STBI_SIMD_ALIGN")
#pragma pop_macro("STBI_NO_STDIO")
#pragma pop_macro("STBI_NO_SIMD")
#pragma pop_macro("STBI_NO_LINEAR")
#pragma pop_macro("STBI_NO_PNG")
#pragma pop_macro("STBI_NO_JPEG")
#pragma pop_macro("STBI_NO_BMP")
#pragma pop_macro("STBI_NO_GIF")
#pragma pop_macro("STBI_NO_HDR")
#pragma pop_macro("STBI_NO_PIC")
#pragma pop_macro("STBI_NO_PNM")
#pragma pop_macro("STBI_NO_PSD")
#pragma pop_macro("STBI_NO_TGA")
#pragma pop_macro("STBI_REALLOC_SIZED")
#pragma pop_macro("STBI_ASSERT")
#pragma pop_macro("STBI_FREE")
#pragma pop_macro("STBI_REALLOC")
#pragma pop_macro("STBI_MALLOC")
#pragma pop_macro("stbi__errpuc")
#pragma pop_macro("stbi__errpf")
#pragma pop_macro("stbi__err")

namespace latent::datasets {

/// Larger images are refused, so that a small file cannot exhaust the memory.
inline constexpr std::uint32_t largest_image_side = 1 << 14;

/// Throws FileError for an image without pixels or with more than a side may have.
LATENT_COLD inline void check_image_sides(const std::string& path, std::int64_t height, std::int64_t width) {
  if (height < 1 || width < 1 || height > largest_image_side || width > largest_image_side)
    throw FileError(path, text("expected 1 x 1 to ", largest_image_side, " x ", largest_image_side,
                               " pixels, received ", width, " x ", height));
}

// `static` because the stb functions it calls are.

/// The image in the bytes of a file, checked before, as (1, height, width, channels) in 0 ... 1; channels is 1, or 3
/// where there are colours; transparency is left out. `path` is for messages. Throws FileError.
LATENT_COLD_STATIC Tensor<4> decode_by_stb(const std::string& path, std::string_view bytes) {
  const auto* data = reinterpret_cast<const stb::stbi_uc*>(bytes.data());
  const int size = static_cast<int>(bytes.size());
  int width = 0, height = 0, channels = 0;
  if (stb::latent_stbi_info_from_memory(data, size, &width, &height, &channels) == 0)
    throw FileError(path, text("its header cannot be decoded: ", stb::latent_stbi_failure_reason()));
  const int wanted = channels >= 3 ? 3 : 1;
  Tensor<4> image;
  const auto take = [&](auto* pixels, float largest) {
    if (pixels == nullptr)
      throw FileError(path, text("its pixels cannot be decoded: ", stb::latent_stbi_failure_reason()));
    struct Free {
      void operator()(void* memory) const { stb::latent_stbi_image_free(memory); }
    };
    const std::unique_ptr<void, Free> owner(pixels);
    image = new_tensor<Tensor<4>>(Tensor<4>::Dimensions(1, height, width, wanted));
    for (Index i = 0; i < image.size(); ++i) image.data()[i] = static_cast<float>(pixels[i]) / largest;
  };
  if (stb::latent_stbi_is_16_bit_from_memory(data, size))
    take(stb::latent_stbi_load_16_from_memory(data, size, &width, &height, &channels, wanted), 65535.0f);
  else
    take(stb::latent_stbi_load_from_memory(data, size, &width, &height, &channels, wanted), 255.0f);
  return image;
}

}  // namespace latent::datasets
