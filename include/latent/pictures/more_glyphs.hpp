/// Letters with accents, Greek letters and signs, beyond the ASCII characters of font.hpp and drawn like them.
#pragma once

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>
#include <vector>

#include "latent/core/compiler.hpp"

namespace latent::pictures::detail {

/// An accent, and the letters that are written with it. It lies on the grid of the glyphs, above small letters or below.
struct Accent {
  char32_t combining;  ///< as a character of its own, behind the letter
  const char* path;
  std::u32string_view letters;  ///< with the accent
  std::string_view bases;       ///< each without
};
// clang-format off
inline constexpr Accent accents[]{
    {0x300, "m00l32",               U"ÀÈÌÒÙàèìòùǹ",                "AEIOUaeioun"},               // grave
    {0x301, "m30l02",               U"ÁÉÍÓÚÝĆŃŚŹĹŔáéíóúýćńśźŕ",    "AEIOUYCNSZLRaeiouycnszr"},   // acute
    {0x302, "m02l20l42",            U"ÂÊÎÔÛĈĜŜŴŶâêîôûĉĝŝŵŷ",       "AEIOUCGSWYaeioucgswy"},      // circumflex
    {0x303, "m02q1021q3250",        U"ÃÑÕĨŨãñõĩũ",                 "ANOIUanoiu"},                // tilde
    {0x304, "m01l41",               U"ĀĒĪŌŪāēīōū",                 "AEIOUaeiou"},                // macron
    {0x306, "m00v22h40",            U"ĂĞŬĬĔŎăğŭĭĕŏ",               "AGUIEOaguieo"},              // breve
    {0x307, "m00l01",               U"ĊĖĠİŻċėġż",                  "CEGIZcegz"},                 // dot
    {0x308, "m00l01m40l41",         U"ÄËÏÖÜŸäëïöüÿ",               "AEIOUYaeiouy"},              // diaeresis
    {0x30A, "m10h01v12h21v10",      U"ÅŮåů",                       "AUau"},                      // ring
    {0x30B, "m20l02m50l32",         U"ŐŰőű",                       "OUou"},                      // double acute
    {0x30C, "m00l22l40",            U"ČĎĚŇŘŠŤŽčěňřšž",             "CDENRSTZcenrsz"},            // caron
    {0x326, "m1Dl0F",               U"ȘȚșț",                       "STst"},                      // comma below
    {0x327, "m1Cq4D1Fl0F",          U"ÇŞŢçşţ",                     "CSTcst"},                    // cedilla
    {0x328, "m2Cq0D1Fl3F",          U"ĄĘĮŲąęįų",                   "AEIUaeiu"},                  // ogonek
};
inline constexpr char32_t first_below = 0x323;  // the accents from here on stand below the letter

inline constexpr std::pair<char32_t, const char*> more_glyphs[]{
    {U'¡', "m04l05m07l0F"},  {U'£', "m62v40h23l2Cm0Cl7Cm07l57"},   {U'«', "m35l08l3Bm75l48l7B"},  {U'°', "m20h02v24h42v20"},
    {U'±', "m33l39m06l66m0Cl6C"},  {U'²', "m01v20h42l06l46"},      {U'³', "m00l40l22h44v26h05"},  {U'¹', "m11l20l26"},
    {U'µ', "m04l0Fm09v3Ch69m64l6C"},  {U'·', "m07l17l18l08l07"},   {U'»', "m05l38l0Bm45l78l4B"},
    {U'¿', "m69v3Ch09q0726q3533m31l30"},  {U'×', "m05l6Bm65l0B"},  {U'÷', "m08l68m34l35m3Bl3C"},
    {U'Æ', "m0Cl60lC0m60l6ClCCm66lB6m38l68"},  {U'æ', "m06v34h67l6Cm68l38h0Av3Ch6Am68lC8v94h68v9CqBCCA"},
    {U'Ø', "m40h04l08v4Ch88l84v40m80l0C"},  {U'ø', "m34h08v3Ch68v34m64l0C"},
    {U'Ð', "m20l2Cl5ChA8lA4v50l20m06l66"},  {U'ð', "m34h08v3Ch68v34m68v20m13l51"},
    {U'Đ', "m20l2Cl5ChA8lA4v50l20m06l66"},  {U'đ', "m60l6Cm68v34h08v3Ch68m32l82"},
    {U'Þ', "m00l0Cm03l43h76v49l09"},  {U'þ', "m00l0Fm08v34h68v3Ch08"},  {U'ß', "m0Cl03v30h53v36m36h69v3Cl2C"},
    {U'ı', "m04l0C"},  {U'Ł', "m20l2Cl8Cm08l64"},  {U'ł', "m20l2Av4Cm06l44"},
    {U'ď', "m60l6Cm68v34h08v3Ch68m90l93"},  {U'ľ', "m00l0Av2Cm30l33"},  {U'ť', "m21l2Av4Cl5Cm04l54m60l63"},
    {U'Œ', "m80l40h04l08v4Cl8Cm80l8Cm80lE0m8ClECm86lD6"},  {U'œ', "m34h08v3Ch68v34m68lC8v94h68v9CqBCCA"},
    {U'Γ', "m0Cl00l60"},  {U'Δ', "m40l0Cl8Cl40"},  {U'Θ', "m40h04l08v4Ch88l84v40m26l66"},  {U'Λ', "m0Cl40l8C"},
    {U'Π', "m0Cl00l80l8C"},  {U'Σ', "m70l00l46l0Cl7C"},  {U'Φ', "m42h06v4Ah86v42m40l4C"},  {U'Ψ', "m00l04v48h84l80m40l4C"},
    {U'Ω', "m0Cl3Ch04v40h84v5Cl8C"},
    {U'α', "m84q6C3Ch08v34q648C"},  {U'β', "m0Fl03v30h63v36l26m36h69v3Ch0A"},  {U'γ', "m04l3Bl3Fm64l3B"},
    {U'δ', "m60q2012q1454m34h08v3Ch68v34"},  {U'ε', "m64l34h06v38l58m38h0Av3Cl6C"},  {U'η', "m04l0Cm07v34h67l6F"},
    {U'θ', "m30h06v3Ch66v30m06l66"},  {U'κ', "m04l0Cm64l08m28l6C"},  {U'λ', "m00l10l6Cm36l0C"},
    {U'μ', "m04l0Fm09v3Ch69m64l6C"},  {U'ν', "m04l3Cl64"},  {U'π', "m04l84m24l2Cm64l6C"},  {U'ρ', "m0Fl08v34h68v3Ch08"},
    {U'σ', "m84l34h08v3Ch68v44"},  {U'τ', "m04l64m34l3Av5C"},  {U'φ', "m34h08v3Ch68v34m31l3F"},  {U'χ', "m04l6Fm64l0F"},
    {U'ψ', "m04l08v4Ch88l84m42l4F"},  {U'ω', "m04l09v3Ch69l66m69v9ChC9lC4"},
    {U'–', "m08l68"},  {U'—', "m08lA8"},  {U'−', "m08l68"},  {U'‘', "m00l13"},  {U'’', "m10l03"},  {U'‚', "m1Bl0E"},
    {U'“', "m00l13m40l53"},  {U'”', "m10l03m50l43"},  {U'„', "m1Bl0Em5Bl4E"},
    {U'…', "m0Bl0Cl1Cl1Bl0Bm4Bl4Cl5Cl5Bl4Bm8Bl8Cl9Cl9Bl8B"},  {U'€', "m92q8060h24l28v6Cq8C9Am05l65m08l68"},
    {U'←', "m08lA8m35l08l3B"},  {U'→', "m08lA8m75lA8l7B"},  {U'∑', "m70l00l46l0Cl7C"},  {U'√', "m07l27l4Cl80lC0"},
    {U'∞', "m25h08v2Bq4B68q85A5hC8vABq8B68q4525"},  {U'≈', "m06q2436q4866m0Aq283Aq4C6A"},  {U'≠', "m06l66m0Al6Am53l1D"},
    {U'≤', "m62l06l6Am0Cl6C"},  {U'≥', "m02l66l0Am0Cl6C"},
};
// clang-format on

/// The characters of a UTF-8 text; 0xFFFD for bytes that are none.
LATENT_COLD inline std::vector<char32_t> characters(std::string_view text) {
  std::vector<char32_t> all;
  for (std::size_t i = 0; i < text.size();) {
    const auto first = static_cast<unsigned char>(text[i++]);
    std::size_t more = first < 0x80 ? 0 : first >= 0xC2 && first < 0xE0 ? 1 : first >= 0xE0 && first < 0xF0 ? 2 : 3;
    if ((first >= 0x80 && first < 0xC2) || first >= 0xF5) {  // no first byte
      all.push_back(0xFFFD);
      continue;
    }
    char32_t code = more == 0 ? first : first & (0x3Fu >> more);
    for (; more > 0 && i < text.size() && (static_cast<unsigned char>(text[i]) & 0xC0) == 0x80; --more, ++i)
      code = code << 6 | (static_cast<unsigned char>(text[i]) & 0x3Fu);
    all.push_back(more == 0 ? code : 0xFFFD);
  }
  return all;
}

/// What is drawn for a character: a glyph, and accents above or below it.
struct Drawn {
  char32_t base;
  std::vector<const Accent*> accents;
};
/// A text taken apart: letters with their accents, whether these are part of the character or follow it.
LATENT_COLD inline std::vector<Drawn> drawn_characters(std::string_view text) {
  std::vector<Drawn> all;
  for (const char32_t code : characters(text)) {
    const auto* const own = std::find_if(std::begin(accents), std::end(accents),
                                         [&](const Accent& accent) { return accent.combining == code; });
    if (own != std::end(accents) && !all.empty()) {
      all.back().accents.push_back(own);
      continue;
    }
    all.push_back({code, {}});
    for (const Accent& accent : accents)
      if (const std::size_t place = accent.letters.find(code); place != accent.letters.npos)
        all.back() = {static_cast<char32_t>(accent.bases[place]), {&accent}};
  }
  return all;
}

/// The glyph of a character beyond ASCII, or null.
LATENT_COLD inline const char* glyph_beyond_ascii(char32_t code) {
  for (const auto& [character, path] : more_glyphs)
    if (character == code) return path;
  return nullptr;
}

}  // namespace latent::pictures::detail
