/// Small images beside and below each other: one tensor a row, or one tensor a column.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "latent/core/tensor.hpp"
#include "latent/pictures/font.hpp"
#include "latent/pictures/image.hpp"
#include "latent/pictures/page.hpp"

namespace latent::pictures {

/// The images of a tensor (number, height, width, channels), seen and not copied. Made from a tensor without being
/// named: `grid({noisy, clean}, 10)`. Valid as long as the tensor is.
class ImageBatch {
 public:
  const Index count, height, width, channels;  ///< Sizes of the tensor.

  /// Refers to a tensor (count, height, width, channels), which must outlive it.
  ImageBatch(const Tensor<4, float>& images) : ImageBatch(images.dimensions(), images.data(), nullptr) {}
  /// The same, in double.
  ImageBatch(const Tensor<4, double>& images) : ImageBatch(images.dimensions(), nullptr, images.data()) {}

  /// One pixel: grey where there is one channel. Values are clipped to 0 ... 1; NaN is magenta, to be noticed.
  Color pixel(Index image, Index row, Index column) const {
    const Index at = ((image * height + row) * width + column) * channels;
    double values[3];
    for (Index c = 0; c < 3; ++c) {
      const Index i = at + (channels == 3 ? c : 0);
      values[c] = floats_ != nullptr ? static_cast<double>(floats_[i]) : doubles_[i];
      if (std::isnan(values[c])) return {255, 0, 255};
    }
    const auto byte = [](double value) { return static_cast<std::uint8_t>(std::clamp(value, 0.0, 1.0) * 255 + 0.5); };
    return {byte(values[0]), byte(values[1]), byte(values[2])};
  }

 private:
  ImageBatch(const Tensor<4, float>::Dimensions& d, const float* floats, const double* doubles)
      : count(d[0]), height(d[1]), width(d[2]), channels(d[3]), floats_(floats), doubles_(doubles) {}

  const float* floats_;
  const double* doubles_;
};

/// How a grid of images looks.
struct GridOptions {
  std::string title = {};
  std::vector<std::string> row_titles = {};     ///< none, or one for each row of the picture
  std::vector<std::string> column_titles = {};  ///< none, or one for each column of the picture
  bool by_column = false;                       ///< a tensor is a column, not a row
  int scale = 0;                                ///< an image pixel becomes scale x scale pixels; 0 chooses
  Index first = 0;                              ///< number of the first image shown
  int text_size = 15;                           ///< height of a capital letter in pixels
};

namespace detail {

/// Throws `std::invalid_argument` unless every tensor has the images to be shown.
LATENT_COLD inline void check_grid(const std::vector<ImageBatch>& tensors, Index count, const GridOptions& options) {
  check(!tensors.empty(), "grid: expected at least 1 tensor, received none");
  check(count > 0, "grid: expected at least 1 image of each tensor, received ", count);
  check(options.first >= 0, "grid: expected first >= 0, received ", options.first);
  check(options.scale >= 0 && options.scale <= 256, "grid: expected a scale of 0 to 256, received ", options.scale);
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const ImageBatch& t = tensors[i];
    check(t.channels == 1 || t.channels == 3, "grid: expected 1 or 3 channels, tensor ", i, " has ", t.channels);
    check(t.height > 0 && t.width > 0, "grid: the images of tensor ", i, " have ", t.height, " x ", t.width, " pixels");
    check(count <= t.count - options.first, "grid: expected ", count, " images from number ", options.first,
          " on, but tensor ", i, " has ", t.count, " images");
  }
  const auto check_titles = [](const char* what, std::size_t expected, std::size_t received) {
    check(received == 0 || received == expected, "grid: expected ", expected, " ", what, ", received ", received);
  };
  const auto kinds = tensors.size(), images = static_cast<std::size_t>(count);
  check_titles("row titles", options.by_column ? images : kinds, options.row_titles.size());
  check_titles("column titles", options.by_column ? kinds : images, options.column_titles.size());
}

}  // namespace detail

/// A picture of the first `count` images of each tensor, (number, height, width, 1 or 3) with values 0 ... 1: a tensor
/// a row, or with `.by_column = true` a tensor a column. Images that are smaller than another tensor's (the codes
/// between digits and their reconstructions) are enlarged as often as they fit.
///
///     save_png("digits.png", grid({noisy, denoised, clean}, 10, {.row_titles = {"Noisy", "Denoised", "Clean"}}));
///
/// Throws `std::invalid_argument` if a tensor has fewer images, or neither 1 nor 3 channels, or if the number of titles
/// does not fit.
LATENT_COLD inline Image grid(const std::vector<ImageBatch>& tensors, Index count, const GridOptions& options = {}) {
  detail::check_grid(tensors, count, options);
  const auto kinds = static_cast<Index>(tensors.size());
  const Index rows = options.by_column ? count : kinds, columns = options.by_column ? kinds : count;
  Index height = 0, width = 0;
  for (const ImageBatch& t : tensors) height = std::max(height, t.height), width = std::max(width, t.width);

  // A picture of up to about 1200 x 900 pixels fills a slide; an image of more than 230 pixels looks coarse.
  const Index fitting = std::min({1200 / (columns * width), 900 / (rows * height), 230 / std::max(width, height)});
  const Index scale = options.scale > 0 ? options.scale : std::max<Index>(1, fitting);
  const Index cell_width = width * scale, cell_height = height * scale;

  const Page page{options.title, options.text_size};
  const int size = options.text_size, margin = page.margin;
  const bool row_titles = !options.row_titles.empty(), column_titles = !options.column_titles.empty();
  const Index gap = std::max<Index>(4, std::min(cell_width, cell_height) / 16);
  const Index step_x = std::max<Index>(cell_width + gap,
                                       column_titles ? widest_text(options.column_titles, size) + size : 0),
              step_y = std::max<Index>(cell_height + gap, row_titles ? 2 * size : 0);
  const Index block_width = columns * step_x - gap, block_height = rows * step_y - gap;
  // The title stands over the middle of the images; where it is wider than they are, the picture grows.
  const Index title_extra = page.overhang(block_width);
  const Index left =
      margin + std::max<Index>(title_extra, row_titles ? widest_text(options.row_titles, size) + size : 0);
  const Index top = page.top() + (column_titles ? 2 * size : 0);

  Image picture(left + block_width + title_extra + margin, top + block_height + margin);
  const auto center = [](Index from, Index extent) {
    return static_cast<double>(from) + static_cast<double>(extent) / 2;
  };
  page.draw_title(picture, center(left, block_width));
  for (Index c = 0; c < columns && column_titles; ++c) {
    draw_text(picture, {center(left + c * step_x, step_x - gap), static_cast<double>(top - size * 3 / 4)},
              options.column_titles[static_cast<std::size_t>(c)], {.size = size, .align = Align::center});
  }
  for (Index r = 0; r < rows && row_titles; ++r) {
    draw_text(picture, {static_cast<double>(left - size), center(top + r * step_y, step_y - gap + size)},
              options.row_titles[static_cast<std::size_t>(r)], {.size = size, .align = Align::right});
  }
  for (Index r = 0; r < rows; ++r) {
    for (Index c = 0; c < columns; ++c) {
      const ImageBatch& tensor = tensors[static_cast<std::size_t>(options.by_column ? c : r)];
      const Index number = options.first + (options.by_column ? r : c);
      const Index own = std::min(cell_height / tensor.height, cell_width / tensor.width);
      const Index own_width = own * tensor.width, own_height = own * tensor.height;
      const Index x0 = left + c * step_x + (step_x - gap - own_width) / 2,
                  y0 = top + r * step_y + (step_y - gap - own_height) / 2;
      const auto box = [](Index x, Index y, Index w, Index h) {
        return Box{static_cast<int>(x), static_cast<int>(y), static_cast<int>(w), static_cast<int>(h)};
      };
      // A thin frame, for images that are as white as the paper.
      fill_rectangle(picture, box(x0 - 1, y0 - 1, own_width + 2, own_height + 2), {190, 190, 190});
      for (Index y = 0; y < tensor.height; ++y) {
        for (Index x = 0; x < tensor.width; ++x) {
          fill_rectangle(picture, box(x0 + x * own, y0 + y * own, own, own), tensor.pixel(number, y, x));
        }
      }
    }
  }
  // In words: "Gaussian noise 0.5 (Noisy, Denoised, Clean)".
  std::string words;
  for (const std::string& title : row_titles ? options.row_titles : options.column_titles)
    words += (words.empty() ? "" : ", ") + title;
  if (!words.empty()) picture.title += (options.title.empty() ? "" : " ") + text("(", words, ")");
  return picture;
}

/// All images of one tensor in rows of `columns`, for filters and feature maps. Throws as `grid` does; the number of
/// images must be a multiple of `columns`.
LATENT_COLD inline Image rows_of(const Tensor<4>& images, Index columns, const GridOptions& options = {}) {
  check(columns > 0, "rows_of: expected at least 1 column, received ", columns);
  const Index count = images.dimension(0);
  check(count > 0, "rows_of: expected at least one image, received none");
  check(count % columns == 0, "rows_of: expected images for full rows of ", columns, ", received ", count,
        count > columns ? text("; first_of(images, ", count / columns * columns, ") are full rows") : "");
  std::vector<Tensor<4>> rows;
  for (Index first = 0; first < images.dimension(0); first += columns) rows.push_back(slice(images, first, columns));
  return grid({rows.begin(), rows.end()}, columns, options);
}

}  // namespace latent::pictures
