/// The layout shared by all pictures: white margins, and a centred title above the drawing.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include "latent/pictures/font.hpp"
#include "latent/pictures/image.hpp"

namespace latent::pictures {

struct Page {
  std::string title;
  int text_size;                               ///< height of a capital letter in pixels
  int title_size = text_size + text_size / 5;  ///< height of the title's capital letters in pixels
  int margin = text_size + 5;                  ///< space at the edges in pixels

  /// The row below the title, where the drawing begins.
  int top() const { return margin + (title.empty() ? 0 : title_size + text_size + text_size / 3); }

  /// How far the title reaches beyond a drawing of this width, on each side: pictures that may grow do so.
  int overhang(std::int64_t width) const {
    return title.empty() ? 0
                         : static_cast<int>(std::max<std::int64_t>(0, (text_width(title, title_size) - width + 1) / 2));
  }

  /// Writes the title with its middle in column x.
  [[gnu::cold]] void draw_title(Image& image, double x) const { draw(image, x, title); }

  /// Writes the title over the middle of the picture, shortened to what fits between the margins.
  [[gnu::cold]] void draw_title(Image& image) const {
    draw(image, image.width / 2.0, shortened(title, title_size, image.width - 2 * margin));
  }

 private:
  [[gnu::cold]] void draw(Image& image, double x, const std::string& words) const {
    image.title = title;
    draw_text(image, {x, static_cast<double>(margin + title_size)}, words,
              {.size = title_size, .bold = true, .align = Align::center});
  }
};

}  // namespace latent::pictures
