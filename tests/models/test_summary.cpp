// model.summary() of graphs, byte for byte as Keras 3 prints it in 80 columns. (tests/keras has chains, and the ones that come
// with references.)
#include <doctest/doctest.h>

#include <latent/latent.hpp>

using namespace latent;

namespace {
template <class Network>
void expect_summary(const char* name, const std::string& expected, std::initializer_list<const char*> frozen = {}) {
  Network model{Seed{1}, name};
  for (const char* layer : frozen) model.set_trainable(layer, false);
  CHECK(model.summary({.columns = 80, .show_input = true}) == expected);
}
}  // namespace

// Networks and tables stay as they are drawn.
// clang-format off
TEST_CASE("two outputs, the nearer one first in the list and, for it is less deep, before the other in the table") {
  using Network = Sequential<Named<"x", Input<784>>, Named<"code", Dense<32, ReLU>>, Named<"digit", Dense<10, Softmax>>,
                             From<"code">, Dense<128, ReLU>, Named<"image", Dense<784, Sigmoid>>>;
  expect_summary<Network>("two_outputs", R"(Model: "two_outputs"
┏━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━┓
┃ Layer (type)        ┃ Output Shape      ┃    Param # ┃ Connected to      ┃
┡━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━┩
│ x (InputLayer)      │ (None, 784)       │          0 │ -                 │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ code (Dense)        │ (None, 32)        │     25,120 │ x[0][0]           │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ dense (Dense)       │ (None, 128)       │      4,224 │ code[0][0]        │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ digit (Dense)       │ (None, 10)        │        330 │ code[0][0]        │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ image (Dense)       │ (None, 784)       │    101,136 │ dense[0][0]       │
└─────────────────────┴───────────────────┴────────────┴───────────────────┘
 Total params: 130,810 (510.98 KB)
 Trainable params: 130,810 (510.98 KB)
 Non-trainable params: 0 (0.00 B)
)");
}

TEST_CASE("an Input stands where it is needed") {
  using Network = Sequential<Named<"image", Input<28, 28, 1>>, Named<"label", Input<10>>, Dense<32, ReLU>, Dense<784, ReLU>,
                             Named<"reshape", Reshape<28, 28, 1>>, From<"image">, Concatenate<"reshape">, Conv2D<4, 3, Same>>;
  expect_summary<Network>("label_deep", R"(Model: "label_deep"
┏━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━┓
┃ Layer (type)        ┃ Output Shape      ┃    Param # ┃ Connected to      ┃
┡━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━┩
│ label (InputLayer)  │ (None, 10)        │          0 │ -                 │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ dense (Dense)       │ (None, 32)        │        352 │ label[0][0]       │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ dense_1 (Dense)     │ (None, 784)       │     25,872 │ dense[0][0]       │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ image (InputLayer)  │ (None, 28, 28, 1) │          0 │ -                 │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ reshape (Reshape)   │ (None, 28, 28, 1) │          0 │ dense_1[0][0]     │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ concatenate         │ (None, 28, 28, 2) │          0 │ image[0][0],      │
│ (Concatenate)       │                   │            │ reshape[0][0]     │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ conv2d (Conv2D)     │ (None, 28, 28, 4) │         76 │ concatenate[0][0] │
└─────────────────────┴───────────────────┴────────────┴───────────────────┘
 Total params: 26,300 (102.73 KB)
 Trainable params: 26,300 (102.73 KB)
 Non-trainable params: 0 (0.00 B)
)");
}

TEST_CASE("a shared layer has one row, with all that it reads") {
  using Network = Sequential<Named<"left", Input<28, 28, 1>>, Named<"right", Input<28, 28, 1>>,
                             From<"left">, Named<"eye", Conv2D<4, 3, Same, ReLU>>, Named<"flatten", Flatten>,
                             From<"right">, Again<"eye">, Named<"b", Again<"flatten">>,
                             From<"flatten">, Subtract<"b">, Dense<1, Sigmoid>>;
  expect_summary<Network>("siamese", R"(Model: "siamese"
┏━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━┓
┃ Layer (type)        ┃ Output Shape      ┃    Param # ┃ Connected to      ┃
┡━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━┩
│ left (InputLayer)   │ (None, 28, 28, 1) │          0 │ -                 │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ right (InputLayer)  │ (None, 28, 28, 1) │          0 │ -                 │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ eye (Conv2D)        │ (None, 28, 28, 4) │         40 │ left[0][0],       │
│                     │                   │            │ right[0][0]       │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ flatten (Flatten)   │ (None, 3136)      │          0 │ eye[0][0],        │
│                     │                   │            │ eye[1][0]         │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ subtract (Subtract) │ (None, 3136)      │          0 │ flatten[0][0],    │
│                     │                   │            │ flatten[1][0]     │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ dense (Dense)       │ (None, 1)         │      3,137 │ subtract[0][0]    │
└─────────────────────┴───────────────────┴────────────┴───────────────────┘
 Total params: 3,177 (12.41 KB)
 Trainable params: 3,177 (12.41 KB)
 Non-trainable params: 0 (0.00 B)
)");
}

TEST_CASE("a layer on its own output") {
  using Network = Sequential<Input<16>, Named<"again", Dense<16, ReLU>>, Again<"again">, Again<"again">, Dense<3>>;
  expect_summary<Network>("recurrent", R"(Model: "recurrent"
┏━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━┓
┃ Layer (type)        ┃ Output Shape      ┃    Param # ┃ Connected to      ┃
┡━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━┩
│ input_layer         │ (None, 16)        │          0 │ -                 │
│ (InputLayer)        │                   │            │                   │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ again (Dense)       │ (None, 16)        │        272 │ input_layer[0][0… │
│                     │                   │            │ again[0][0],      │
│                     │                   │            │ again[1][0]       │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ dense (Dense)       │ (None, 3)         │         51 │ again[2][0]       │
└─────────────────────┴───────────────────┴────────────┴───────────────────┘
 Total params: 323 (1.26 KB)
 Trainable params: 323 (1.26 KB)
 Non-trainable params: 0 (0.00 B)
)");
}

TEST_CASE("joins of joins, and names that are too long") {
  using Network = Sequential<Named<"input_layer", Input<8, 8, 4>>, Named<"a", Conv2D<4, 1>>,
                             From<"input_layer">, Named<"b", Conv2D<4, 1>>,
                             From<"input_layer">, Named<"c_with_a_long_name", Conv2D<4, 1>>,
                             From<"a">, Named<"add", Add<"b", "c_with_a_long_name">>,
                             From<"a">, Named<"multiply", Multiply<"add">>,
                             From<"c_with_a_long_name">, Named<"maximum", Maximum<"multiply", "b", "input_layer">>,
                             From<"add">, Concatenate<"multiply", "maximum", "a", Axis{1}>, GlobalAveragePooling2D<>>;
  expect_summary<Network>("joins", R"(Model: "joins"
┏━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━┓
┃ Layer (type)        ┃ Output Shape      ┃    Param # ┃ Connected to      ┃
┡━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━┩
│ input_layer         │ (None, 8, 8, 4)   │          0 │ -                 │
│ (InputLayer)        │                   │            │                   │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ a (Conv2D)          │ (None, 8, 8, 4)   │         20 │ input_layer[0][0] │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ b (Conv2D)          │ (None, 8, 8, 4)   │         20 │ input_layer[0][0] │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ c_with_a_long_name  │ (None, 8, 8, 4)   │         20 │ input_layer[0][0] │
│ (Conv2D)            │                   │            │                   │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ add (Add)           │ (None, 8, 8, 4)   │          0 │ a[0][0], b[0][0], │
│                     │                   │            │ c_with_a_long_na… │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ multiply (Multiply) │ (None, 8, 8, 4)   │          0 │ a[0][0],          │
│                     │                   │            │ add[0][0]         │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ maximum (Maximum)   │ (None, 8, 8, 4)   │          0 │ c_with_a_long_na… │
│                     │                   │            │ multiply[0][0],   │
│                     │                   │            │ b[0][0],          │
│                     │                   │            │ input_layer[0][0] │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ concatenate         │ (None, 32, 8, 4)  │          0 │ add[0][0],        │
│ (Concatenate)       │                   │            │ multiply[0][0],   │
│                     │                   │            │ maximum[0][0],    │
│                     │                   │            │ a[0][0]           │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ global_average_poo… │ (None, 4)         │          0 │ concatenate[0][0] │
│ (GlobalAveragePool… │                   │            │                   │
└─────────────────────┴───────────────────┴────────────┴───────────────────┘
 Total params: 60 (240.00 B)
 Trainable params: 60 (240.00 B)
 Non-trainable params: 0 (0.00 B)
)");
}

TEST_CASE("branches of one length, joined in another order than they were made") {
  using Network = Sequential<Named<"input_layer", Input<6>>, Named<"a1", Dense<3>>, Named<"a2", Dense<3>>,
                             From<"input_layer">, Named<"b1", Dense<3>>, Named<"b2", Dense<3>>,
                             From<"input_layer">, Named<"c1", Dense<3>>, From<"b2">, Add<"a2", "c1">>;
  expect_summary<Network>("ties", R"(Model: "ties"
┏━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━┓
┃ Layer (type)        ┃ Output Shape      ┃    Param # ┃ Connected to      ┃
┡━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━┩
│ input_layer         │ (None, 6)         │          0 │ -                 │
│ (InputLayer)        │                   │            │                   │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ b1 (Dense)          │ (None, 3)         │         21 │ input_layer[0][0] │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ a1 (Dense)          │ (None, 3)         │         21 │ input_layer[0][0] │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ b2 (Dense)          │ (None, 3)         │         12 │ b1[0][0]          │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ a2 (Dense)          │ (None, 3)         │         12 │ a1[0][0]          │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ c1 (Dense)          │ (None, 3)         │         21 │ input_layer[0][0] │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ add (Add)           │ (None, 3)         │          0 │ b2[0][0],         │
│                     │                   │            │ a2[0][0],         │
│                     │                   │            │ c1[0][0]          │
└─────────────────────┴───────────────────┴────────────┴───────────────────┘
 Total params: 87 (348.00 B)
 Trainable params: 87 (348.00 B)
 Non-trainable params: 0 (0.00 B)
)");
}

TEST_CASE("an output that is read makes no graph") {
  using Network = Sequential<Input<20>, Named<"code", Dense<4>>, Named<"y", Dense<20>>, Outputs<"y", "code">>;
  expect_summary<Network>("inner", R"(Model: "inner"
┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━┓
┃ Layer (type)                    ┃ Output Shape           ┃       Param # ┃
┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━┩
│ input_layer (InputLayer)        │ (None, 20)             │             0 │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ code (Dense)                    │ (None, 4)              │            84 │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ y (Dense)                       │ (None, 20)             │           100 │
└─────────────────────────────────┴────────────────────────┴───────────────┘
 Total params: 184 (736.00 B)
 Trainable params: 184 (736.00 B)
 Non-trainable params: 0 (0.00 B)
)");
}

TEST_CASE("what is frozen is not trainable") {
  using Network = Sequential<Input<16, 16, 3>, Conv2D<8, 3, Same, NoBias>, BatchNormalization<>,
                             Named<"activation", Activation<ReLU>>, Conv2D<8, 3, Same, NoBias>, BatchNormalization<>,
                             Add<"activation">, Named<"activation_1", Activation<ReLU>>,
                             GlobalAveragePooling2D<>, Dense<10, Softmax>>;
  expect_summary<Network>("residual", R"(Model: "residual"
┏━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━┓
┃ Layer (type)        ┃ Output Shape      ┃    Param # ┃ Connected to      ┃
┡━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━┩
│ input_layer         │ (None, 16, 16, 3) │          0 │ -                 │
│ (InputLayer)        │                   │            │                   │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ conv2d (Conv2D)     │ (None, 16, 16, 8) │        216 │ input_layer[0][0] │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ batch_normalization │ (None, 16, 16, 8) │         32 │ conv2d[0][0]      │
│ (BatchNormalizatio… │                   │            │                   │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ activation          │ (None, 16, 16, 8) │          0 │ batch_normalizat… │
│ (Activation)        │                   │            │                   │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ conv2d_1 (Conv2D)   │ (None, 16, 16, 8) │        576 │ activation[0][0]  │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ batch_normalizatio… │ (None, 16, 16, 8) │         32 │ conv2d_1[0][0]    │
│ (BatchNormalizatio… │                   │            │                   │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ add (Add)           │ (None, 16, 16, 8) │          0 │ batch_normalizat… │
│                     │                   │            │ activation[0][0]  │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ activation_1        │ (None, 16, 16, 8) │          0 │ add[0][0]         │
│ (Activation)        │                   │            │                   │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ global_average_poo… │ (None, 8)         │          0 │ activation_1[0][… │
│ (GlobalAveragePool… │                   │            │                   │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ dense (Dense)       │ (None, 10)        │         90 │ global_average_p… │
└─────────────────────┴───────────────────┴────────────┴───────────────────┘
 Total params: 946 (3.70 KB)
 Trainable params: 682 (2.66 KB)
 Non-trainable params: 264 (1.03 KB)
)",
                          {"conv2d", "batch_normalization"});
}

// clang-format on

TEST_CASE("rows of a layer that is called twice, and of one that borrows a kernel: their order, calls and numbers") {
  using Twice = Sequential<Named<"a", Input<3>>, Named<"eye", Dense<3, GELU>>, From<"a">, Named<"other", Dense<3>>,
                           Named<"b", Input<3>>, Named<"again", Again<"eye">>, Add<"other", "eye">, DenseTranspose<"other">>;
  const auto rows = [](const auto& model) {
    std::string words;
    for (const engine::SummaryRow& row : engine::SummaryRows(model.facts().network, model.layer_names()).rows())
      words += row.cells[0] + " " + row.cells[2] + " " + row.cells[3] + "; ";
    return words;
  };
  CHECK(rows(Twice()) ==
        "b (InputLayer) 0 -; a (InputLayer) 0 -; eye (Dense) 12 a[0][0], b[0][0]; other (Dense) 12 a[0][0]; "
        "add (Add) 0 eye[1][0], other[0][0], eye[0][0]; dense_transpose (DenseTranspose) 15 add[0][0]; ");
  // The layer of the output is the first in its row, though it is called before another one.
  using Last = Sequential<Named<"a", Input<3>>, Named<"eye", Dense<3>>, Named<"b", Input<3>>, Named<"other", Dense<3>>,
                          Add<"eye">, Again<"eye">>;
  CHECK(rows(Last()) ==
        "b (InputLayer) 0 -; a (InputLayer) 0 -; eye (Dense) 12 a[0][0], add[0][0]; other (Dense) 12 b[0][0]; "
        "add (Add) 0 other[0][0], eye[0][0]; ");
  // Whether there is a column for what a layer reads: also where one is called twice in a chain.
  const Sequential<Input<3>, Named<"s", Dense<3>>, Again<"s">> chain;
  CHECK(engine::SummaryRows(chain.facts().network, chain.layer_names()).branches());
}

TEST_CASE("a chain: names and shapes as in Keras") {
  const Sequential<Input<6, 6, 3>, AveragePooling2D<2>, UpSampling2D<2, Bilinear>, ZeroPadding2D<2>,
                   Cropping2D<Size{1, 2}>, LayerNormalization<>, LayerNormalization<>, GlobalAveragePooling2D<>,
                   LeakyReLU<>, ELU<>, Dense<4, GELU>, ReLU, Dense<4, SiLU>, Softmax>
      model;
  std::vector<std::string> names;
  for (const auto& parameter : model.parameters()) names.push_back(parameter.name + shape_text(parameter.shape));
  CHECK(names == std::vector<std::string>{"layer_normalization/gamma(3,)", "layer_normalization/beta(3,)",
                                          "layer_normalization_1/gamma(3,)", "layer_normalization_1/beta(3,)",
                                          "dense/kernel(3, 4)", "dense/bias(4,)", "dense_1/kernel(4, 4)",
                                          "dense_1/bias(4,)"});
  CHECK(model.count_params() == 4 * 3 + 3 * 4 + 4 + 4 * 4 + 4);
  std::string table = model.summary({.columns = 100});
  for (const std::string row : {"average_pooling2d (AveragePooling2D)",
                                "(None, 3, 3, 3)",
                                "up_sampling2d (UpSampling2D)",
                                "(None, 6, 6, 3)",
                                "zero_padding2d (ZeroPadding2D)",
                                "(None, 10, 10, 3)",
                                "cropping2d (Cropping2D)",
                                "(None, 8, 6, 3)",
                                "layer_normalization ",
                                "(LayerNormalization)",
                                "layer_normalization_1 ",
                                "global_average_pooling2d ",
                                "(GlobalAveragePooling2D)",
                                "leaky_re_lu (LeakyReLU)",
                                "elu (ELU)",
                                "dense (Dense)",
                                "(None, 4)",
                                "re_lu (ReLU)",
                                "dense_1 (Dense)",
                                "softmax (Softmax)"}) {
    CAPTURE(row);
    const std::size_t at = table.find(row);
    CHECK(at != std::string::npos);
    if (at != std::string::npos) table.erase(0, at);
  }
}

TEST_CASE("sizes for people, and words in lines") {
  const std::pair<Index, const char*> sizes[] = {{0, "0.00 B"},
                                                 {1, "1.00 B"},
                                                 {1023, "1023.00 B"},
                                                 {1024, "1.00 KB"},
                                                 {297988, "291.00 KB"},
                                                 {(1 << 20) - 1, "1024.00 KB"},
                                                 {1 << 20, "1.00 MB"},
                                                 {Index{1} << 30, "1.00 GB"},
                                                 {Index{1} << 40, "1.00 TB"},
                                                 {Index{1} << 50, "1024.00 TB"}};
  for (const auto& [bytes, words] : sizes) CHECK(engine::readable_size(bytes) == words);
  using Lines = std::vector<std::string>;
  CHECK(engine::wrapped("", 5) == Lines{""});
  CHECK(engine::wrapped("ab cd", 5) == Lines{"ab cd"});
  CHECK(engine::wrapped("ab cde", 5) == Lines{"ab", "cde"});
  CHECK(engine::wrapped("abcde f", 5) == Lines{"abcde", "f"});
  CHECK(engine::wrapped("abcdef g", 5) == Lines{"abcd…", "g"});
  CHECK(engine::wrapped("a bcdefg hi jk", 5) == Lines{"a", "bcde…", "hi jk"});
  CHECK(engine::wrapped("a b c", 1) == Lines{"a", "b", "c"});
  CHECK(engine::wrapped("a ", 5) == Lines{"a"});
  CHECK(engine::columns_of("abcd…") == 5);
  CHECK(engine::columns_of("abcd") == 4);
  CHECK(engine::repeat("━", 3) == "━━━");
  CHECK(engine::repeat("x", 0) == "");
}

TEST_CASE("the columns of tables of every width are those of Python's rich, which Keras prints with") {
  struct Widths {
    int columns;
    std::vector<std::size_t> chain, graph;
  };
  const Widths all[] = {{0, {15, 10, 7}, {9, 9, 4, 9}},        {40, {15, 10, 7}, {9, 9, 4, 9}},
                        {41, {15, 11, 7}, {10, 8, 5, 9}},      {50, {19, 14, 9}, {12, 11, 7, 11}},
                        {79, {32, 25, 14}, {21, 19, 11, 19}},  {80, {33, 24, 15}, {21, 19, 12, 19}},
                        {92, {38, 29, 17}, {25, 22, 14, 22}},  {93, {38, 29, 17}, {25, 22, 14, 23}},
                        {112, {38, 29, 17}, {31, 27, 17, 28}}, {200, {38, 29, 17}, {31, 27, 17, 28}}};
  const Sequential<Input<3>, Dense<2>> chain;
  const Sequential<Named<"x", Input<3>>, Dense<3>, Add<"x">> graph;
  const auto widths = [](const std::string& table) {  // of the first line behind the model's name: ┏━━━┳━━━┓
    std::vector<std::size_t> found;
    std::size_t at = table.find("┏") + 3, dashes = 0;
    for (; table[at] != '\n'; at += 3)
      if (table.compare(at, 3, "━") == 0)
        ++dashes;
      else
        found.push_back(std::exchange(dashes, 0));
    return found;
  };
  for (const Widths& expected : all) {
    CAPTURE(expected.columns);
    CHECK(widths(chain.summary({.columns = expected.columns})) == expected.chain);
    CHECK(widths(graph.summary({.columns = expected.columns})) == expected.graph);
  }
  CHECK(chain.summary() == chain.summary({.columns = 80, .show_input = true}));
  CHECK(chain.summary({.show_input = false}) == R"(Model: "sequential"
┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━┓
┃ Layer (type)                    ┃ Output Shape           ┃       Param # ┃
┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━┩
│ dense (Dense)                   │ (None, 2)              │             8 │
└─────────────────────────────────┴────────────────────────┴───────────────┘
 Total params: 8 (32.00 B)
 Trainable params: 8 (32.00 B)
 Non-trainable params: 0 (0.00 B)
)");
  CHECK(Sequential<Input<3>, Dense<2>>::in<double>().summary().find("Total params: 8 (64.00 B)") != std::string::npos);
}
