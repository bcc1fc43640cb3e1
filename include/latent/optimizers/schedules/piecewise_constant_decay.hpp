/// A learning rate that changes at given steps: values[0] up to and including step boundaries[0], then values[1] up to
/// and including boundaries[1], ..., and the last value, of which there is one more, from then on.
/// https://keras.io/api/optimizers/learning_rate_schedules/piecewise_constant_decay/
#pragma once

#include <algorithm>
#include <vector>

#include "latent/optimizers/learning_rate.hpp"

namespace latent {

struct PiecewiseConstantDecay {
  std::vector<Index> boundaries;
  std::vector<double> values;

  void check_options() const {
    check(values.size() == boundaries.size() + 1,
          "PiecewiseConstantDecay: expected one value more than boundaries, received ", boundaries.size(),
          " boundaries and ", values.size(), " values");
    for (std::size_t i = 1; i < boundaries.size(); ++i)
      check(boundaries[i - 1] < boundaries[i], "PiecewiseConstantDecay: boundaries become larger, received ",
            boundaries[i - 1], " before ", boundaries[i]);
    for (double value : values) check(value >= 0, "PiecewiseConstantDecay: values are at least 0, received ", value);
  }

  double operator()(Index step) const {
    const auto reached = std::lower_bound(boundaries.begin(), boundaries.end(), step);
    return values[static_cast<std::size_t>(reached - boundaries.begin())];
  }
};

}  // namespace latent
