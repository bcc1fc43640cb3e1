#include "random_batch.hpp"

using namespace latent;

TEST_CASE("Rescaling: gradients, alone and between layers with borders") {
  expect_right_gradients<Input<5>, Rescaling<-0.5, 2>>();
  expect_right_gradients<Input<3, 17>, Rescaling<3>>();
  expect_right_gradients<Input<4, 3, 2>, Rescaling<0.5, -1>, Conv2D<3, 3, Same, Tanh>, Rescaling<2, 0.25>,
                         Conv2D<2, 3, Same>>();
}

TEST_CASE("Rescaling: pictures of 0..255 as values of -1..1") {
  const Sequential<Input<3>, Rescaling<1 / 127.5, -1>> model;
  Tensor<2> x(1, 3);
  x.setValues({{0, 127.5f, 255}});
  const auto y = model.predict(x);
  for (Index i = 0; i < 3; ++i) CHECK(std::abs(y(0, i) - static_cast<float>(i - 1)) <= 2e-7f);  // 1 / 127.5 is rounded
  CHECK(model.summary().find("rescaling (Rescaling)") != std::string::npos);
}
