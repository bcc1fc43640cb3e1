/// Animated PNG files: several pictures in one file, which browsers play. Other viewers show the
/// first picture. https://www.w3.org/TR/png/#4Concepts.APNGSequence
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "latent/pictures/png.hpp"

namespace latent::pictures {

/// Joins PNG files of the same size, all gray or all coloured, to an animated one that repeats for ever: a frame is shown
/// for `milliseconds`, the last one for `last`. The texts in the first file are kept. Throws
/// `std::invalid_argument` if there are none or if they differ.
LATENT_COLD_STATIC std::string encode_apng(const std::vector<std::string>& frames, int milliseconds, int last) {
  check(!frames.empty(), "encode_apng: expected at least 1 frame, received none");
  std::string bytes = frames[0].substr(0, png_header_end);
  bytes += png_chunk("acTL", png_number(static_cast<std::uint32_t>(frames.size())) + png_number(0));
  std::uint32_t sequence = 0;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const std::string& frame = frames[i];
    check(frame.substr(0, png_header_end) == frames[0].substr(0, png_header_end), "encode_apng: frame ", i,
          " has another size or kind of colours than the first");
    const int shown = i + 1 < frames.size() ? milliseconds : last;
    bytes += png_chunk("fcTL", png_number(sequence++) + frame.substr(16, 8) + png_number(0) + png_number(0) +
                                   png_number(static_cast<std::uint32_t>(shown), 2) + png_number(1000, 2) +
                                   std::string(2, '\0'));  // it replaces the whole previous frame
    for_png_chunks(frame, [&](std::string_view type, std::string_view data) {
      if (type == "IDAT" && i == 0) bytes += png_chunk("IDAT", data);
      if (type == "IDAT" && i > 0) bytes += png_chunk("fdAT", png_number(sequence++) + std::string(data));
      if (type == "iTXt" && i == 0) bytes += png_chunk("iTXt", data);
    });
  }
  return bytes + png_chunk("IEND", "");
}

/// The frames of an animated PNG as PNG files; none if it is not animated. Throws `std::invalid_argument` if it is no PNG file.
LATENT_COLD_STATIC std::vector<std::string> apng_frames(std::string_view apng) {
  std::vector<std::string> frames;
  for_png_chunks(apng, [&](std::string_view type, std::string_view data) {
    if (type == "fcTL") {
      if (!frames.empty()) frames.back() += png_chunk("IEND", "");
      frames.push_back(std::string(apng.substr(0, png_header_end)));
    }
    if (frames.empty()) return;
    if (type == "IDAT") frames.back() += png_chunk("IDAT", data);
    if (type == "fdAT") frames.back() += png_chunk("IDAT", data.substr(std::min<std::size_t>(4, data.size())));
  });
  if (!frames.empty()) frames.back() += png_chunk("IEND", "");
  return frames;
}

}  // namespace latent::pictures
