/// Tables of numbers as comma-separated values, and images in their rows, as Kaggle's digit-recognizer and
/// fashion-mnist_train.csv have them. Read by libcsv (link latent::files), so this header is not part of
/// latent/datasets.hpp. RFC 4180.
#pragma once

#include <csv.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "latent/core/check.hpp"
#include "latent/core/files.hpp"
#include "latent/core/function_ref.hpp"
#include "latent/core/tensor.hpp"
#include "latent/datasets/byte_reader.hpp"
#include "latent/datasets/elements.hpp"
#include "latent/datasets/fit.hpp"
#include "latent/datasets/image_options.hpp"
#include "latent/datasets/mnist.hpp"

namespace latent::datasets {

/// A table in a file, plain or packed with gzip, read twice: first to count its rows, then for its numbers, so that no
/// more memory is needed than they take. Numbers have a point, whatever the program's locale. If the first line has no comma, fields
/// are separated by the semicolons or tabs that it has.
class CsvTable {
 public:
  /// Counts the rows, at most `limit` of them if that is not 0. A first row that has words in it is the header. Throws
  /// FileError if the rows do not all have as many fields, or there is none.
  [[gnu::cold]] explicit CsvTable(const std::string& path, Index limit = 0) : path_(path) {
    check(limit >= 0, "CsvTable: expected a limit of at least 0, received ", limit);
    Index columns = 0;
    std::vector<std::string> first;
    const auto field = [&](std::string_view words) {
      if (rows_ == 0) first.emplace_back(words);
      ++columns;
      return std::string();
    };
    const auto row_end = [&] {
      if (rows_ == 0) columns_ = columns, has_header_ = std::any_of(first.begin(), first.end(), is_name);
      if (columns != columns_) return text("has ", columns, " fields, expected ", columns_, " as in the first");
      ++rows_, columns = 0;
      return std::string();
    };
    parse(field, row_end, limit);
    if (has_header_) header_ = std::move(first), --rows_;
    if (limit > 0) rows_ = std::min(rows_, limit);
    if (rows_ == 0) throw FileError(path, "has no rows of numbers");
  }

  /// How many rows, the header not counted.
  Index rows() const { return rows_; }
  /// How many columns.
  Index columns() const { return columns_; }

  /// The names of the columns; empty if the file has none.
  const std::vector<std::string>& header() const { return header_; }

  /// Calls use(row, column, number, is_whole) for each field. Throws FileError for one that is no number.
  [[gnu::cold]] void read(FunctionRef<void(Index row, Index column, float number, bool is_whole)> use) const {
    Index row = has_header_ ? -1 : 0, column = 0;
    const auto field = [&](std::string_view words) {
      if (row >= 0 && row < rows_) {
        const double number = number_of(words);
        if (!(std::abs(number) <= static_cast<double>(std::numeric_limits<float>::max())))
          return text("expected a number in column ", column + 1, ", received \"", words.substr(0, 40), "\"");
        use(row, column, static_cast<float>(number), words.find_first_not_of("-0123456789") == std::string_view::npos);
      }
      ++column;
      return std::string();
    };
    parse(
        field,
        [&] {
          ++row, column = 0;
          return std::string();
        },
        rows_);
  }

 private:
  /// NaN if the words are no number.
  static double number_of(std::string_view words) {
    double parsed;
    const auto [end, error] = std::from_chars(words.data(), words.data() + words.size(), parsed);
    return error == std::errc() && end == words.data() + words.size() ? parsed : std::nan("");
  }

  static bool is_name(std::string_view words) {
    double parsed;
    return !words.empty() && std::from_chars(words.data(), words.data() + words.size(), parsed).ptr != words.end();
  }

  static char delimiter(std::string_view bytes) {
    const std::string_view line = bytes.substr(0, bytes.find_first_of("\r\n"));
    for (const char separator : {',', ';', '\t'})
      if (line.find(separator) != std::string_view::npos) return separator;
    return ',';
  }

  /// What the callbacks of libcsv share. They return what is wrong, or nothing.
  struct Parsing {
    FunctionRef<std::string(std::string_view)> field;
    FunctionRef<std::string()> row_end;
    std::size_t rows;
    std::string problem;
  };

  /// Reads the header and, if `limit` is not 0, so many rows.
  void parse(FunctionRef<std::string(std::string_view)> field, FunctionRef<std::string()> row_end, Index limit) const {
    struct Parser {
      csv_parser state;
      Parser() { csv_init(&state, CSV_STRICT | CSV_STRICT_FINI); }
      ~Parser() { csv_free(&state); }
    } parser;
    Parsing parsing{field, row_end, 0, ""};
    const auto on_field = [](void* words, std::size_t size, void* to) {  // libcsv is C: nothing is thrown through it
      Parsing& p = *static_cast<Parsing*>(to);
      if (p.problem.empty()) p.problem = p.field({words ? static_cast<const char*>(words) : "", size});
    };
    const auto on_row = [](int, void* to) {
      Parsing& p = *static_cast<Parsing*>(to);
      if (p.problem.empty()) p.problem = p.row_end();
      if (p.problem.empty()) ++p.rows;
    };
    const auto check_problem = [&] {
      if (!parsing.problem.empty()) throw FileError(path_, text("row ", parsing.rows + 1, ": ", parsing.problem));
    };
    ByteReader file(path_);
    std::string piece(bytes_at_once, ' ');
    bool is_first = true;
    for (std::size_t received = piece.size(); received == piece.size(); is_first = false) {
      received = file.read(reinterpret_cast<unsigned char*>(piece.data()), piece.size());
      const std::string_view bytes(piece.data(), received);
      const std::size_t mark = is_first && bytes.starts_with("\xef\xbb\xbf") ? 3 : 0;  // as spreadsheets write it
      if (is_first) csv_set_delim(&parser.state, static_cast<unsigned char>(delimiter(bytes)));
      if (csv_parse(&parser.state, bytes.data() + mark, bytes.size() - mark, on_field, on_row, &parsing) !=
          bytes.size() - mark)
        throw FileError(path_, text("row ", parsing.rows + 1, ": ", csv_strerror(csv_error(&parser.state))));
      check_problem();
      if (limit > 0 && parsing.rows > static_cast<std::size_t>(limit)) return;
    }
    if (csv_fini(&parser.state, on_field, on_row, &parsing) != 0)
      throw FileError(path_, text("row ", parsing.rows + 1, ": ", csv_strerror(csv_error(&parser.state))));
    check_problem();
  }

  std::string path_;
  Index rows_ = 0, columns_ = 0;
  bool has_header_ = false;
  std::vector<std::string> header_;
};

/// Reads a table as a matrix (rows, columns); a header is left out. Throws FileError.
LATENT_COLD inline Tensor<2> read_csv(const std::string& path) {
  const CsvTable table(path);
  auto matrix = new_tensor<Tensor<2>>(Tensor<2>::Dimensions(table.rows(), table.columns()));
  table.read([&](Index row, Index column, float number, bool) { matrix(row, column) = number; });
  return matrix;
}

/// Which columns of a table of images are no pixels; -1: there is none.
struct ImageColumns {
  Index label = -1;   ///< what the image shows
  Index number = -1;  ///< the number of the row, which pandas writes unless it is told not to
};

/// The label is in the column that is called so, or class, target or digit. Otherwise it is the first, if there is one more than a
/// square image has; or the last, if the first is called like the second, but not the last (pixel0, pixel1, ..., species). A first
/// column without a name, or called id or index, holds the numbers of the rows, if there is one more than that.
LATENT_COLD inline ImageColumns image_columns(Index columns, const std::vector<std::string>& header) {
  const auto name = [&](std::size_t i) { return in_small_letters(header[i]); };
  const auto is_image = [](Index pixels) { return square_image(pixels).side > 0; };
  ImageColumns found;
  for (const char* label : {"digit", "target", "class", "labels", "label"})  // the last one found counts
    for (std::size_t i = 0; i < header.size(); ++i)
      if (name(i) == label) found.label = static_cast<Index>(i);
  const Index beside = found.label >= 0 ? 1 : 0;
  if (!header.empty() && found.label != 0 && !is_image(columns - beside) && (beside == 1 || !is_image(columns - 1)))
    for (const char* number : {"", "unnamed: 0", "id", "index", "imageid"})
      if (name(0) == number) found.number = 0;
  const Index first = found.number + 1;
  if (found.label >= 0 || is_image(columns - first)) return found;
  const auto letters = [&](Index i) {
    std::string all = name(static_cast<std::size_t>(i));
    std::erase_if(all, [](char c) { return c < 'a' || c > 'z'; });
    return all;
  };
  const bool at_end = !header.empty() && letters(first) == letters(first + 1) && letters(first) != letters(columns - 1);
  found.label = at_end ? columns - 1 : first;
  return found;
}

/// Reads square images, one a row: 784 numbers are 28 x 28 pixels, 3072 are 32 x 32 in three colours. Which columns hold something
/// else, `image_columns` says. Pixels are whole numbers 0 ... 255 and become 0 ... 1; if one number has a decimal point, all stay as
/// they are. Throws FileError.
LATENT_COLD_STATIC LabelledImages read_csv_images(const std::string& path, const ImageOptions& options = {}) {
  check_options(options);
  const CsvTable table(path, options.limit);
  const ImageColumns other = image_columns(table.columns(), table.header());
  const Index pixels = table.columns() - (other.label >= 0 ? 1 : 0) - (other.number >= 0 ? 1 : 0);
  const auto [side, channels] = square_image(pixels);
  if (side == 0)
    throw FileError(path,
                    text("has ", table.columns(), " columns, which are no square image, with or without a label"));
  LabelledImages read{new_tensor<Tensor<4>>(Tensor<4>::Dimensions(table.rows(), side, side, channels)), {}};
  bool are_whole = true;
  Index next = 0;
  table.read([&](Index row, Index column, float number, bool is_whole) {
    if (column == other.label) {
      if (number != std::floor(number) || number < 0 || number > 1e6f)
        throw FileError(path, text("row ", row + (table.header().empty() ? 1 : 2),
                                   ": expected a label 0, 1 ..., received ", number));
      read.labels.push_back(static_cast<int>(number));
    } else if (column != other.number) {
      are_whole = are_whole && is_whole;
      read.images.data()[next++] = number;
    }
  });
  if (are_whole) scale_pixels(path, read.images.data(), read.images.size());
  read.images = fit(std::move(read.images), options);
  return read;
}

/// Writes a matrix, under `header` if there is one, with the digits that give the same numbers again. Throws FileError,
/// and std::invalid_argument unless there is a name for each column.
template <class Scalar>
[[gnu::cold]] void write_csv(const std::string& path, const Eigen::Tensor<Scalar, 2, Eigen::RowMajor>& matrix,
                             const std::vector<std::string>& header = {}) {
  const Index columns = matrix.dimension(1);
  check(header.empty() || static_cast<Index>(header.size()) == columns, "write_csv: ", header.size(), " names for ",
        columns, " columns");
  std::string bytes;
  for (std::size_t i = 0; i < header.size(); ++i) {
    std::string quoted(csv_write(nullptr, 0, header[i].data(), header[i].size()), ' ');
    csv_write(quoted.data(), quoted.size(), header[i].data(), header[i].size());
    bytes += quoted + (i + 1 < header.size() ? "," : "\n");
  }
  for (Index i = 0; i < matrix.size(); ++i) {
    bytes += exact(matrix.data()[i]);
    bytes += (i + 1) % columns == 0 ? '\n' : ',';
  }
  write_atomically(path, bytes);
}

}  // namespace latent::datasets
