/// How well a score tells two kinds of samples apart, whatever threshold is set: the error of a reconstruction, for one, usual images
/// from unusual ones.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "latent/core/check.hpp"
#include "latent/core/tensor.hpp"

namespace latent::evaluation {

/// The points of a receiver operating characteristic, from (0, 0) to (1, 1): one for each score that a sample has.
struct RocCurve {
  std::vector<double>
      false_positive_rate;                 ///< the share of the samples of kind 0 whose score is at least the threshold
  std::vector<double> true_positive_rate;  ///< the share of those of kind 1
  std::vector<double> thresholds;          ///< the scores, from infinity down
};

namespace detail {

/// How many samples have at least a score, of both kinds; the first ones are 0.
struct AtLeast {
  std::vector<double> scores{std::numeric_limits<double>::infinity()};
  std::vector<Index> negative{0}, positive{0};

  /// Throws std::invalid_argument as the functions below say.
  [[gnu::cold]] AtLeast(const std::vector<int>& y_true, const std::vector<double>& y_score, const char* what) {
    check(y_true.size() == y_score.size(), what, ": expected as many kinds as scores, received ", y_true.size(),
          " and ", y_score.size());
    std::vector<std::size_t> order(y_true.size());
    for (std::size_t n = 0; n < y_true.size(); ++n) {
      check(y_true[n] == 0 || y_true[n] == 1, what, ": sample ", n, ": expected the kind 0 or 1, received ", y_true[n]);
      check(!std::isnan(y_score[n]), what, ": sample ", n, ": expected a number as its score, received NaN");
      order[n] = n;
    }
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return y_score[a] > y_score[b]; });
    for (std::size_t i = 0; i < order.size(); ++i) {
      const double score = y_score[order[i]];
      if (i == 0 || score != scores.back())
        scores.push_back(score), negative.push_back(negative.back()), positive.push_back(positive.back());
      ++(y_true[order[i]] == 1 ? positive : negative).back();
    }
    check(negative.back() > 0 && positive.back() > 0, what, ": expected samples of both kinds, received ",
          negative.back(), " of kind 0 and ", positive.back(), " of kind 1");
  }
};

}  // namespace detail

/// The curve of samples of kind 0 and 1 (what is to be found) and their scores (a higher one: rather 1), as
/// sklearn.metrics.roc_curve with drop_intermediate=False.
/// https://scikit-learn.org/stable/modules/generated/sklearn.metrics.roc_curve.html
/// Throws std::invalid_argument for another kind, a NaN, different numbers of kinds and scores, and if a kind has no sample.
[[gnu::cold]] inline RocCurve roc_curve(const std::vector<int>& y_true, const std::vector<double>& y_score) {
  const detail::AtLeast at_least(y_true, y_score, "roc_curve");
  RocCurve curve{.false_positive_rate = {}, .true_positive_rate = {}, .thresholds = at_least.scores};
  for (const Index count : at_least.negative)
    curve.false_positive_rate.push_back(static_cast<double>(count) / static_cast<double>(at_least.negative.back()));
  for (const Index count : at_least.positive)
    curve.true_positive_rate.push_back(static_cast<double>(count) / static_cast<double>(at_least.positive.back()));
  return curve;
}

/// The area below the curve: how probably a sample of kind 1 has a higher score than one of kind 0, equal scores counting half. 1:
/// a threshold parts them; 0.5: the score says nothing. As sklearn.metrics.roc_auc_score; throws as roc_curve.
/// https://scikit-learn.org/stable/modules/generated/sklearn.metrics.roc_auc_score.html
[[gnu::cold]] inline double roc_auc_score(const std::vector<int>& y_true, const std::vector<double>& y_score) {
  const detail::AtLeast at_least(y_true, y_score, "roc_auc_score");
  const std::vector<Index>&negative = at_least.negative, &positive = at_least.positive;
  double twice = 0;  // pairs in the right order, each twice: whole numbers
  for (std::size_t i = 1; i < negative.size(); ++i)
    twice += static_cast<double>((negative[i] - negative[i - 1]) * (positive[i] + positive[i - 1]));
  return twice / 2 / (static_cast<double>(negative.back()) * static_cast<double>(positive.back()));
}

/// The mean of the precision over the samples of kind 1: the sum of (recall[i] - recall[i - 1]) precision[i] over the thresholds, from
/// the highest down. Where kind 1 is rare it says more than the area: of a score that says nothing it is the share of kind 1.
/// As sklearn.metrics.average_precision_score; throws as roc_curve.
/// https://scikit-learn.org/stable/modules/generated/sklearn.metrics.average_precision_score.html
[[gnu::cold]] inline double average_precision_score(const std::vector<int>& y_true,
                                                    const std::vector<double>& y_score) {
  const detail::AtLeast at_least(y_true, y_score, "average_precision_score");
  const std::vector<Index>&negative = at_least.negative, &positive = at_least.positive;
  double sum = 0;
  for (std::size_t i = 1; i < positive.size(); ++i)
    sum += static_cast<double>(positive[i] - positive[i - 1]) * static_cast<double>(positive[i]) /
           static_cast<double>(positive[i] + negative[i]);
  return sum / static_cast<double>(positive.back());
}

}  // namespace latent::evaluation
