#include <doctest/doctest.h>

#include <latent/core/fingerprint.hpp>
#include <set>
#include <vector>

using namespace latent;

TEST_CASE("a fingerprint is that of the formula, computed with Python's whole numbers") {
  CHECK(fingerprint_of_bytes("", 0) == "0000000000000000");
  CHECK(fingerprint_of_bytes("latent", 6) == "39e7daf90998e05c");
  CHECK(fingerprint_of_bytes("auto-encoder", 12) == "41c9e62862e93370");
  CHECK(fingerprint_of_bytes("nine long", 9) == "3ca0eed035c51117");
  CHECK(fingerprint_of(std::vector<float>(4).data(), 4) == "7e9c9e9619a0c401");
}

TEST_CASE("every bit counts, and how many numbers there are") {
  std::vector<double> numbers(5, 0.25);
  std::set<std::string> all{fingerprint_of(numbers.data(), 5)};
  for (int count = 0; count < 5; ++count) all.insert(fingerprint_of(numbers.data(), count));
  auto* const bytes = reinterpret_cast<unsigned char*>(numbers.data());
  for (int bit = 0; bit < 5 * 64; ++bit) {
    bytes[bit / 8] ^= static_cast<unsigned char>(1 << bit % 8);
    all.insert(fingerprint_of(numbers.data(), 5));
    bytes[bit / 8] ^= static_cast<unsigned char>(1 << bit % 8);
  }
  CHECK(all.size() == 6 + 5 * 64);
}
