/// A table of numbers as a picture: confusion tables, filters, results of convolutions.
#pragma once

#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "latent/core/tensor.hpp"
#include "latent/pictures/font.hpp"
#include "latent/pictures/image.hpp"
#include "latent/pictures/page.hpp"

namespace latent::pictures {

/// How a table in colours looks.
struct HeatMapOptions {
  /// Texts above the table, beside its rows and above its columns.
  std::string title = {}, row_title = {}, column_title = {};
  std::vector<std::string> rows = {};     ///< labels of the rows; none: the numbers 0, 1, 2, ...
  std::vector<std::string> columns = {};  ///< labels of the columns, likewise
  int decimals = 0;                       ///< of the numbers in the cells
  int cell = 54;       ///< height of a cell in pixels, and its width unless labels, numbers or titles are wider
  int text_size = 15;  ///< height of a capital letter in pixels
};

/// The colour of a number: white for 0, blue for the largest and for infinity, orange for the largest below 0.
inline Color heat(double value, double largest) {
  const double share = std::isinf(value) ? 1.0 : largest > 0 ? std::clamp(std::abs(value) / largest, 0.0, 1.0) : 0.0;
  const Color full = value < 0 ? Color{213, 94, 0} : Color{0, 90, 160};
  const auto mix = [share](std::uint8_t to) { return static_cast<std::uint8_t>(255 + share * (to - 255) + 0.5); };
  return {mix(full.red), mix(full.green), mix(full.blue)};
}

/// A picture of the table, (rows, columns): a coloured cell with its number for each entry, none for NaN. Cells less than two lines
/// of text high have no numbers. Throws std::invalid_argument if there is no entry, or the number of labels does not fit.
LATENT_COLD inline Image heat_map(const Tensor<2>& values, const HeatMapOptions& options = {}) {
  const int rows = static_cast<int>(values.dimension(0)), columns = static_cast<int>(values.dimension(1));
  check(rows > 0 && columns > 0, "heat_map: expected at least 1 x 1 numbers, received ", rows, " x ", columns);
  check(options.cell >= 4 && options.cell <= 400, "heat_map: expected cells of 4 to 400 pixels, received ",
        options.cell);
  check(options.decimals >= 0 && options.decimals <= 17, "heat_map: expected 0 to 17 decimals, received ",
        options.decimals);
  const auto labels = [](const char* what, std::vector<std::string> given, int count) {
    check(given.empty() || static_cast<int>(given.size()) == count, "heat_map: expected ", count, " ", what,
          ", received ", given.size());
    for (int i = 0; static_cast<int>(given.size()) < count; ++i) given.push_back(std::to_string(i));
    return given;
  };
  const auto row_labels = labels("row labels", options.rows, rows);
  const auto column_labels = labels("column labels", options.columns, columns);

  const Page page{options.title, options.text_size};
  const int size = options.text_size, margin = page.margin;
  const bool has_numbers = options.cell >= 2 * size;
  int cell_width = std::max(options.cell, widest_text(column_labels, size) + size);
  for (Index i = 0; has_numbers && i < values.size(); ++i)
    cell_width =
        std::max(cell_width, text_width(with_decimals(static_cast<double>(values.data()[i]), options.decimals), size) +
                                 size / 2 + 1);
  // Both titles have room beside the cells.
  cell_width = std::max(cell_width, text_width(options.column_title, size) / columns + 1);
  const int cell_height = std::max(options.cell, text_width(options.row_title, size) / rows + 1);
  const int width = columns * cell_width, height = rows * cell_height;
  const int title_extra = page.overhang(width);
  const int left =
      margin + std::max(title_extra, (options.row_title.empty() ? 0 : 2 * size) + widest_text(row_labels, size) + size);
  const int column_title_base = page.top() + size;
  const int top = column_title_base + (options.column_title.empty() ? 0 : 2 * size) + size * 3 / 4;
  Image picture(left + width + title_extra + margin, top + height + margin);

  const auto write = [&](double x, double y, const std::string& words, TextStyle style) {
    style.size = size;
    draw_text(picture, {x, y}, words, style);
  };
  page.draw_title(picture, left + width / 2.0);
  write(left + width / 2.0, column_title_base, options.column_title, {.align = Align::center});
  write(left - size * 2.0 - widest_text(row_labels, size), top + height / 2.0, options.row_title,
        {.align = Align::center, .upward = true});
  double largest = 0;
  for (Index i = 0; i < values.size(); ++i)
    if (std::isfinite(values.data()[i])) largest = std::max(largest, std::abs(static_cast<double>(values.data()[i])));
  for (int c = 0; c < columns; ++c)
    write(left + (c + 0.5) * cell_width, top - size * 3 / 4, column_labels[static_cast<std::size_t>(c)],
          {.align = Align::center});
  for (int r = 0; r < rows; ++r) {
    write(left - size, top + (r + 0.5) * cell_height + size / 2.0, row_labels[static_cast<std::size_t>(r)],
          {.align = Align::right});
    for (int c = 0; c < columns; ++c) {
      const auto value = static_cast<double>(values(r, c));
      if (std::isnan(value)) continue;
      fill_rectangle(picture, {left + c * cell_width, top + r * cell_height, cell_width - 1, cell_height - 1},
                     heat(value, largest));
      if (has_numbers)
        write(left + (c + 0.5) * cell_width, top + (r + 0.5) * cell_height + size / 2.0,
              with_decimals(value, options.decimals),
              {.color = std::abs(value) > 0.55 * largest ? white : black, .align = Align::center});
    }
  }
  return picture;
}

}  // namespace latent::pictures
