/// Dense(32) and Strides(2) are Python. For each template that is written in a model, a deduction guide that takes any arguments in
/// parentheses, and stops the compilation with a sentence that says what to write.
#pragma once

#include "latent/layers/activation.hpp"
#include "latent/layers/activity_regularization.hpp"
#include "latent/layers/add.hpp"
#include "latent/layers/average.hpp"
#include "latent/layers/average_pooling1d.hpp"
#include "latent/layers/average_pooling2d.hpp"
#include "latent/layers/batch_normalization.hpp"
#include "latent/layers/concatenate.hpp"
#include "latent/layers/conv1d.hpp"
#include "latent/layers/conv1d_transpose.hpp"
#include "latent/layers/conv2d.hpp"
#include "latent/layers/conv2d_transpose.hpp"
#include "latent/layers/cropping1d.hpp"
#include "latent/layers/cropping2d.hpp"
#include "latent/layers/dense.hpp"
#include "latent/layers/dense_transpose.hpp"
#include "latent/layers/depthwise_conv2d.hpp"
#include "latent/layers/dropout.hpp"
#include "latent/layers/gaussian_noise.hpp"
#include "latent/layers/global_average_pooling1d.hpp"
#include "latent/layers/global_average_pooling2d.hpp"
#include "latent/layers/global_max_pooling1d.hpp"
#include "latent/layers/global_max_pooling2d.hpp"
#include "latent/layers/group_normalization.hpp"
#include "latent/layers/layer_normalization.hpp"
#include "latent/layers/max_pooling1d.hpp"
#include "latent/layers/max_pooling2d.hpp"
#include "latent/layers/maximum.hpp"
#include "latent/layers/minimum.hpp"
#include "latent/layers/multiply.hpp"
#include "latent/layers/p_re_lu.hpp"
#include "latent/layers/permute.hpp"
#include "latent/layers/rescaling.hpp"
#include "latent/layers/reshape.hpp"
#include "latent/layers/sampling.hpp"
#include "latent/layers/separable_conv2d.hpp"
#include "latent/layers/spatial_dropout1d.hpp"
#include "latent/layers/spatial_dropout2d.hpp"
#include "latent/layers/subtract.hpp"
#include "latent/layers/up_sampling1d.hpp"
#include "latent/layers/up_sampling2d.hpp"
#include "latent/layers/zero_padding1d.hpp"
#include "latent/layers/zero_padding2d.hpp"
#include "latent/models/graph.hpp"

namespace latent {

/// @cond
namespace detail {
template <class...>
inline constexpr bool in_angle_brackets = false;
}  // namespace detail

/// Of a template an example to write, and arguments that it can be made with, for the compiler to go on.
#define LATENT_IN_ANGLE_BRACKETS(Template, example, ...)                                                       \
  namespace detail {                                                                                           \
  template <class... Given>                                                                                    \
  struct Template##InParentheses {                                                                             \
    static_assert(in_angle_brackets<Given...>,                                                                 \
                  "latent: write " example ": sizes and options stand in angle brackets, not in parentheses"); \
  };                                                                                                           \
  }                                                                                                            \
  template <class... Given>                                                                                    \
    requires(sizeof(detail::Template##InParentheses<Given...>) > 0)                                            \
  Template(Given...) -> Template<__VA_ARGS__>;

// layers
LATENT_IN_ANGLE_BRACKETS(Input, "Input<28, 28, 1> or Input<784>", 1)
LATENT_IN_ANGLE_BRACKETS(Dense, "Dense<32> or Dense<32, ReLU>", 1)
LATENT_IN_ANGLE_BRACKETS(DenseTranspose, "DenseTranspose<\"code\">", "code")
LATENT_IN_ANGLE_BRACKETS(Conv1D, "Conv1D<32, 3> or Conv1D<32, 3, Same, ReLU>", 1, 1)
LATENT_IN_ANGLE_BRACKETS(Conv1DTranspose, "Conv1DTranspose<32, 3> or Conv1DTranspose<32, 3, Same, Strides<2>>", 1, 1)
LATENT_IN_ANGLE_BRACKETS(Conv2D, "Conv2D<32, 3> or Conv2D<32, 3, Same, ReLU>", 1, 1)
LATENT_IN_ANGLE_BRACKETS(Conv2DTranspose, "Conv2DTranspose<32, 3> or Conv2DTranspose<32, 3, Same, Strides<2>>", 1, 1)
LATENT_IN_ANGLE_BRACKETS(DepthwiseConv2D, "DepthwiseConv2D<3> or DepthwiseConv2D<3, Same>", 1)
LATENT_IN_ANGLE_BRACKETS(SeparableConv2D, "SeparableConv2D<32, 3> or SeparableConv2D<32, 3, Same, ReLU>", 1, 1)
LATENT_IN_ANGLE_BRACKETS(MaxPooling1D, "MaxPooling1D<2>", 1)
LATENT_IN_ANGLE_BRACKETS(MaxPooling2D, "MaxPooling2D<2> or MaxPooling2D<Size{2, 3}>", 1)
LATENT_IN_ANGLE_BRACKETS(AveragePooling1D, "AveragePooling1D<2>", 1)
LATENT_IN_ANGLE_BRACKETS(AveragePooling2D, "AveragePooling2D<2> or AveragePooling2D<Size{2, 3}>", 1)
LATENT_IN_ANGLE_BRACKETS(GlobalAveragePooling1D, "GlobalAveragePooling1D<>")
LATENT_IN_ANGLE_BRACKETS(GlobalAveragePooling2D, "GlobalAveragePooling2D<>")
LATENT_IN_ANGLE_BRACKETS(GlobalMaxPooling1D, "GlobalMaxPooling1D<>")
LATENT_IN_ANGLE_BRACKETS(GlobalMaxPooling2D, "GlobalMaxPooling2D<>")
LATENT_IN_ANGLE_BRACKETS(UpSampling1D, "UpSampling1D<2>", 1)
LATENT_IN_ANGLE_BRACKETS(UpSampling2D, "UpSampling2D<2> or UpSampling2D<2, Bilinear>", 1)
LATENT_IN_ANGLE_BRACKETS(ZeroPadding1D, "ZeroPadding1D<1> or ZeroPadding1D<1, 2>", 1)
LATENT_IN_ANGLE_BRACKETS(ZeroPadding2D, "ZeroPadding2D<1> or ZeroPadding2D<Size{1, 2}>", 1)
LATENT_IN_ANGLE_BRACKETS(Cropping1D, "Cropping1D<1> or Cropping1D<1, 2>", 1)
LATENT_IN_ANGLE_BRACKETS(Cropping2D, "Cropping2D<1> or Cropping2D<Size{1, 2}>", 1)
LATENT_IN_ANGLE_BRACKETS(BatchNormalization, "BatchNormalization<> or BatchNormalization<Momentum<0.9>>")
LATENT_IN_ANGLE_BRACKETS(LayerNormalization, "LayerNormalization<> or LayerNormalization<Epsilon<1e-5>>")
LATENT_IN_ANGLE_BRACKETS(GroupNormalization, "GroupNormalization<32>", 1)
LATENT_IN_ANGLE_BRACKETS(Dropout, "Dropout<0.5>", 0.5)
LATENT_IN_ANGLE_BRACKETS(SpatialDropout1D, "SpatialDropout1D<0.5>", 0.5)
LATENT_IN_ANGLE_BRACKETS(SpatialDropout2D, "SpatialDropout2D<0.5>", 0.5)
LATENT_IN_ANGLE_BRACKETS(GaussianNoise, "GaussianNoise<0.1>", 0.1)
LATENT_IN_ANGLE_BRACKETS(ActivityRegularization, "ActivityRegularization<1e-5>", 0.0)
LATENT_IN_ANGLE_BRACKETS(Rescaling, "Rescaling<1 / 255.0>", 1)
LATENT_IN_ANGLE_BRACKETS(Reshape, "Reshape<7, 7, 64>", 1)
LATENT_IN_ANGLE_BRACKETS(Permute, "Permute<2, 1, 3>", 1)
LATENT_IN_ANGLE_BRACKETS(Sampling, "Sampling<> or Sampling<Beta<4>>")
LATENT_IN_ANGLE_BRACKETS(Activation, "Activation<ReLU>", ReLU)
LATENT_IN_ANGLE_BRACKETS(LeakyReLU, "LeakyReLU<0.2>", 0.2)
LATENT_IN_ANGLE_BRACKETS(ELU, "ELU<> or ELU<1.0>", 1)
LATENT_IN_ANGLE_BRACKETS(PReLU, "PReLU<> or PReLU<SharedAxes<1, 2>>")
LATENT_IN_ANGLE_BRACKETS(ReLUWith, "ReLUWith<MaxValue<6>>")

// graphs
LATENT_IN_ANGLE_BRACKETS(Named, "Named<\"code\", Dense<32>>", "code", ReLU)
LATENT_IN_ANGLE_BRACKETS(From, "From<\"code\">", "code")
LATENT_IN_ANGLE_BRACKETS(Again, "Again<\"code\">", "code")
LATENT_IN_ANGLE_BRACKETS(Outputs, "Outputs<\"digit\", \"image\">", "code")
LATENT_IN_ANGLE_BRACKETS(Add, "Add<\"fine\">", "code")
LATENT_IN_ANGLE_BRACKETS(Subtract, "Subtract<\"fine\">", "code")
LATENT_IN_ANGLE_BRACKETS(Multiply, "Multiply<\"fine\">", "code")
LATENT_IN_ANGLE_BRACKETS(Average, "Average<\"fine\">", "code")
LATENT_IN_ANGLE_BRACKETS(Maximum, "Maximum<\"fine\">", "code")
LATENT_IN_ANGLE_BRACKETS(Minimum, "Minimum<\"fine\">", "code")
LATENT_IN_ANGLE_BRACKETS(Concatenate, "Concatenate<\"fine\">", "code")

// options
LATENT_IN_ANGLE_BRACKETS(Strides, "Strides<2> or Strides<2, 1>", 1)
LATENT_IN_ANGLE_BRACKETS(Dilation, "Dilation<2> or Dilation<2, 1>", 1)
LATENT_IN_ANGLE_BRACKETS(OutputPadding, "OutputPadding<1>", 1)
LATENT_IN_ANGLE_BRACKETS(Groups, "Groups<2>", 1)
LATENT_IN_ANGLE_BRACKETS(DepthMultiplier, "DepthMultiplier<2>", 1)
LATENT_IN_ANGLE_BRACKETS(Epsilon, "Epsilon<1e-3>", 1)
LATENT_IN_ANGLE_BRACKETS(Momentum, "Momentum<0.9>", 0.0)
LATENT_IN_ANGLE_BRACKETS(Axes, "Axes<-1>", 1)
LATENT_IN_ANGLE_BRACKETS(SharedAxes, "SharedAxes<1, 2>", 1)
LATENT_IN_ANGLE_BRACKETS(Beta, "Beta<4>", 1)
LATENT_IN_ANGLE_BRACKETS(MaxValue, "MaxValue<6>", 1)
LATENT_IN_ANGLE_BRACKETS(NegativeSlope, "NegativeSlope<0.1>", 0.0)
LATENT_IN_ANGLE_BRACKETS(Threshold, "Threshold<0.5>", 0.0)
LATENT_IN_ANGLE_BRACKETS(L1, "L1<1e-5>", 1e-5)
LATENT_IN_ANGLE_BRACKETS(L2, "L2<1e-4>", 1e-4)
LATENT_IN_ANGLE_BRACKETS(L1L2, "L1L2<1e-5, 1e-4>", 0.0, 0.0)
LATENT_IN_ANGLE_BRACKETS(KernelRegularizer, "KernelRegularizer<L2<1e-4>>", L2<0.0>)
LATENT_IN_ANGLE_BRACKETS(BiasRegularizer, "BiasRegularizer<L2<1e-4>>", L2<0.0>)
LATENT_IN_ANGLE_BRACKETS(ActivityRegularizer, "ActivityRegularizer<L1<1e-5>>", L2<0.0>)
LATENT_IN_ANGLE_BRACKETS(Constant, "Constant<0.1>", 1)
LATENT_IN_ANGLE_BRACKETS(KernelInitializer, "KernelInitializer<HeNormal>", Zeros)
LATENT_IN_ANGLE_BRACKETS(BiasInitializer, "BiasInitializer<Ones>", Zeros)

#undef LATENT_IN_ANGLE_BRACKETS
/// @endcond

}  // namespace latent
