// Models with tied kernels and frozen layers, as make_graph_reference.py builds them in Keras.
#include "keras/graph_case.hpp"

using namespace latent;
using keras::check_summary;
using keras::GraphData;
using keras::one_of_each;
using keras::rate;
using keras::run_graph;

TEST_CASE("a decoder with the encoder's kernels trains as in Keras") {
  using Encoder = Sequential<Input<6, 6, 1>, Flatten, Named<"dense", Dense<8, ReLU>>, Named<"dense_1", Dense<4, ReLU>>>;
  using Tied = Sequential<Encoder, DenseTranspose<"dense_1", ReLU>, DenseTranspose<"dense", Sigmoid>, Reshape<6, 6, 1>>;
  run_graph<Tied>("tied", Adam{.learning_rate = rate}, one_of_each("tied"), {}, BinaryCrossentropy{});
}

TEST_CASE("a kernel that is frozen where it is and used elsewhere stays as in Keras") {
  using Tied = Sequential<Input<36>, Named<"dense", Dense<5, ReLU>>, Named<"back", DenseTranspose<"dense", Sigmoid>>>;
  GraphData data = one_of_each("tied_and_frozen");
  data.frozen = {"dense"};
  run_graph<Tied>("tied_and_frozen", AdamW{.learning_rate = 0.01f, .weight_decay = 0.125}, data, {},
                  BinaryCrossentropy{});
  check_summary<Tied>("tied_and_frozen", "functional", true, data.frozen);
}

TEST_CASE("a frozen part stays as it is in Keras: no step, no decay, no penalty on its kernel, no statistics") {
  using PartlyFrozen = Sequential<
      Input<6, 6, 2>,
      Named<"eye", Conv2D<4, 3, Same, ReLU, KernelRegularizer<L2<0.125>>, ActivityRegularizer<L1<0.125>>>>,  //
      Named<"norm", BatchNormalization<>>,                                                                   //
      Named<"top", Conv2D<4, 3, Same, ReLU, KernelRegularizer<L2<0.125>>>>,                                  //
      Named<"top_norm", BatchNormalization<>>, Concatenate<"norm">, GlobalAveragePooling2D<>, Dense<3, Softmax>>;
  GraphData data = one_of_each("frozen");
  data.frozen = {"eye", "norm"};
  run_graph<PartlyFrozen>("frozen", AdamW{.learning_rate = 0.01f, .weight_decay = 0.125}, data, {},
                          CategoricalCrossentropy{});
  check_summary<PartlyFrozen>("frozen", "functional", true, data.frozen);
}

TEST_CASE("a chain with a frozen encoder trains as in Keras") {
  using Chain = Sequential<Input<36>, Dense<6, ReLU>, BatchNormalization<>, Dense<36, Sigmoid>>;
  GraphData data = one_of_each("frozen_chain");
  data.frozen = {"dense", "batch_normalization"};
  run_graph<Chain>("frozen_chain", Adam{.learning_rate = rate}, data, {}, BinaryCrossentropy{});
  check_summary<Chain>("frozen_chain", "sequential", false, data.frozen);
}
