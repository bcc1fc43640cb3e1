#include "random_batch.hpp"

using namespace latent;

TEST_CASE("ZeroPadding2D and Cropping2D: gradients") {
  expect_right_gradients<Input<3, 2, 3>, ZeroPadding2D<>>();
  expect_right_gradients<Input<3, 2, 3>, ZeroPadding2D<Size{2, 0}>>();
  expect_right_gradients<Input<3, 2, 17>, ZeroPadding2D<Border{.bottom = 1, .left = 2}>>();
  expect_right_gradients<Input<3, 4, 3>, Cropping2D<1>>();
  expect_right_gradients<Input<5, 2, 3>, Cropping2D<Size{2, 0}>>();
  expect_right_gradients<Input<5, 2, 2>, Cropping2D<Border{.bottom = 1, .left = 1}>>();
  expect_right_gradients<Input<4, 3, 2>, Conv2D<3, 3, Same, Sigmoid>, ZeroPadding2D<Size{1, 2}>,
                         Conv2D<2, 3, Same, Tanh>, Cropping2D<Border{.top = 1, .right = 3}>, Conv2D<1, 3, Same>>();
}

TEST_CASE("Cropping2D takes off what ZeroPadding2D put on") {
  constexpr Border sides{.top = 1, .bottom = 0, .left = 2, .right = 3};
  const Sequential<Input<3, 4, 2>, ZeroPadding2D<sides>, Cropping2D<sides>> model;
  const auto x = random_batch<decltype(model)>(2);
  const auto y = model.predict(x);
  CHECK(std::equal(x.data(), x.data() + x.size(), y.data()));
}

TEST_CASE("UpSampling2D, bilinear: gradients") {
  expect_right_gradients<Input<3, 2, 3>, UpSampling2D<2, Bilinear>>();
  expect_right_gradients<Input<2, 3, 17>, UpSampling2D<Size{3, 1}, Bilinear>>();
  expect_right_gradients<Input<1, 4, 2>, UpSampling2D<Size{4, 5}, Bilinear>>();
  expect_right_gradients<Input<3, 3, 1>, Conv2D<2, 3, Same, Sigmoid>, UpSampling2D<2, Bilinear>, Conv2D<3, 3, Same>>();
}

TEST_CASE("UpSampling2D, bilinear: in thirds and quarters between the centres, constant beyond the outermost") {
  Tensor<4, double> x(1, 1, 2, 1);
  x.setValues({{{{0}, {12}}}});
  const auto values = [](const Tensor<4, double>& y) { return std::vector<double>(y.data(), y.data() + y.size()); };
  const Model<double, Input<1, 2, 1>, UpSampling2D<Size{1, 2}, Bilinear>> twice;
  CHECK(values(twice.predict(x)) == std::vector<double>{0, 3, 9, 12});
  const Model<double, Input<1, 2, 1>, UpSampling2D<Size{1, 4}, Bilinear>> four_times;
  CHECK(values(four_times.predict(x)) == std::vector<double>{0, 0, 1.5, 4.5, 7.5, 10.5, 12, 12});
}

TEST_CASE("names and shapes as in Keras") {
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
