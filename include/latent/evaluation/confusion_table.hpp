/// A confusion table: how often a classifier predicts which class for which.
#pragma once

#include <algorithm>
#include <cmath>
#include <ostream>
#include <string>
#include <vector>

#include "latent/core/check.hpp"
#include "latent/core/tensor.hpp"

namespace latent::evaluation {

/// The most probable class of each row of (number, classes); if several are equal, the first. Throws
/// std::invalid_argument for a row with a NaN in it, which has none, and for one column, of which the first is always the largest.
template <class Scalar>
std::vector<int> most_probable(const Eigen::Tensor<Scalar, 2, Eigen::RowMajor>& probabilities) {
  std::vector<int> classes;
  const Index size = probabilities.dimension(1);
  check(size != 1,
        "most_probable: expected a column for each class, received one column; of yes or no compare it with 0.5");
  for (Index n = 0; n < probabilities.dimension(0); ++n) {
    const Scalar* row = probabilities.data() + n * size;
    check(std::none_of(row, row + size, [](Scalar p) { return std::isnan(p); }), "most_probable: row ", n,
          ": expected numbers, received NaN");
    classes.push_back(static_cast<int>(std::max_element(row, row + size) - row));
  }
  return classes;
}

/// count(true class, predicted class), as sklearn.metrics.confusion_matrix.
class ConfusionTable {
 public:
  /// Of so many classes; 0: up to the largest that is there. Throws std::invalid_argument if the numbers of labels and predictions
  /// differ, there are none, or one is no class.
  [[gnu::cold]] ConfusionTable(const std::vector<int>& labels, const std::vector<int>& predictions, int classes = 0)
      : classes_(classes), total_(static_cast<Index>(labels.size())) {
    check(classes >= 0, "ConfusionTable: expected at least 1 class, received ", classes);
    check(!labels.empty() && labels.size() == predictions.size(),
          "ConfusionTable: expected as many labels as predictions, ", "and at least one, received ", labels.size(),
          " and ", predictions.size());
    if (classes == 0)
      for (const auto& given : {labels, predictions})
        classes = std::max(classes, *std::max_element(given.begin(), given.end()) + 1);
    check(classes > 0, "ConfusionTable: expected classes 0, 1, ..., received none above -1");
    classes_ = classes;
    counts_.resize(static_cast<std::size_t>(classes) * static_cast<std::size_t>(classes));
    for (std::size_t i = 0; i < labels.size(); ++i) {
      for (const int given : {labels[i], predictions[i]})
        check(given >= 0 && given < classes, "ConfusionTable: sample ", i, ": expected a class 0 to ", classes - 1,
              ", received ", given);
      ++counts_[at(labels[i], predictions[i])];
    }
  }

  int classes() const { return classes_; }
  /// The number of samples of class `label` that were predicted as `prediction`.
  Index operator()(int label, int prediction) const {
    return counts_[at(known("label", label), known("prediction", prediction))];
  }

  /// The share of all samples that were classified correctly (accuracy).
  double accuracy() const {
    Index right = 0;
    for (int c = 0; c < classes_; ++c) right += (*this)(c, c);
    return static_cast<double>(right) / static_cast<double>(total_);
  }
  /// The share of the samples of a class that were classified correctly (recall); 1 for a class without samples.
  double recall(int label) const {
    Index all = 0;
    for (int c = 0; c < classes_; ++c) all += (*this)(label, c);  // which checks the label
    return all > 0 ? static_cast<double>((*this)(label, label)) / static_cast<double>(all) : 1.0;
  }
  /// The share of the samples predicted as a class that are of it (precision); 1 for a class that was never predicted.
  double precision(int prediction) const {
    Index all = 0;
    for (int c = 0; c < classes_; ++c) all += (*this)(c, prediction);
    return all > 0 ? static_cast<double>((*this)(prediction, prediction)) / static_cast<double>(all) : 1.0;
  }

  /// The counts as (classes, classes), for pictures::heat_map.
  Tensor<2> as_tensor() const {
    Tensor<2> tensor(classes_, classes_);
    for (std::size_t i = 0; i < counts_.size(); ++i) tensor.data()[i] = static_cast<float>(counts_[i]);
    return tensor;
  }

  /// A table to print: a row for each true class, a column for each predicted one, the recall at the end of each row.
  [[gnu::cold]] std::string text() const {
    std::size_t width = std::max<std::size_t>(4, std::to_string(classes_ - 1).size() + 1);
    for (const Index count : counts_) width = std::max(width, std::to_string(count).size() + 1);
    std::string out = "true \\ predicted";
    for (int c = 0; c < classes_; ++c) out += at_right(std::to_string(c), width);
    out += "  recognised\n";
    for (int r = 0; r < classes_; ++r) {
      out += at_right(std::to_string(r), 16);
      for (int c = 0; c < classes_; ++c) out += at_right(std::to_string((*this)(r, c)), width);
      const long tenths = static_cast<long>(recall(r) * 1000 + 0.5);
      out += at_right(latent::text(tenths / 10, ".", tenths % 10, " %"), 12) + "\n";
    }
    return out;
  }

  /// Prints the table.
  friend std::ostream& operator<<(std::ostream& out, const ConfusionTable& table) { return out << table.text(); }

 private:
  std::size_t at(int label, int prediction) const {
    return static_cast<std::size_t>(label) * static_cast<std::size_t>(classes_) + static_cast<std::size_t>(prediction);
  }
  int known(const char* what, int given) const {
    check(given >= 0 && given < classes_, "ConfusionTable: expected a ", what, " of 0 to ", classes_ - 1, ", received ",
          given);
    return given;
  }

  int classes_;
  Index total_;
  std::vector<Index> counts_;
};

}  // namespace latent::evaluation
