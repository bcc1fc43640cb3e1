/// Text in pictures. The letters are drawn with a pen, so they are sharp at any size.
#pragma once

#include <array>
#include <cmath>
#include <numbers>
#include <string>
#include <string_view>
#include <vector>

#include "latent/pictures/image.hpp"
#include "latent/pictures/more_glyphs.hpp"

namespace latent::pictures {

/// How the printable ASCII characters, from the blank to the tilde, are written. A letter is a path on a grid whose
/// coordinates are the digits 0 ... 9, A = 10 ... G = 16: first x, then y. Capitals stand between y = 0 and the
/// baseline, y = C; small letters begin at y = 4, tails reach down to F.
///
///     m xy     lift the pen and move it      l xy     a straight line
///     h xy     a quarter of an ellipse that leaves horizontally and arrives vertically
///     v xy     a quarter of an ellipse that leaves vertically and arrives horizontally
///     q xy xy  a parabola: the point it bends towards, then its end (a quadratic Bezier curve)
// clang-format off
inline constexpr std::array<const char*, 95> glyphs{
    "",                                                  // blank
    "m00l08m0Bl0C",                                      // !
    "m00l03m30l33",                                      // "
    "m30l1Cm70l5Cm04l84m08l88",                          // #
    "m63v31h04v36h68v3Bh09m30l3D",                       // $
    "m20h02v24h42v20m80l1Cm78h5Av7Ch9Av78",              // %
    "m8Cl24q1040h62q6436q0709v3Cq7C87",                  // &
    "m00l03",                                            // '
    "m30q0307q0B3E",                                     // (
    "m00q3337q3B0E",                                     // )
    "m30l36m01l65m61l05",                                // *
    "m35l3Bm08l68",                                      // +
    "m1Bl1Cl0E",                                         // ,
    "m08l48",                                            // -
    "m0Bl0Cl1Cl1Bl0B",                                   // .
    "m50l0C",                                            // /
    "m30h04l08v3Ch68l64v30",                             // 0
    "m13l40l4C",                                         // 1
    "m03v30h63q6639l0Cl6C",                              // 2
    "m02v30h63v36l26m36h69v3Ch0A",                       // 3
    "m50l08l78m50l5C",                                   // 4
    "m60l10l06q1434h68v3Ch0A",                           // 5
    "m08v34h68v3Ch08l04v30h62",                          // 6
    "m00l60l2C",                                         // 7
    "m30h03v36h63v30m36h09v3Ch69v36",                    // 8
    "m64v38h04v30h64l68v3Ch0A",                          // 9
    "m05l15l16l06l05m0Bl0Cl1Cl1Bl0B",                    // :
    "m05l15l16l06l05m1Bl1Cl0E",                          // ;
    "m64l08l6C",                                         // <
    "m06l66m0Al6A",                                      // =
    "m04l68l0C",                                         // >
    "m03v30h63q6546q3739m3Bl3C",                         // ?
    "m54h37v5Ah77v54m74l78v9AhB7lB5v60h06l07v6Dl9D",     // @
    "m0Cl40l8Cm19l79",                                   // A
    "m00l0Cl4Ch79v46l06m00l40h63v46",                    // B
    "m83v40h04l08v4Ch89",                                // C
    "m00l0Cl3Ch88l84v30l00",                             // D
    "m60l00l0Cl6Cm06l56",                                // E
    "m60l00l0Cm06l56",                                   // F
    "m83v40h04l08v4Ch88l87l57",                          // G
    "m00l0Cm70l7Cm06l76",                                // H
    "m00l0C",                                            // I
    "m50l59v2Ch0A",                                      // J
    "m00l0Cm70l07m34l7C",                                // K
    "m00l0Cl6C",                                         // L
    "m0Cl00l49l80l8C",                                   // M
    "m0Cl00l7Cl70",                                      // N
    "m40h04l08v4Ch88l84v40",                             // O
    "m0Cl00l40h73v46l06",                                // P
    "m40h04l08v4Ch88l84v40m59l8D",                       // Q
    "m0Cl00l40h73v46l06m46l7C",                          // R
    "m72v40h03v36l46h79v3Ch0A",                          // S
    "m00l80m40l4C",                                      // T
    "m00l08v4Ch88l80",                                   // U
    "m00l4Cl80",                                         // V
    "m00l3Cl60l9ClC0",                                   // W
    "m00l7Cm70l0C",                                      // X
    "m00l46l80m46l4C",                                   // Y
    "m00l70l0Cl7C",                                      // Z
    "m30l00l0El3E",                                      // [
    "m00l5C",                                            // backslash
    "m00l30l3El0E",                                      // ]
    "m04l30l64",                                         // ^
    "m0El7E",                                            // _
    "m00l23",                                            // `
    "m06v34h67l6Cm68l38h0Av3Ch6A",                       // a
    "m00l0Cm08v34h68v3Ch08",                             // b
    "m66v34h08v3Ch6A",                                   // c
    "m60l6Cm68v34h08v3Ch68",                             // d
    "m08l68v34h08v3Ch6A",                                // e
    "m50h23l2Cm04l54",                                   // f
    "m64l6Cv3Fh0Em68v34h08v3Ch68",                       // g
    "m00l0Cm07v34h67l6C",                                // h
    "m04l0Cm00l01",                                      // i
    "m24l2Dv0Fm20l21",                                   // j
    "m00l0Cm64l0Am37l6C",                                // k
    "m00l0Av2C",                                         // l
    "m04l0Cm07v34h56l5Cm57v84hA6lAC",                    // m
    "m04l0Cm07v34h67l6C",                                // n
    "m34h08v3Ch68v34",                                   // o
    "m04l0Fm08v34h68v3Ch08",                             // p
    "m64l6Fm68v34h08v3Ch68",                             // q
    "m04l0Cm07v34l44",                                   // r
    "m55q5434l24h06v28l38h5Av3Cl2Cq0C0B",                // s
    "m21l2Av4Cl5Cm04l54",                                // t
    "m04l09v3Ch69m64l6C",                                // u
    "m04l3Cl64",                                         // v
    "m04l3Cl54l7ClA4",                                   // w
    "m04l6Cm64l0C",                                      // x
    "m04l3Cm64l3Cq2F0F",                                 // y
    "m04l64l0Cl6C",                                      // z
    "m40h22l25v07h29l2Cv4E",                             // {
    "m00l0E",                                            // |
    "m00h22l25v47h29l2Cv0E",                             // }
    "m09q2648q6A87",                                     // ~
};
// clang-format on
/// Stands for every character that is not known.
inline constexpr const char* unknown_glyph = "m00l60l6Cl0Cl00";

/// On which side of its place a text stands.
enum class Align { left, center, right };

/// How a text looks.
struct TextStyle {
  int size = 15;              ///< height of a capital letter in pixels; multiples of 3 are the sharpest
  bool bold = false;          ///< whether strokes are twice as wide
  Color color = black;        ///< the colour
  Align align = Align::left;  ///< on which side of its place it stands
  bool upward = false;        ///< written from the bottom to the top, as the label of a vertical axis
};

/// The path of one glyph in pixels, baseline at y = 0. Corners are moved to whole pixels, which keeps stems sharp.
LATENT_COLD inline std::vector<Polyline> glyph_lines(const char* glyph, int size) {
  const auto snapped = [size](char x, char y) {
    const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'A' + 10; };
    return Point{std::round(digit(x) * size / 12.0), std::round((digit(y) - 12) * size / 12.0)};
  };
  std::vector<Polyline> lines;
  while (*glyph != '\0') {
    const char command = *glyph;
    const Point to = snapped(glyph[1], glyph[2]);
    glyph += 3;
    if (command == 'm') lines.push_back({});
    Polyline& line = lines.back();
    if (command == 'm' || command == 'l') {
      line.push_back(to);
      continue;
    }
    const Point from = line.back();
    const Point end = command == 'q' ? snapped(glyph[0], glyph[1]) : to;
    if (command == 'q') glyph += 2;
    constexpr int steps = 10;
    for (int step = 1; step <= steps; ++step) {
      const double t = static_cast<double>(step) / steps, s = std::sin(t * std::numbers::pi / 2),
                   c = std::cos(t * std::numbers::pi / 2);
      if (command == 'h') {
        line.push_back({from.x + (to.x - from.x) * s, to.y + (from.y - to.y) * c});
      } else if (command == 'v') {
        line.push_back({to.x + (from.x - to.x) * c, from.y + (to.y - from.y) * s});
      } else {
        const double u = 1 - t;
        line.push_back(
            {u * u * from.x + 2 * u * t * to.x + t * t * end.x, u * u * from.y + 2 * u * t * to.y + t * t * end.y});
      }
    }
  }
  return lines;
}

/// The lines of a text whose first letter begins at x = 0 on the baseline y = 0, and the text's width. The text is UTF-8: printable
/// ASCII characters, letters with accents, Greek letters and common signs (more_glyphs.hpp). Others are drawn as one empty box each.
struct TextLines {
  std::vector<Polyline> lines;  ///< the strokes
  int width = 0;                ///< from the middle of the first stem to the middle of the last one

  [[gnu::cold]] TextLines(std::string_view text, int size) {
    check(size >= 6 && size <= 1000, "text: expected a size of 6 to 1000 pixels, received ", size);
    int pen = 0;
    for (const auto& [code, accents] : detail::drawn_characters(text)) {
      double right = code == ' ' ? 1.5 * size / 12 : 0;
      if (code >= '0' && code <= '9') right = std::round(size / 2.0);  // digits are equally wide
      std::vector<Polyline> strokes = glyph_lines(glyph_of(code), size);
      for (const Polyline& line : strokes)
        for (const Point& p : line) right = std::max(right, p.x);
      for (const detail::Accent* accent : accents) add_accent(strokes, code, *accent, right, size);
      for (Polyline& line : strokes) {
        for (Point& p : line) p.x += pen;
        lines.push_back(std::move(line));
      }
      width = pen + static_cast<int>(right);
      pen = width + static_cast<int>(std::lround(3.5 * size / 12));
    }
  }

 private:
  static const char* glyph_of(char32_t code) {
    if (code >= 32 && code < 127) return glyphs[code - 32];
    const char* const more = detail::glyph_beyond_ascii(code);
    return more ? more : unknown_glyph;
  }
  /// Adds the accent in the middle of a letter, whose width becomes that of the wider of the two. A capital makes room for one
  /// above it; an i loses its dot.
  [[gnu::cold]] static void add_accent(std::vector<Polyline>& strokes, char32_t letter, const detail::Accent& accent,
                                       double& letter_width, int size) {
    std::vector<Polyline> own = glyph_lines(accent.path, size);
    double width = 0;
    for (const Polyline& line : own)
      for (const Point& p : line) width = std::max(width, p.x);
    const double ahead = std::round((letter_width - width) / 2);  // of the accent
    const bool above = accent.combining < detail::first_below, capital = letter >= 'A' && letter <= 'Z';
    if (above && (letter == 'i' || letter == 'j')) strokes.pop_back();
    for (Polyline& line : strokes)
      for (Point& p : line) {
        p.x += std::max(0.0, -ahead);
        if (above && capital) p.y = std::round(p.y * 0.75);
      }
    for (Polyline& line : own) {
      for (Point& p : line) p.x += std::max(0.0, ahead);
      strokes.push_back(std::move(line));
    }
    letter_width = std::max(letter_width, width);
  }
};

/// The width of a text in pixels.
LATENT_COLD inline int text_width(std::string_view text, int size) { return TextLines(text, size).width + size / 6; }

LATENT_COLD inline int widest_text(const std::vector<std::string>& texts, int size) {
  int width = 0;
  for (const std::string& each : texts) width = std::max(width, text_width(each, size));
  return width;
}

/// The text, or as much of its beginning as fits into `width` pixels, followed by "...".
LATENT_COLD inline std::string shortened(const std::string& text, int size, int width) {
  if (text_width(text, size) <= width) return text;
  std::size_t keep = 0, next = 0;  // grow while it fits, so that an endless text costs no more than what is shown of it
  do {
    keep = next;
    for (++next; next < text.size() && (static_cast<unsigned char>(text[next]) & 0xC0) == 0x80;)
      ++next;  // a UTF-8 character
  } while (text_width(text.substr(0, next) + "...", size) <= width);
  return text.substr(0, keep) + "...";
}

/// Writes a text whose baseline begins at, is centred on, or ends at `at`. Throws `std::invalid_argument` if the size
/// is not 6 to 1000 pixels.
LATENT_COLD inline void draw_text(Image& image, Point at, std::string_view text, const TextStyle& style = {}) {
  TextLines drawn(text, style.size);
  const double before = style.align == Align::left ? 0 : style.align == Align::center ? drawn.width / 2 : drawn.width;
  for (Polyline& line : drawn.lines) {
    for (Point& p : line) {
      const double along = p.x - before, down = p.y;
      p = style.upward ? Point{std::floor(at.x) + 0.5 + down, std::floor(at.y) + 0.5 - along}
                       : Point{std::floor(at.x) + 0.5 + along, std::floor(at.y) + 0.5 + down};
    }
  }
  draw_lines(image, drawn.lines,
             {.width = std::max(1.15, style.size / (style.bold ? 5.8 : 8.5)), .color = style.color});
}

}  // namespace latent::pictures
