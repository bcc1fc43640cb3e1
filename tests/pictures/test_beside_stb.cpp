// A program's own copy of stb, after latent's headers.
#include <doctest/doctest.h>

#include <string>

#include "latent/datasets/image_reader.hpp"
#include "latent/pictures/png.hpp"

#define STB_IMAGE_STATIC
#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_WRITE_STATIC
#define STB_IMAGE_WRITE_IMPLEMENTATION
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
#include <stb_image.h>
#include <stb_image_write.h>
#pragma GCC diagnostic pop

TEST_CASE("stb's functions of files and of JPEGs are the program's own, and read what latent writes") {
  std::string jpeg;
  const auto append = [](void* to, void* bytes, int size) {
    static_cast<std::string*>(to)->append(static_cast<const char*>(bytes), static_cast<std::size_t>(size));
  };
  CHECK(stbi_write_jpg_to_func(append, &jpeg, 1, 1, 1, "x", 90) != 0);
  CHECK(!jpeg.empty());
  const std::string png = latent::pictures::encode_png(latent::pictures::Image(3, 2));
  int width = 0, height = 0, channels = 0;
  stbi_uc* pixels = stbi_load_from_memory(reinterpret_cast<const stbi_uc*>(png.data()), static_cast<int>(png.size()),
                                          &width, &height, &channels, 3);
  REQUIRE(pixels != nullptr);
  CHECK(width == 3);
  CHECK(height == 2);
  stbi_image_free(pixels);
}
