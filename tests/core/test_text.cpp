#include <doctest/doctest.h>

#include "latent/core/text.hpp"

using namespace latent;

TEST_CASE("text: anything that can be printed, one after the other") {
  CHECK(text() == "");
  CHECK(text("expected ", 3, " samples, received ", std::string("none")) == "expected 3 samples, received none");
  CHECK(text(0.5, ' ', 1e-7f, ' ', true, ' ', -1L) == "0.5 1e-07 1 -1");
  const char* const words = "words";
  CHECK(text(words, words) == "wordswords");
}

TEST_CASE("numbers with commas") {
  CHECK(with_commas(0) == "0");
  CHECK(with_commas(999) == "999");
  CHECK(with_commas(1000) == "1,000");
  CHECK(with_commas(1234567) == "1,234,567");
}
