/// PNG files in a page, and films, which are animated PNG files.
#pragma once

#include <string>
#include <vector>

#include "latent/datasets/png_reader.hpp"
#include "latent/pictures/apng.hpp"
#include "latent/report/html.hpp"

namespace latent::report {

/// The same picture in half the width and height: the means of four pixels.
LATENT_COLD inline pictures::Image halved(const Tensor<4>& image) {
  const Index height = std::max<Index>(1, image.dimension(1) / 2), width = std::max<Index>(1, image.dimension(2) / 2);
  pictures::Image half(width, height);
  for (Index y = 0; y < height; ++y)
    for (Index x = 0; x < width; ++x)
      for (Index c = 0; c < 3; ++c) {
        const Index channel = std::min(c, image.dimension(3) - 1);
        float sum = 0;
        for (Index k = 0; k < 4; ++k)
          sum += image(0, std::min(2 * y + k / 2, image.dimension(1) - 1),
                       std::min(2 * x + k % 2, image.dimension(2) - 1), channel);
        half.rgb[static_cast<std::size_t>(3 * (y * width + x) + c)] = static_cast<std::uint8_t>(sum / 4 * 255 + 0.5f);
      }
  return half;
}

/// One picture or film of a page.
struct Picture {
  std::string name;                 ///< of the file
  std::string title;                ///< what it shows
  std::vector<std::string> frames;  ///< PNG files; more than one of a film
  std::vector<std::string> labels;  ///< of the frames of a film
  bool reduced = false;             ///< it is larger in the file

  /// Throws `std::invalid_argument` if the bytes are not a PNG file.
  [[gnu::cold]] Picture(std::string file, const std::string& png)
      : name(std::move(file)), title(pictures::png_text(png, "Title")) {
    check(png.size() >= pictures::png_header_end, name, ": the PNG file ends in its first chunk");
    frames = pictures::apng_frames(png);
    if (frames.empty()) frames = {png};
    const std::string words = pictures::png_text(png, "Labels");
    for (std::size_t at = 0; at < words.size();) {
      const std::size_t end = std::min(words.find('\n', at), words.size());
      labels.push_back(words.substr(at, end - at));
      at = end + 1;
    }
    for (std::size_t i = labels.size(); i < frames.size(); ++i) labels.push_back(text("picture ", i + 1));
  }

  /// In pixels.
  std::uint32_t width() const { return pictures::read_png_number(std::string_view(frames[0]).substr(16)); }
  /// In pixels.
  std::uint32_t height() const { return pictures::read_png_number(std::string_view(frames[0]).substr(20)); }
  /// Whether its width is more than twice its height.
  [[gnu::cold]] bool is_wide() const { return width() > 2 * height(); }
  /// Whether it has several frames.
  bool is_film() const { return frames.size() > 1; }
  /// The bytes of all frames.
  [[gnu::cold]] std::size_t bytes() const {
    std::size_t sum = 0;
    for (const std::string& frame : frames) sum += frame.size();
    return sum;
  }
  /// Halves its width and height. Throws FileError for a damaged picture.
  [[gnu::cold]] void reduce() {
    for (std::string& frame : frames) frame = pictures::encode_png(halved(datasets::decode_png(name, frame)));
    reduced = true;
  }

  /// The HTML element of frame i, with a text for screen readers.
  [[gnu::cold]] std::string image(std::size_t i, const std::string& words, const std::string& attributes) const {
    const std::string& png = frames[i];
    const std::string_view bytes = png;
    return text("<img alt=\"", escaped(words), "\" width=\"", pictures::read_png_number(bytes.substr(16)),
                "\" height=\"", pictures::read_png_number(bytes.substr(20)), "\" ", attributes,
                " src=\"data:image/png;base64,", base64(png), "\">");
  }

  /// `caption` describes what the picture shows; it may be empty.
  [[gnu::cold]] std::string html(const std::string& caption) const {
    const std::string words = title.empty() ? caption.empty() ? name : caption : title;
    const std::string file =
        text("<span class=\"file\">", escaped(name),
             reduced ? " (at reduced size; the file next to this page is the original)" : "", "</span>");
    const std::string below =
        text("<figcaption>", caption.empty() ? "" : escaped(caption) + " ", file, "</figcaption>");
    if (!is_film())
      return text("<figure", is_wide() ? " class=\"wide\"" : "", " id=\"picture-", id_of(name),
                  "\"><button type=\"button\" class=\"enlarge\" aria-label=\"Enlarge: ", escaped(words), "\">",
                  image(0, words, ""), "</button>", below, "</figure>\n");
    std::string images;
    for (std::size_t i = 0; i < frames.size(); ++i)
      images += image(i, words + ", " + labels[i],
                      text("data-label=\"", escaped(labels[i]), i + 1 == frames.size() ? "\" class=\"on\"" : "\"")) +
                "\n";
    return text("<figure class=\"film\" id=\"picture-", id_of(name), "\">", images,
                "<div class=\"controls\"><button type=\"button\">Play</button><input type=\"range\" id=\"range-",
                id_of(name), "\" min=\"0\" max=\"", frames.size() - 1, "\" value=\"", frames.size() - 1,
                "\" step=\"1\" aria-label=\"", escaped(words), "\"><output></output></div>", below, "</figure>\n");
  }
};

}  // namespace latent::report
