/// Tables of numbers as comma-separated values, and images in their rows, as Kaggle's digit-recognizer and
/// fashion-mnist_train.csv have them. Read by libcsv (link latent::files), so this header is not part of
/// latent/datasets.hpp. RFC 4180.
#pragma once

#include <csv.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
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
/// are separated by the semicolons or tabs that it has. The first row is a header if
///
///   - all its fields are in quotation marks, and not all of the second row, as `write_csv` and R write names;
///   - no field is a number, or at least half of them are names;
///   - beside names, or behind an empty field, its numbers are 0, 1, 2 ..., as pandas calls columns without names;
///   - it is 0, 1, 2 ..., three or more, and the second row does not have different whole numbers, too: so it is likely
///     (`has_likely_header`).
///
/// One NA, 0x10 or 12x among numbers makes no header.
class CsvTable {
 public:
  /// Counts the rows, at most `limit` of them if that is not 0. Throws FileError if the rows do not all have as many fields, if there
  /// is none, and for a pipe.
  [[gnu::cold]] explicit CsvTable(const std::string& path, Index limit = 0) : path_(path) {
    check(limit >= 0, "CsvTable: expected a limit of at least 0, received ", limit);
    check_can_be_read_twice(path);
    const std::string start = first_rows();
    if (start.starts_with("\xff\xfe") || start.starts_with("\xfe\xff"))
      throw FileError(path, "is text in UTF-16, as spreadsheets write \"Unicode text\": save it as CSV in UTF-8");
    delimiter_ = delimiter(start);
    Index columns = 0;
    std::vector<std::string> first, second;
    const auto field = [&](std::string_view words) {
      if (rows_ < 2) (rows_ == 0 ? first : second).emplace_back(words);
      ++columns;
      return std::string();
    };
    const auto row_end = [&] {
      if (rows_ == 0) columns_ = columns;
      if (columns != columns_) return text("has ", columns, " fields, expected ", columns_, " as in the first");
      ++rows_, columns = 0;
      return std::string();
    };
    parse(field, row_end, limit);
    const bool is_certain = is_header(first) || has_quoted_header(start);
    has_likely_header_ = !is_certain && is_likely_header(first, second);
    if (is_certain || has_likely_header_) header_ = std::move(first), --rows_;
    if (limit > 0) rows_ = std::min(rows_, limit);
    if (rows_ == 0) throw FileError(path, "has no rows of numbers");
  }

  /// How many rows, the header not counted.
  Index rows() const { return rows_; }
  /// How many columns.
  Index columns() const { return columns_; }

  /// The names of the columns; empty if the file has none.
  const std::vector<std::string>& header() const { return header_; }
  /// Whether the header is a row of numbers, 0, 1, 2 ..., which could be the first of the table.
  bool has_likely_header() const { return has_likely_header_; }

  /// The file.
  const std::string& path() const { return path_; }

  /// Calls use(row, column, number, is_whole) for each field, but not for those of the column `left_out`. Throws FileError for one
  /// that is no number, and for one that no float can hold: too large, or whole and none of the floats, which beyond 2^24 are not all
  /// the whole numbers.
  [[gnu::cold]] void read(FunctionRef<void(Index row, Index column, float number, bool is_whole)> use,
                          Index left_out = -1) const {
    Index row = header_.empty() ? 0 : -1, column = 0;
    const auto field = [&](std::string_view words) {
      if (row >= 0 && row < rows_ && column != left_out) {
        const double number = number_of(words);
        if (!(std::abs(number) < beyond_floats) || (is_whole(words) && is_rounded(words, static_cast<float>(number))))
          return text("expected a number ", is_decimal(words) ? "that a float can hold " : "", "in column ", column + 1,
                      ", received \"", words.substr(0, 40), "\"");
        use(row, column, static_cast<float>(number), is_whole(words));
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

  /// Whether a number in one of the `wanted` columns has a point or a power, in any row: those behind the limit count, too.
  [[gnu::cold]] bool has_fractions(FunctionRef<bool(Index column)> wanted) const {
    Index row = header_.empty() ? 0 : -1, column = 0;
    bool found = false;
    const auto field = [&](std::string_view words) {
      found = found || (row >= 0 && wanted(column) && !is_whole(words) && std::isfinite(number_of(words)));
      ++column;
      return std::string();
    };
    const auto row_end = [&] {
      ++row, column = 0;
      return std::string();
    };
    parse(field, row_end, 0);
    return found;
  }

 private:
  static constexpr double beyond_floats = 0x1.ffffffp127;  // what lies nearer to 2^128 than to the largest float

  /// Reads `parsed` as far as it goes, behind a plus if there is one; whether it reads all of the words.
  template <class Number>
  static std::pair<bool, std::errc> parse_number(std::string_view words, Number& parsed) {
    if (words.starts_with('+') && words.find_first_of("0123456789.") == 1) words.remove_prefix(1);
    const auto [end, error] = std::from_chars(words.data(), words.data() + words.size(), parsed);
    return {end == words.data() + words.size(), error};
  }
  /// NaN if the words are no number, or none that a double can hold.
  static double number_of(std::string_view words) {
    double parsed;
    const auto [is_all, error] = parse_number(words, parsed);
    return is_all && error == std::errc() ? parsed : std::nan("");
  }
  /// Whether the words are a number, whatever holds it.
  static bool is_decimal(std::string_view words) {
    double parsed = 0;
    const auto [is_all, error] = parse_number(words, parsed);
    return is_all && error != std::errc::invalid_argument && std::isfinite(parsed);
  }
  /// Whether a whole number is not the float that it was read as.
  static bool is_rounded(std::string_view words, float read) {
    std::int64_t number;
    const auto [is_all, error] = parse_number(words, number);
    return !is_all || error != std::errc() || !(std::abs(read) < 0x1p63f) || static_cast<std::int64_t>(read) != number;
  }

  static bool is_whole(std::string_view words) {
    return words.find_first_not_of("+-0123456789") == std::string_view::npos;
  }

  /// What a field of the first row is; "1,000", 0x10 and 2024-11-27 are something else.
  enum class Kind { empty, value, name, other };
  static Kind kind(const std::string& words) {
    if (words.empty()) return Kind::empty;
    if (std::isfinite(number_of(words))) return Kind::value;
    std::string letters = in_small_letters(words);
    const bool is_hexadecimal =
        letters.starts_with("0x") && letters.find_first_not_of("0123456789abcdef", 2) == std::string::npos;
    std::erase_if(letters, [](char c) {  // those of other alphabets stay
      return static_cast<unsigned char>(c) < 0x80 && (c < 'a' || c > 'z');
    });
    for (const char* missing : {"na", "nan", "null", "none", "inf", "infinity"})
      if (letters == missing) return Kind::value;
    if (is_decimal(words)) return Kind::value;  // that a double cannot hold
    return letters.empty() || is_hexadecimal ? Kind::other : Kind::name;
  }

  /// How many fields are 0, 1, 2 ..., or 1, 2, 3 ..., one after the other; 0 if another value is among them.
  static Index counted(const std::vector<std::string>& row, Index start) {
    Index next = start;
    for (const std::string& words : row)
      if (kind(words) == Kind::value && words != std::to_string(next++)) return 0;
    return next - start;
  }

  static bool is_header(const std::vector<std::string>& row) {
    const auto count = [&](Kind wanted) {
      return std::count_if(row.begin(), row.end(), [&](const std::string& words) { return kind(words) == wanted; });
    };
    const auto filled = static_cast<Index>(row.size()) - count(Kind::empty), names = count(Kind::name);
    if (filled == 0) return false;
    if (count(Kind::value) == 0 || 2 * names >= filled) return true;
    return names > 0 ? counted(row, 0) + counted(row, 1) > 0 : row[0].empty() && counted(row, 0) > 1;
  }

  static bool is_likely_header(const std::vector<std::string>& first, const std::vector<std::string>& second) {
    const auto size = static_cast<Index>(first.size());
    if (size < 3 || second.empty() || counted(first, 0) != size) return false;
    std::vector<double> numbers;
    for (const std::string& words : second) numbers.push_back(is_whole(words) ? number_of(words) : 0.5);
    std::sort(numbers.begin(), numbers.end());
    const bool are_whole = std::none_of(numbers.begin(), numbers.end(), [](double n) { return n != std::floor(n); });
    return !are_whole || std::adjacent_find(numbers.begin(), numbers.end()) != numbers.end();
  }

  bool has_quoted_header(std::string_view bytes) const {
    const auto row_is_quoted = [&] {  // and goes on to the next one
      bool inside = false, is_quoted = true;
      std::size_t at = 0;
      for (; at < bytes.size() && (inside || (bytes[at] != '\n' && bytes[at] != '\r')); ++at)
        if (bytes[at] == '"')
          inside = !inside;
        else
          is_quoted = is_quoted && (inside || bytes[at] == delimiter_);
      bytes.remove_prefix(std::min(bytes.find_first_not_of("\r\n", at), bytes.size()));
      return is_quoted;
    };
    bytes.remove_prefix(mark_size(bytes));
    return bytes.starts_with('"') && row_is_quoted() && !bytes.empty() && !row_is_quoted();
  }

  /// The beginning of the file: two rows, or 16 MB of them.
  std::string first_rows() const {
    ByteReader file(path_);
    std::string start, piece(bytes_at_once, ' ');
    std::ptrdiff_t line_ends = 0;
    for (std::size_t received = piece.size();
         received == piece.size() && line_ends < 4 && start.size() < 1 << 24;) {  // two where a line has two
      received = file.read(reinterpret_cast<unsigned char*>(piece.data()), piece.size());
      start.append(piece, 0, received);
      line_ends += std::count_if(piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(received),
                                 [](char c) { return c == '\n' || c == '\r'; });
    }
    return start;
  }

  /// Of the first line, outside of quotation marks.
  static char delimiter(std::string_view bytes) {
    bool inside = false, has_semicolon = false, has_tab = false;
    for (const char c : bytes) {
      if (c == '"') inside = !inside;
      if (inside) continue;
      if (c == ',') return c;
      if (c == '\r' || c == '\n') break;
      has_semicolon = has_semicolon || c == ';', has_tab = has_tab || c == '\t';
    }
    return has_semicolon ? ';' : has_tab ? '\t' : ',';
  }

  /// How long the mark is that spreadsheets write before the first row.
  static std::size_t mark_size(std::string_view bytes) { return bytes.starts_with("\xef\xbb\xbf") ? 3 : 0; }

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
    csv_set_delim(&parser.state, static_cast<unsigned char>(delimiter_));
    ByteReader file(path_);
    std::string piece(bytes_at_once, ' ');
    bool is_first = true;
    for (std::size_t received = piece.size(); received == piece.size(); is_first = false) {
      received = file.read(reinterpret_cast<unsigned char*>(piece.data()), piece.size());
      const std::string_view bytes(piece.data(), received);
      const std::size_t mark = is_first ? mark_size(bytes) : 0;
      if (csv_parse(&parser.state, bytes.data() + mark, bytes.size() - mark, on_field, on_row, &parsing) !=
          bytes.size() - mark)
        fail(parser.state, parsing.rows);
      check_problem();
      if (limit > 0 && parsing.rows > static_cast<std::size_t>(limit)) return;
    }
    if (csv_fini(&parser.state, on_field, on_row, &parsing) != 0) fail(parser.state, parsing.rows);
    check_problem();
  }
  [[noreturn]] void fail(csv_parser& state, std::size_t rows) const {
    const int error = csv_error(&state);
    throw FileError(path_, text("row ", rows + 1, ": ",
                                error == CSV_EPARSE ? "has a quotation mark within a field, or one that is not closed"
                                                    : csv_strerror(error)));
  }

  std::string path_;
  Index rows_ = 0, columns_ = 0;
  char delimiter_ = ',';
  bool has_likely_header_ = false;
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
  Index label = -1;             ///< what the image shows
  Index number = -1;            ///< the number of the row
  bool is_label_named = false;  ///< whether its name says that it is the label

  /// How many of so many columns are pixels.
  Index pixels(Index columns) const { return columns - (label >= 0 ? 1 : 0) - (number >= 0 ? 1 : 0); }
};

/// Whether a column of that name holds the numbers of the rows; pandas writes them without a name unless it is told not to.
LATENT_COLD inline bool is_row_number(std::string name) {
  name = in_small_letters(std::move(name));
  std::erase_if(name, [](char c) { return c == ' ' || c == '_' || c == '-' || c == '.' || c == ':'; });
  for (const char* known :
       {"", "unnamed0", "id", "idx", "index", "imageid", "imageindex", "rowid", "rowindex", "sampleid"})
    if (name == known) return true;
  return false;
}

/// The label is in the column that is called so, or class, target or digit. Where there is a column more than a square image has, the
/// first or the last may hold the numbers of the rows (`is_row_number`); otherwise the first is the label; or the last, if the first
/// is called like the second, but not the last (pixel0, pixel1, ..., species). Where there are two more, both is the case.
LATENT_COLD inline ImageColumns image_columns(Index columns, const std::vector<std::string>& header) {
  const auto name = [&](Index i) { return in_small_letters(header[static_cast<std::size_t>(i)]); };
  const auto is_image = [](Index pixels) { return square_image(pixels).side > 0; };
  ImageColumns found;
  for (const char* label : {"digit", "target", "class", "labels", "label"})  // the last one found counts
    for (Index i = 0; i < static_cast<Index>(header.size()); ++i)
      if (name(i) == label) found.label = i, found.is_label_named = true;
  if (!header.empty() && !is_image(columns - (found.is_label_named ? 1 : 0))) {
    if (found.label != 0 && is_row_number(name(0)))
      found.number = 0;
    else if (found.label != columns - 1 && !name(columns - 1).empty() && is_row_number(name(columns - 1)))
      found.number = columns - 1;
  }
  if (found.is_label_named || is_image(columns - (found.number >= 0 ? 1 : 0))) return found;
  const auto letters = [&](Index i) {
    std::string all = name(i);
    std::erase_if(all, [](char c) { return c < 'a' || c > 'z'; });
    return all;
  };
  const Index first = found.number == 0 ? 1 : 0, last = columns - (found.number == columns - 1 ? 2 : 1);
  const bool at_end =
      !header.empty() && first < last && letters(first) == letters(first + 1) && letters(first) != letters(last);
  found.label = at_end ? last : first;
  return found;
}

/// For a program's banner: "", or what was taken for what where the names do not say it: " (taken for labels: column 1, emotion)".
LATENT_COLD inline std::string csv_note(const CsvTable& table) {
  const ImageColumns other = image_columns(table.columns(), table.header());
  std::string words;
  const auto add = [&](const std::string& note) { words += (words.empty() ? " (taken for " : "; for ") + note; };
  const auto column = [&](Index i) {
    const std::string name = table.header().empty() ? "" : table.header()[static_cast<std::size_t>(i)];
    return text("column ", i + 1, name.empty() ? "" : ", ", name);
  };
  if (table.has_likely_header()) add(text("names of columns: the first row, 0 ... ", table.columns() - 1));
  if (other.label >= 0 && !other.is_label_named) add("labels: " + column(other.label));
  if (other.number >= 0) add("numbers of rows, and not read: " + column(other.number));
  return words.empty() ? "" : words + ")";
}

/// Reads the images of a table: as below, with `options` whose limit the table was made with.
LATENT_COLD_STATIC LabelledImages read_csv_images(const CsvTable& table, const ImageOptions& options) {
  const std::string& path = table.path();
  const ImageColumns other = image_columns(table.columns(), table.header());
  const auto [side, channels] = square_image(other.pixels(table.columns()));
  if (side == 0)
    throw FileError(path,
                    text("has ", table.columns(), " columns, which are no square image, with or without a label"));
  LabelledImages read{new_tensor<Tensor<4>>(Tensor<4>::Dimensions(table.rows(), side, side, channels)), {}};
  bool are_whole = true;
  Index next = 0;
  table.read(
      [&](Index row, Index column, float number, bool is_whole) {
        if (column == other.label) {
          if (number != std::floor(number) || number < 0 || number > 1e6f)
            throw FileError(path, text("row ", row + (table.header().empty() ? 1 : 2),
                                       ": expected a label 0, 1 ..., received ", number));
          read.labels.push_back(static_cast<int>(number));
        } else {
          are_whole = are_whole && is_whole;
          read.images.data()[next++] = number;
        }
      },
      other.number);
  // The same image is the same with every limit.
  if (are_whole && options.limit > 0 && table.rows() == options.limit)
    are_whole = !table.has_fractions([&](Index column) { return column != other.label && column != other.number; });
  if (channels == 3 && options.planes.value_or(false)) planes_to_pixels(read.images);
  if (are_whole) scale_pixels(path, read.images.data(), read.images.size());
  read.images = fit(std::move(read.images), options);
  return read;
}

/// Reads square images, one a row: 784 numbers are 28 x 28 pixels, 3072 are 32 x 32 in three colours. Which columns hold something
/// else, `image_columns` says. Pixels are whole numbers 0 ... 255 and become 0 ... 1; if one number in the file has a decimal point,
/// all stay as they are. Throws FileError.
LATENT_COLD_STATIC LabelledImages read_csv_images(const std::string& path, const ImageOptions& options = {}) {
  check_options(options);
  return read_csv_images(CsvTable(path, options.limit), options);
}

/// Writes a matrix, under `header` if there is one, with the digits that give the same numbers again; what is not finite as nan or
/// inf, which `read_csv` refuses. Throws FileError, and std::invalid_argument unless there is a name for each column.
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
  // Without a header, a first row 0,1,2 would be taken for one: it begins with 0.0.
  const auto is_its_place = [i = 0](Scalar number) mutable { return exact(number) == std::to_string(i++); };
  if (header.empty() && columns > 2 && matrix.size() > columns &&
      std::all_of(matrix.data(), matrix.data() + columns, is_its_place))
    bytes += "0.";
  for (Index i = 0; i < matrix.size(); ++i) {
    bytes += exact(matrix.data()[i]);
    bytes += (i + 1) % columns == 0 ? '\n' : ',';
  }
  write_atomically(path, bytes);
}

}  // namespace latent::datasets
