// sentence: a_layer_before_that_has_the_name
// names: NoSuchName<LayerNumber<4>, Concatenate<
#include <latent/latent.hpp>

using namespace latent;

using UNet = Sequential<Input<8, 8, 1>, Named<"fine", Conv2D<4, 3, Same>>, MaxPooling2D<2>, UpSampling2D<2>, Concatenate<"fien">>;

int main() {
  UNet model;
  const auto y = model.predict(Tensor<4>(2, 8, 8, 1));
}
