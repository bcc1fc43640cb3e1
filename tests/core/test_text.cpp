#include <doctest/doctest.h>

#include <cmath>
#include <cstdlib>
#include <map>
#include <string>

#include "latent/core/float_to_chars.hpp"
#include "latent/core/text.hpp"

using namespace latent;

TEST_CASE("text: words, characters and numbers, one after the other") {
  CHECK(text() == "");
  CHECK(text("expected ", 3, " samples, received ", std::string("none")) == "expected 3 samples, received none");
  CHECK(text(0.5, ' ', 1e-7f, ' ', true, ' ', -1L) == "0.5 1e-07 1 -1");
  const char* const words = "words";
  CHECK(text(words, words) == "wordswords");
}

TEST_CASE("numbers with so many digits") {
  CHECK(with_decimals(0.125, 2) == "0.12");
  CHECK(with_decimals(-1e300, 0).size() == 302);
  CHECK(with_decimals(NAN, 1) == "nan");
  CHECK(with_decimals(-NAN, 1) == "nan");
  CHECK(with_decimals(-INFINITY, 1) == "-inf");
  CHECK(with_digits(123456.789, 6) == "123457");
  CHECK(with_digits(123456.789, 3) == "1.23e+05");
  CHECK(with_power(0.00012, 4) == "1.2000e-04");
}

TEST_CASE("the shortest text that is read as the same number") {
  CHECK(exact(0.1) == "0.1");
  CHECK(exact(0.1f) == "0.1");
  CHECK(exact(1.0 / 3) == "0.3333333333333333");
  CHECK(exact(123456.789012) == "123456.789012");
  for (const double number : {0.1 + 0.2, 1e-310, -1.7976931348623157e308, 5e-324, 1e22, 123456789.125})
    CHECK(std::strtod(exact(number).c_str(), nullptr) == number);
}

#if LATENT_HAS_FLOAT_TO_CHARS
TEST_CASE("numbers without std::to_chars are written as with it") {
  char expected[400], received[400];
  const auto compare = [&](auto number, auto... form) {
    const auto end = std::to_chars(expected, expected + sizeof expected, number, form...).ptr;
    const auto received_end = detail::float_to_chars(received, sizeof received, number, form...);
    CHECK(std::string(received, received_end) == std::string(expected, end));
  };
  using Form = std::chars_format;
  for (const double number : {0.0, -0.0, 0.1, -1.0 / 3, 0.1 + 0.2, 1.0, 100.0, 1e5, 123456.789, 1e-4, 0.00012, 1e-5,
                              1e22, 5e-324, 1e-310, -1.7976931348623157e308, double(INFINITY)}) {
    compare(number);
    if (std::abs(number) < 1e30) compare(static_cast<float>(number));
    for (const int digits : {0, 1, 6, 12})
      compare(number, Form::fixed, digits), compare(number, Form::general, digits),
          compare(number, Form::scientific, digits);
  }
}
#endif

TEST_CASE("the names in a map") {
  using Map = std::map<std::string, int>;
  CHECK(names_in(Map{}) == "nothing");
  CHECK(names_in(Map{{"loss", 1}}) == "loss");
  CHECK(names_in(Map{{"loss", 1}, {"val_loss", 2}, {"w", 3}}) == "loss, val_loss, w");
}

TEST_CASE("small letters") {
  CHECK(in_small_letters("ABYZ abyz 019@[`{\xc4") == "abyz abyz 019@[`{\xc4");
  CHECK(in_small_letters("") == "");
}

TEST_CASE("words at the right") {
  CHECK(at_right("7.4", 5) == "  7.4");
  CHECK(at_right("longer", 5) == "longer");
  CHECK(at_right("five5", 5) == "five5");
  CHECK(at_right("", 1) == " ");
}

TEST_CASE("numbers with commas") {
  CHECK(with_commas(0) == "0");
  CHECK(with_commas(999) == "999");
  CHECK(with_commas(1000) == "1,000");
  CHECK(with_commas(1234567) == "1,234,567");
  CHECK(with_commas(-999) == "-999");
  CHECK(with_commas(-125000) == "-125,000");
  // No more decimals than a text has room for.
  CHECK(with_decimals(1e308, 500).size() == 309 + 1 + 80);
  CHECK(with_decimals(0.5, -1) == with_decimals(0.5, 0));
}

TEST_CASE("what is UTF-8") {
  for (const std::string_view words : {"", "plain", "gr\u00f6\u00dfe", "\u0905\u0915\u094d\u0937\u0930", "\U0001F600",
                                       "\xF4\x8F\xBF\xBF", "\xED\x9F\xBF", "\xEE\x80\x80"})
    CHECK(is_utf8(words));
  CHECK((is_utf8(std::string_view("a\0b", 3)) && is_utf8(std::string_view("a\xFF", 1))));
  // The first and the last code of each length.
  for (const std::string_view words :
       {"\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xC2\x80z\xDF\xBF"})
    CHECK(is_utf8(words));
  for (const std::string_view words :
       {"\xBF", "\xC2\xC0", "\xC2z", "\xE0\xA0", "\xF0\x90\x80", "\xF7\xBF\xBF\xBF", "\xF8\x90\x80\x80"})
    CHECK_FALSE(is_utf8(words));
  // A byte that only continues, one that is missing, Latin-1, too long for what it says, a surrogate, beyond the last one.
  for (const std::string_view words : {"\x80", "a\xC3",
                                       "gr\xF6\xDF"
                                       "e",
                                       "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xF0\x8F\xBF\xBF", "\xED\xA0\x80",
                                       "\xED\xBF\xBF", "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80", "\xFF"})
    CHECK_FALSE(is_utf8(words));
}
