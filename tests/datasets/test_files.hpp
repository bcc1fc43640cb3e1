/// The files that make_files.py made with other programs, and what these read from them.
#pragma once

#include <doctest/doctest.h>

#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "latent/core/tensor.hpp"

inline std::string test_file(const std::string& name) { return LATENT_SOURCE_DIR "/tests/datasets/files/" + name; }

/// name -> (1, height, width, channels).
inline std::map<std::string, latent::Tensor<4>> expected_images() {
  std::ifstream in(test_file("expected.txt"));
  REQUIRE(in.good());
  std::map<std::string, latent::Tensor<4>> images;
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    std::string name, reader;
    latent::Index height = 0, width = 0, channels = 0;
    words >> name >> reader >> height >> width >> channels;
    latent::Tensor<4> image(1, height, width, channels);
    for (latent::Index i = 0; i < image.size(); ++i) words >> image.data()[i];
    REQUIRE(!words.fail());
    images[name] = image;
  }
  return images;
}

/// The largest difference; 1000 if the sizes differ.
inline float difference(const latent::Tensor<4>& a, const latent::Tensor<4>& b) {
  if (a.dimensions() != b.dimensions()) return 1000;
  float largest = 0;
  for (latent::Index i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(a.data()[i] - b.data()[i]));
  return largest;
}
