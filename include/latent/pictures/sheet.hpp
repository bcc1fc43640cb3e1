/// Many small images side by side without gaps, with the coordinates they stand for on the axes: a generated manifold.
#pragma once

#include <map>

#include "latent/pictures/grid.hpp"
#include "latent/pictures/page.hpp"
#include "latent/pictures/plot.hpp"

namespace latent::pictures {

/// How a sheet of images looks.
struct SheetOptions {
  std::string title = {}, x_label = {}, y_label = {};
  Range x = {}, y = {};  ///< the coordinates of the centres of the first and the last column (lowest and top row)
  int scale = 0;         ///< an image pixel becomes scale x scale pixels; 0 chooses
  std::map<Index, Color> frames = {};  ///< coloured frames around images, by their number
  int text_size = 15;                  ///< height of a capital letter in pixels
};

/// A picture of rows x columns images of a tensor (number, height, width, 1 or 3), row by row, the top row first.
///
///     save_png("manifold.png", sheet(decoder.predict(points), 30, 30, {.x = {-2, 2}, .y = {-2, 2}}));
///
/// Throws `std::invalid_argument` if the tensor has fewer images, or neither 1 nor 3 channels, and for options outside their range.
LATENT_COLD inline Image sheet(const ImageBatch& images, Index rows, Index columns, const SheetOptions& options = {}) {
  check(rows >= 1 && columns >= 1, "sheet: expected at least 1 row and 1 column, received ", rows, " and ", columns);
  check(rows <= images.count / columns, "sheet: ", rows, " x ", columns, " images, but the tensor has ", images.count);
  check(images.height >= 1 && images.width >= 1, "sheet: expected images of at least 1 x 1 pixel, received ",
        images.height, " x ", images.width);
  const auto ascends = [](const char* name, const Range& range) {
    check(!range.empty() || (std::isinf(range.low) && std::isinf(range.high)), "sheet: expected the lower end of ",
          name, " first, received ", range.low, " and ", range.high);
  };
  ascends("x", options.x), ascends("y", options.y);
  check(images.channels == 1 || images.channels == 3, "sheet: expected 1 or 3 channels, received ", images.channels);
  check(options.scale >= 0 && options.scale <= 256, "sheet: expected a scale of 0 to 256, received ", options.scale);
  const Index fitting = std::min(1000 / (columns * images.width), 900 / (rows * images.height));
  const Index scale = options.scale > 0 ? options.scale : std::clamp<Index>(fitting, 1, 8);
  const Index cell_width = images.width * scale, cell_height = images.height * scale;
  const int width = static_cast<int>(columns * cell_width), height = static_cast<int>(rows * cell_height);

  // The space for axis labels around the frame.
  const Page page{options.title, options.text_size};
  const int size = options.text_size, margin = page.margin;
  const auto axis = [&](const Range& range, const std::string& title, Index count, int extent) {
    Axis made{{}, {}, shortened(title, size, extent)};
    // From the edge of the first image to that of the last one.
    const double half = count > 1 ? (range.high - range.low) / static_cast<double>(count - 1) / 2 : 0.5;
    const Range edges{range.low - half, range.high + half};
    if (!range.empty())
      made.ticks = nice_ticks(edges, std::clamp(extent / (4 * size), 4, 9)), made.labels = tick_labels(made.ticks);
    return std::pair{made, edges};
  };
  const auto [x_axis, x] = axis(options.x, options.x_label, columns, width);
  const auto [y_axis, y] = axis(options.y, options.y_label, rows, height);
  const bool numbers = !options.x.empty() || !options.y.empty();
  const int left =
      margin + (options.y_label.empty() ? 0 : 2 * size) + (numbers ? widest_text(y_axis.labels, size) + 2 * size : 0);
  const int title_extra = page.overhang(width);
  const int from = std::max(left, margin + title_extra);
  const int top = page.top();
  const int below = (numbers ? 5 * size / 2 : 0) + (options.x_label.empty() ? 0 : 2 * size);
  Image picture(from + width + std::max(title_extra, numbers ? size : 0) + margin, top + height + below + margin);
  page.draw_title(picture, from + width / 2.0);
  if (numbers || !options.x_label.empty() || !options.y_label.empty())
    draw_axes(picture, {{from, top, width, height}, x, y}, x_axis, y_axis, size, picture.height - margin,
              margin + size / 2);

  const auto box = [&](Index image) {
    return Box{static_cast<int>(from + image % columns * cell_width),
               static_cast<int>(top + image / columns * cell_height), static_cast<int>(cell_width),
               static_cast<int>(cell_height)};
  };
  for (Index image = 0; image < rows * columns; ++image) {
    const Box cell = box(image);
    for (Index row = 0; row < images.height; ++row)
      for (Index column = 0; column < images.width; ++column)
        fill_rectangle(picture,
                       {cell.x + static_cast<int>(column * scale), cell.y + static_cast<int>(row * scale),
                        static_cast<int>(scale), static_cast<int>(scale)},
                       images.pixel(image, row, column));
  }
  for (const auto& [image, color] : options.frames) {
    check(image >= 0 && image < rows * columns, "sheet: a frame for image ", image, " of ", rows * columns);
    const int thick = std::max(2, static_cast<int>(std::min(cell_width, cell_height) / 14));
    const Box outer = box(image);
    fill_rectangle(picture, {outer.x, outer.y, outer.width, thick}, color);
    fill_rectangle(picture, {outer.x, outer.y + outer.height - thick, outer.width, thick}, color);
    fill_rectangle(picture, {outer.x, outer.y, thick, outer.height}, color);
    fill_rectangle(picture, {outer.x + outer.width - thick, outer.y, thick, outer.height}, color);
  }
  return picture;
}

}  // namespace latent::pictures
