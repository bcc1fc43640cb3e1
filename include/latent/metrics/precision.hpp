/// Of what is predicted to be positive, the share that should be.
///
///     true positives / (true positives + false positives)
///
/// and 0 if nothing is predicted to be. Predictions above the threshold are positive; targets that are not 0 should be. Both are
/// counted over all samples of a pass, so this is no mean of the batches' values.
/// https://keras.io/api/metrics/classification_metrics/
#pragma once

#include "latent/metrics/confusion.hpp"

namespace latent {

/// Precision{.thresholds = 0.5, .class_id = 3}: true positives / (true positives + false positives).
using Precision = ConfusionRatio<"Precision", "precision", &Confusion::false_positives>;

}  // namespace latent
