#include "keras/model_case.hpp"

using namespace latent;

using Classifier = Sequential<Input<28, 28, 1>, Conv2D<32, 3, Same, ReLU>, MaxPooling2D<2, Same>,
                              Conv2D<64, 3, Same, ReLU>, MaxPooling2D<2, Same>, Flatten, Dense<10, Softmax>>;

TEST_CASE("the classifier trains as in Keras") {
  keras::run_model<Classifier>("classifier", Adam{}, SparseCategoricalCrossentropy{}, {"clean", "labels"});
  keras::check_summary<Classifier>("classifier", "sequential", false);
}
