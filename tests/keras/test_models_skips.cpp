// Models with skip connections and joins, as make_graph_reference.py builds them in Keras.
#include "keras/graph_case.hpp"

using namespace latent;
using keras::check_summary;
using keras::GraphData;
using keras::one_of_each;
using keras::rate;
using keras::run_graph;

TEST_CASE("a U-Net trains as in Keras") {
  using UNet = Sequential<Input<8, 8, 1>,                                                    //
                          Named<"fine", Conv2D<3, 3, Same, ReLU>>, MaxPooling2D<2>,          //
                          Named<"coarse", Conv2D<4, 3, Same, ReLU>>, MaxPooling2D<2>,        //
                          Conv2D<5, 3, Same, ReLU>,                                          //
                          UpSampling2D<2>, Concatenate<"coarse">, Conv2D<4, 3, Same, ReLU>,  //
                          UpSampling2D<2>, Concatenate<"fine">, Conv2D<1, 3, Same, Sigmoid>>;
  run_graph<UNet>("u_net", Adam{.learning_rate = rate}, one_of_each("u_net"), {}, BinaryCrossentropy{});
  check_summary<UNet>("u_net", "functional", true);
}

TEST_CASE("a residual block trains as in Keras") {
  using Residual = Sequential<Input<6, 6, 2>,                                                     //
                              Conv2D<4, 3, Same, NoBias>, BatchNormalization<Momentum<0.75>>,     //
                              Named<"activation", Activation<ReLU>>,                              //
                              Conv2D<4, 3, Same, NoBias>, BatchNormalization<Epsilon<0.015625>>,  //
                              Add<"activation">, Named<"activation_1", Activation<ReLU>>,         //
                              GlobalAveragePooling2D<>, Dense<3, Softmax>>;
  GraphData data = one_of_each("residual");
  data.scores.push_back({"accuracy", "metrics/accuracy"});
  run_graph<Residual>("residual", Adam{.learning_rate = rate}, data, {}, CategoricalCrossentropy{}, Accuracy{});
  check_summary<Residual>("residual", "functional", true);
}

TEST_CASE("all joins together train as in Keras") {
  using Joins = Sequential<Named<"x", Input<4, 4, 2>>,                                   //
                           Named<"a", Conv2D<2, 1>>,                                     //
                           From<"x">, Named<"b", Conv2D<2, 1, Tanh>>,                    //
                           From<"x">, GlobalAveragePooling2D<>, Named<"row", Dense<2>>,  //
                           From<"a">, Named<"sum", Add<"b", "row">>,                     //
                           Named<"multiply", Multiply<"a">>,                             //
                           From<"b">, Subtract<"multiply">,                              //
                           Named<"maximum", Maximum<"x", "row">>,                        //
                           Named<"minimum", Minimum<"sum">>,                             //
                           From<"maximum">, Average<"minimum">,                          //
                           Concatenate<"a", "sum", Axis{1}>, Conv2D<1, 1, Sigmoid>>;
  run_graph<Joins>("all_joins", SGD{.learning_rate = 0.5}, one_of_each("all_joins"), {}, MeanSquaredError{});
  check_summary<Joins>("all_joins", "functional", true);
}

TEST_CASE("an auto-encoder with the label as a second input trains as in Keras") {
  using Conditional = Sequential<Named<"image", Input<6, 6, 1>>, Named<"label", Input<3>>,                     //
                                 From<"image">, Flatten, Concatenate<"label">, Named<"code", Dense<4, Tanh>>,  //
                                 Concatenate<"label">, Dense<36, Sigmoid>, Reshape<6, 6, 1>>;
  const GraphData data{.inputs = {"conditional_x_image", "conditional_x_label"}, .targets = {"conditional_y"}};
  run_graph<Conditional>("conditional", RMSprop{.learning_rate = 0.01f}, data, {}, MeanSquaredError{});
  check_summary<Conditional>("conditional", "functional", true);
}

TEST_CASE("an encoder and a decoder with a skip between them, models of their own, train as in Keras") {
  using Encoder =
      Sequential<Input<6, 6, 1>, Named<"skip", Conv2D<3, 3, Same, ReLU>>, Flatten, Named<"code", Dense<4, Tanh>>>;
  using Decoder = Sequential<Named<"code", Input<4>>, Named<"skip", Input<6, 6, 3>>,          //
                             From<"code">, Dense<36>, Reshape<6, 6, 1>, Concatenate<"skip">,  //
                             Conv2D<1, 3, Same, Sigmoid>>;
  run_graph<Sequential<Encoder, Decoder>>("encoder_and_decoder", SGD{.learning_rate = 0.5, .global_clipnorm = 0.25},
                                          one_of_each("encoder_and_decoder"), {}, BinaryCrossentropy{});
}
