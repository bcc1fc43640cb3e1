/// Pieces of HTML.
#pragma once

#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include "latent/core/text.hpp"

namespace latent::report {

/// Text, escaped for an element or for the value of an attribute.
LATENT_COLD inline std::string escaped(std::string_view words) {
  std::string out;
  for (const char c : words) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else if (c == '\'')
      out += "&#39;";
    else if (c == '\n' || c == '\t' || static_cast<unsigned char>(c) >= ' ')
      out += c;
  }
  return out;
}

/// Of ASCII.
inline bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
/// The two digits of a byte: "2F" for a slash.
LATENT_COLD inline std::string in_hexadecimal(char c) {
  constexpr char digits[] = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  return {digits[byte / 16], digits[byte % 16]};
}

/// Text as the id of an element: "denoised.png" is "denoised-png". Other characters become numbers: "a-b" is "a--2Db".
LATENT_COLD inline std::string id_of(std::string_view words) {
  std::string out;
  for (const char c : words) {
    if (is_letter_or_digit(c) || c == '_')
      out += c;
    else
      out += c == '.' ? "-" : "--" + in_hexadecimal(c);
  }
  return out;
}
/// A file's name as a link to it: "net #1.html" is "net%20%231.html". RFC 3986, section 2.1.
LATENT_COLD inline std::string link_to_file(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (is_letter_or_digit(c) || std::string_view("-._~/").find(c) != std::string_view::npos)
      out += c;
    else
      out += "%" + in_hexadecimal(c);
  }
  return out;
}

/// Bytes as text. RFC 4648, section 4.
LATENT_COLD inline std::string base64(std::string_view bytes) {
  constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    unsigned three = 0;
    for (std::size_t k = 0; k < 3; ++k)
      three = three << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    for (std::size_t k = 0; k < 4; ++k) out += i + k <= bytes.size() ? digits[three >> (18 - 6 * k) & 63] : '=';
  }
  return out;
}

/// A number for people: five significant digits, with commas in whole numbers.
LATENT_COLD inline std::string readable(double value) {
  return value == std::floor(value) && std::abs(value) < 1e15 && std::abs(value) >= 1000
             ? with_commas(static_cast<long>(value))
             : with_digits(value, 5);
}

/// A cell of a table: text, or a number, which is sorted by its exact value.
struct Cell {
  std::string words;       ///< what the cell shows
  std::string value = {};  ///< the number; empty for words

  /// Text.
  Cell(std::string what) : words(std::move(what)) {}  // NOLINT: the conversions are the point
  /// Text.
  Cell(const char* what) : words(what) {}  // NOLINT
  /// A number, rounded for reading; sorted by its exact value.
  Cell(double number) : words(readable(number)), value(exact(number)) {}  // NOLINT
  /// A whole number, with commas.
  Cell(long number) : words(with_commas(number)), value(std::to_string(number)) {}  // NOLINT
  /// A whole number, with commas.
  Cell(int number) : Cell(long{number}) {}  // NOLINT
};

/// A table that a click on a heading sorts. A column is numeric if its first cell is a number.
LATENT_COLD inline std::string table_html(const std::string& caption, const std::vector<std::string>& heads,
                                          const std::vector<std::vector<Cell>>& rows,
                                          const std::string& attributes = "class=\"sortable\"") {
  std::string out = text("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"", escaped(caption),
                         "\"><table ", attributes, "><caption>", escaped(caption), "</caption><thead><tr>");
  for (std::size_t i = 0; i < heads.size(); ++i) {
    const bool numbers = !rows.empty() && i < rows[0].size() && !rows[0][i].value.empty();
    out += text("<th scope=\"col\"", numbers ? " class=\"n\">" : ">", escaped(heads[i]), "</th>");
  }
  out += "</tr></thead><tbody>";
  for (const auto& row : rows) {
    out += "<tr>";
    for (const Cell& cell : row)
      out += cell.value.empty() ? text("<td>", escaped(cell.words), "</td>")
                                : text("<td class=\"n\" data-v=\"", cell.value, "\">", escaped(cell.words), "</td>");
    out += "</tr>\n";
  }
  return out + "</tbody></table></div>\n";
}

/// Names and their values, one below the other.
LATENT_COLD inline std::string facts_html(const std::vector<std::pair<std::string, std::string>>& facts) {
  std::string out = "<table class=\"facts\"><tbody>";
  for (const auto& [name, value] : facts)
    out += text("<tr><th scope=\"row\">", escaped(name), "</th><td>", escaped(value), "</td></tr>\n");
  return out + "</tbody></table>\n";
}

/// The start of every page of the project. The page cannot load anything from elsewhere, whatever it contains. A page that
/// `computes` may run WebAssembly, also in workers that it makes from its own text.
LATENT_COLD inline std::string head_html(const std::string& title, const std::string& styles, bool computes = false) {
  return text(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src "
      "'unsafe-inline'; "
      "script-src 'unsafe-inline'",
      computes ? " 'wasm-unsafe-eval'; worker-src blob:" : "",
      "; base-uri 'none'; form-action 'none'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"generator\" "
      "content=\"latent\">\n"
      "<link rel=\"icon\" href=\"data:,\">\n<title>",
      escaped(title), "</title>\n<style>", styles, "</style>\n</head>\n");
}

}  // namespace latent::report
