#include YOURS

#include "../support/alone.hpp"
#include "../support/main.hpp"
#include "keras.hpp"
#include "latent/layers/conv2d_transpose.hpp"
#include "latent/layers/up_sampling2d.hpp"

using namespace marks;
using latent::Same;
using latent::Shape;
using latent::Strides;
using latent::Valid;

namespace {

struct Yours {
  LoneLayer up_keras, up_3, by_hand, keras, several, valid, apart;
};

/// Forward without a bias.
std::vector<Suspect> of_the_bias(const LayerChecks& checks) {
  Batch without = checks.batch;
  for (double& b : without.parameters[1]) b = 0;
  return {{"the bias is missing", checks.right.forward(without)}};
}

void mark(Sheet& sheet, const Yours& yours) {
  namespace u = keras::up_sampling2d_2x3x4x1_up2x2_nearest;
  namespace t = keras::conv2d_transpose_2x4x4x1_f1_k2x2_s2x2_same_bias1;
  const LayerChecks up_keras{yours.up_keras, latents<latent::UpSampling2D<2>, Shape<3, 4, 1>>(),
                             Batch{2, u::x, {}, u::dy, u::y}, "Keras"},
      up_3{yours.up_3, latents<latent::UpSampling2D<3>, Shape<2, 3, 2>>(), 2, 1};
  // The mean where the sum belongs shows as a factor; a copy left out does not.
  Batch one_copy = up_keras.batch;
  for (std::size_t i = 0; i < one_copy.dz.size(); ++i)
    if (i / 8 % 2 != 0 || i % 2 != 0) one_copy.dz[i] = 0;
  sheet.property("up-sampling, forward", 1, {up_keras.forward(), up_3.forward()});
  sheet.property(
      "up-sampling, gradient", 2,
      {up_keras.input_gradient({{"only the first copy of each pixel counts: the sum over the copies is missing",
                                 up_keras.right.input_gradient(one_copy)}}),
       up_3.input_gradient()});

  std::vector<double> two_of_25(25, 0.0);
  two_of_25[0] = 1, two_of_25[12] = 3;
  const LayerChecks by_hand{yours.by_hand, latents<latent::Conv2DTranspose<1, 3, Strides<2>>, Shape<2, 2, 1>>(),
                            Batch{1, {1, 2, 0, -1}, {{1, 2, 1, 2, 4, 2, 1, 2, 1}, {0}}, two_of_25, {}},
                            "the example in README.md"},
      of_keras{yours.keras, latents<latent::Conv2DTranspose<1, 2, Same, Strides<2>>, Shape<4, 4, 1>>(),
               Batch{2, t::x, {t::kernel, t::bias}, t::dy, t::y}, "Keras"},
      several{yours.several, latents<latent::Conv2DTranspose<3, 3, Same, Strides<2>>, Shape<3, 4, 2>>(), 2, 2},
      valid{yours.valid, latents<latent::Conv2DTranspose<2, 3, Strides<2>>, Shape<3, 3, 3>>(), 2, 3},
      apart{yours.apart, latents<latent::Conv2DTranspose<2, 2, Strides<3>>, Shape<2, 3, 2>>(), 2, 4};
  const auto forward = [](const LayerChecks& c) { return c.forward(of_the_bias(c)); };
  sheet.property("transposed, forward, valid", 2, {forward(by_hand), forward(valid), forward(apart)});
  sheet.property("transposed, forward, same", 1, {forward(of_keras), forward(several)});
  sheet.property("transposed, gradient of the bias", 1,
                 {of_keras.weight_gradient(1), several.weight_gradient(1), apart.weight_gradient(1)});
  sheet.property(
      "transposed, gradient of the kernel", 2,
      {by_hand.weight_gradient(0), of_keras.weight_gradient(0), several.weight_gradient(0), valid.weight_gradient(0)});
  sheet.property(
      "transposed, gradient of the input", 1,
      {by_hand.input_gradient(), of_keras.input_gradient(), several.input_gradient(), valid.input_gradient()});
}

template <template <Index> class Up, template <Index, Index, Index, class> class Transposed>
Yours all() {
  return {lone<Up<2>, Shape<3, 4, 1>>(),
          lone<Up<3>, Shape<2, 3, 2>>(),
          lone<Transposed<1, 3, 2, Valid>, Shape<2, 2, 1>>(),
          lone<Transposed<1, 2, 2, Same>, Shape<4, 4, 1>>(),
          lone<Transposed<3, 3, 2, Same>, Shape<3, 4, 2>>(),
          lone<Transposed<2, 3, 2, Valid>, Shape<3, 3, 3>>(),
          lone<Transposed<2, 2, 3, Valid>, Shape<2, 3, 2>>()};
}

}  // namespace

#define MARKS_OF(yours) [](Sheet& sheet) { mark(sheet, all<yours::UpSampling2D, yours::Conv2DTranspose>()); }
#include "../support/main.inc"
