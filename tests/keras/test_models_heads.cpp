// Models with several outputs, and layers that are used twice, as make_graph_reference.py builds them in Keras.
#include "keras/graph_case.hpp"

using namespace latent;
using keras::check_summary;
using keras::GraphData;
using keras::one_of_each;
using keras::rate;
using keras::run_graph;

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
