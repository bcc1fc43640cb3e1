/// Of what should be positive, the share that is predicted to be.
///
///     true positives / (true positives + false negatives)
///
/// and 0 if nothing should be. Predictions above the threshold are positive; targets that are not 0 should be. Both are
/// counted over all samples of a pass, so this is no mean of the batches' values.
/// https://keras.io/api/metrics/classification_metrics/
#pragma once

#include "latent/metrics/confusion.hpp"

namespace latent {

/// Recall{.thresholds = 0.5, .class_id = 3}: true positives / (true positives + false negatives).
using Recall = ConfusionRatio<"Recall", "recall", &Confusion::false_negatives>;

}  // namespace latent
