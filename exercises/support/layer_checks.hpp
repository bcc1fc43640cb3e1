/// Checks of a student's layer against latent's layer of the same name, against Keras's numbers, and against central
/// differences of the student's own forward pass.
#pragma once

#include "sheet.hpp"

namespace marks {

/// Normally distributed numbers of four decimals, so that one can read and type them. Another seed, other numbers.
std::vector<double> numbers(Index count, unsigned seed);

/// A batch for a layer.
struct Batch {
  Index samples = 0;
  std::vector<double> x;
  std::vector<std::vector<double>> parameters;
  std::vector<double> dz;  ///< the gradient with respect to the layer's result
  std::vector<double> y;   ///< the result itself, which some layers want when they go backward
};

/// A layer on inputs of one shape, as functions of a batch (alone.hpp makes it of the layer's type).
struct LoneLayer {
  std::string name;
  std::vector<Index> input, output;  ///< shapes of one sample
  std::vector<std::vector<Index>> parameters = {};
  // Null where a layer lacks it.
  std::vector<double> (*forward)(const Batch&) = nullptr;
  std::vector<double> (*input_gradient)(const Batch&) = nullptr;
  /// What the layer adds to the gradient of parameter tensor t. There it finds ones, to be added to.
  std::vector<double> (*weight_gradient)(const Batch&, std::size_t t) = nullptr;
  std::vector<std::string> parameter_names = {};
};

/// Throws Problem unless the numbers in memory are, bit by bit, those that were there before.
void check_untouched(const double* memory, const std::vector<double>& before, const char* name);

class LayerChecks {
 public:
  /// On made-up numbers.
  LayerChecks(const LoneLayer& yours, const LoneLayer& right, Index samples, unsigned seed);
  /// On these; `against` says whose they are.
  LayerChecks(const LoneLayer& yours, const LoneLayer& right, Batch given, std::string against);

  Check forward(std::vector<Suspect> suspects = {}) const;
  Check input_gradient(std::vector<Suspect> suspects = {}) const;
  Check weight_gradient(std::size_t t, std::vector<Suspect> suspects = {}) const;

  /// Are your gradients the derivatives of your forward pass, right or wrong? (It is the property "forward".)
  Check input_differences() const;
  Check weight_differences(std::size_t t) const;

  Batch batch;
  LoneLayer yours, right;  ///< `right` on another batch shows what a usual mistake does

 private:
  std::string against_;
};

/// For suspects: the batch without all samples but one.
Batch sample_of(const Batch& batch, Index n);

}  // namespace marks
