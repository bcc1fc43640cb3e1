/// A classifier of digits, trained once and then reused: it says what generated digits are read as.
#pragma once

#include <memory>
#include <vector>

#include "latent/datasets/mnist.hpp"
#include "support/options.hpp"

namespace latent {

/// Conv 32 - pool - conv 64 - pool - dense 10; 99 % on the test digits when it has been trained on all others. Kept apart,
/// so that the programs that use it compile as fast as without.
class DigitClassifier {
 public:
  /// Takes the weights of an earlier run from `digit_classifier` beside the folder for results, or trains and leaves
  /// them there. Says which, and prints the accuracy on the test digits.
  DigitClassifier(const Options& options, const datasets::Dataset& data);
  ~DigitClassifier();

  /// The digit in each of the images (number, 28, 28, 1).
  std::vector<int> read(const Tensor<4>& images) const;

 private:
  struct Model;
  std::unique_ptr<Model> model_;
  int threads_;
};

}  // namespace latent
