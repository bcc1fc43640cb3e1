/// What is wrong with wrong numbers: the usual mistakes, recognised by what they do to a result.
#pragma once

#include <functional>
#include <optional>

#include "array.hpp"

namespace marks {

/// What a usual mistake makes of the result, and the words for it.
struct Suspect {
  std::string words;
  std::vector<double> values;
  /// For a mistake whose numbers are not known beforehand, instead of `values`: whether they look like it.
  std::function<bool(const Array& expected, const std::vector<double>& yours)> fits = {};
};

/// Where yours is furthest from what was expected; none if all are equal, but for `tolerance` times the largest one. A NaN
/// is further away than everything else.
std::optional<Index> worst_place(const Array& expected, const std::vector<double>& yours, double tolerance);

/// A sentence on the likely mistake, or nothing. First the suspects, then what can be seen in the numbers alone: nothing
/// was written, infinity, a constant factor, a sign, a constant added, axes exchanged, turned by 180 degrees, shifted by a pixel,
/// wrong at the border only, right for one sample only, a sum that is not started anew, whole numbers, few digits. Of an
/// array of several parts it is the part of the worst place that is looked at.
std::string diagnosis(const Array& expected, const std::vector<double>& yours, const std::vector<Suspect>& suspects,
                      double tolerance);

}  // namespace marks
