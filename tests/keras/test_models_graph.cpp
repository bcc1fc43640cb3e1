// Models that are more than a chain, as make_graph_reference.py builds them in Keras.
#include "keras/graph_case.hpp"

using namespace latent;
using keras::check_summary;
using keras::GraphData;
using keras::run_graph;

namespace {

// Keras keeps a learning rate in float32, in a float64 model too.
constexpr double rate = 0.001f;

/// What a model's data are called in the reference, if it has one input and one output.
GraphData one_of_each(const std::string& name) { return {.inputs = {name + "_x"}, .targets = {name + "_y"}}; }

}  // namespace

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

TEST_CASE("an auto-encoder with the label as a second input trains as in Keras") {
  using Conditional = Sequential<Named<"image", Input<6, 6, 1>>, Named<"label", Input<3>>,                     //
                                 From<"image">, Flatten, Concatenate<"label">, Named<"code", Dense<4, Tanh>>,  //
                                 Concatenate<"label">, Dense<36, Sigmoid>, Reshape<6, 6, 1>>;
  const GraphData data{.inputs = {"conditional_x_image", "conditional_x_label"}, .targets = {"conditional_y"}};
  run_graph<Conditional>("conditional", RMSprop{.learning_rate = 0.01f}, data, {}, MeanSquaredError{});
  check_summary<Conditional>("conditional", "functional", true);
}

TEST_CASE("two outputs with losses, weights and metrics of their own train as in Keras") {
  using TwoHeads = Sequential<Input<36>, Named<"code", Dense<6, ReLU>>,  //
                              Named<"digit", Dense<3, Softmax>>,         //
                              From<"code">, Dense<8, ReLU>, Named<"image", Dense<36, Sigmoid>>>;
  const GraphData data{.inputs = {"two_heads_x"},
                       .targets = {"two_heads_y_digit", "two_heads_y_image"},
                       .outputs = {"digit", "image"},
                       .scores = {{"loss", "losses"},
                                  {"digit_loss", "losses/digit"},
                                  {"digit_accuracy", "metrics/accuracy/digit"},
                                  {"image_loss", "losses/image"},
                                  {"image_mean_absolute_error", "metrics/MeanAbsoluteError/image"}}};
  run_graph<TwoHeads>("two_heads", Adam{.learning_rate = rate}, data, {},
                      head<"digit">(CategoricalCrossentropy{}, 0.125, Accuracy{}),
                      head<"image">(BinaryCrossentropy{}, 2.0, MeanAbsoluteError{}));
  check_summary<TwoHeads>("two_heads", "functional", true);
}

TEST_CASE("an output that another layer reads trains as in Keras") {
  using CodeToo = Sequential<Input<36>, Named<"code", Dense<4, Tanh>>, Named<"image", Dense<36, Sigmoid>>,
                             Outputs<"image", "code">>;
  const GraphData data{.inputs = {"code_is_an_output_x"},
                       .targets = {"code_is_an_output_y_image", "code_is_an_output_y_code"},
                       .outputs = {"image", "code"},
                       .scores = {{"loss", "losses"}, {"image_loss", "losses/image"}, {"code_loss", "losses/code"}}};
  // The heads may stand in any order.
  run_graph<CodeToo>("code_is_an_output", Adam{.learning_rate = rate}, data, {},
                     head<"code">(MeanAbsoluteError{}, 0.25), head<"image">(MeanSquaredError{}));
  check_summary<CodeToo>("code_is_an_output", "functional", true);
}

TEST_CASE("two pictures through one layer train it as in Keras") {
  using Siamese = Sequential<Named<"left", Input<6, 6, 1>>, Named<"right", Input<6, 6, 1>>,                    //
                             From<"left">, Named<"eye", Conv2D<3, 3, Same, ReLU>>, Named<"flatten", Flatten>,  //
                             From<"right">, Again<"eye">, Named<"of_right", Again<"flatten">>,                 //
                             From<"flatten">, Subtract<"of_right">, Named<"same", Dense<1, Sigmoid>>>;
  const GraphData data{.inputs = {"siamese_x_left", "siamese_x_right"},
                       .targets = {"siamese_y"},
                       .scores = {{"loss", "losses"}, {"accuracy", "metrics/accuracy"}}};
  run_graph<Siamese>("siamese", SGD{.learning_rate = 0.05f, .momentum = 0.875}, data, {}, BinaryCrossentropy{},
                     Accuracy{});
  check_summary<Siamese>("siamese", "functional", true);
}

TEST_CASE("a layer at two depths, with penalties, trains as in Keras") {
  using Shared =
      Sequential<Named<"x", Input<6>>,
                 Named<"shared", Dense<6, Tanh, KernelRegularizer<L2<0.125>>, ActivityRegularizer<L1<0.0625>>>>,  //
                 Named<"between", Dense<6>>, Named<"deep", Again<"shared">>,                                      //
                 From<"x">, Named<"beside", Dense<6>>, From<"deep">, Average<"beside">, Dense<2>>;
  run_graph<Shared>("shared_at_two_depths", SGD{.learning_rate = 0.1f}, one_of_each("shared_at_two_depths"), {},
                    MeanSquaredError{});
  check_summary<Shared>("shared_at_two_depths", "functional", true);
}

TEST_CASE("one layer that gives two outputs trains as in Keras") {
  using TwoCodes = Sequential<Named<"left", Input<5>>, Named<"right", Input<5>>,  //
                              From<"left">, Named<"code", Dense<2, Sigmoid>>,     //
                              From<"right">, Named<"code_call_1", Again<"code">>>;
  const GraphData data{
      .inputs = {"one_layer_two_outputs_x_left", "one_layer_two_outputs_x_right"},
      .targets = {"one_layer_two_outputs_y_code", "one_layer_two_outputs_y_code_call_1"},
      .outputs = {"code", "code_call_1"},
      .scores = {{"loss", "losses"}, {"code_loss", "losses/code"}, {"code_call_1_loss", "losses/code_call_1"}}};
  run_graph<TwoCodes>("one_layer_two_outputs", Nadam{.learning_rate = 0.01f}, data, {.steps = 1.7e-7},
                      head<"code">(MeanSquaredError{}), head<"code_call_1">(MeanSquaredError{}));
  check_summary<TwoCodes>("one_layer_two_outputs", "functional", true);
}

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

TEST_CASE("an encoder and a decoder with a skip between them, models of their own, train as in Keras") {
  using Encoder =
      Sequential<Input<6, 6, 1>, Named<"skip", Conv2D<3, 3, Same, ReLU>>, Flatten, Named<"code", Dense<4, Tanh>>>;
  using Decoder = Sequential<Named<"code", Input<4>>, Named<"skip", Input<6, 6, 3>>,          //
                             From<"code">, Dense<36>, Reshape<6, 6, 1>, Concatenate<"skip">,  //
                             Conv2D<1, 3, Same, Sigmoid>>;
  run_graph<Sequential<Encoder, Decoder>>("encoder_and_decoder", SGD{.learning_rate = 0.5, .global_clipnorm = 0.25},
                                          one_of_each("encoder_and_decoder"), {}, BinaryCrossentropy{});
}
