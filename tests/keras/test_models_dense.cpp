#include "keras/model_case.hpp"

using namespace latent;

using Shallow = Sequential<Input<784>, Dense<32, ReLU>, Dense<784, Sigmoid>>;
using Deep = Sequential<Input<784>, Dense<128, ReLU>, Dense<64, ReLU>, Dense<32, ReLU>, Dense<64, ReLU>, Dense<128, ReLU>,
                        Dense<784, Sigmoid>>;

TEST_CASE("the dense auto-encoders train as in Keras") {
  keras::run_model<Shallow>("dense32", Adam{}, BinaryCrossentropy{}, {"clean"});
  keras::run_model<Deep>("deep_dense", Adam{}, BinaryCrossentropy{}, {"clean"});
  keras::check_summary<Shallow>("dense32", "functional", true);
  keras::check_summary<Deep>("deep_dense", "sequential", false);
}
