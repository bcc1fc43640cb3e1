/// The networks of the course (examples/*.cpp), and some that try what those do not, for the tests that hand models over to
/// Keras, PyTorch and ONNX.
#pragma once

#include <latent/latent.hpp>

namespace networks {
using namespace latent;

using MnistAutoencoder = Sequential<Sequential<Input<28, 28, 1>,
                                               Conv2D<16, 3, Same, ReLU>, MaxPooling2D<2, Same>,
                                               Conv2D<16, 3, Same, ReLU>, MaxPooling2D<2, Same>>,
                                    Sequential<Input<7, 7, 16>,
                                               Conv2D<16, 3, Same, ReLU>, UpSampling2D<2>,
                                               Conv2D<16, 3, Same, ReLU>, UpSampling2D<2>,
                                               Conv2D<1, 3, Same, Sigmoid>>>;
using TanhAutoencoder = Sequential<Input<28, 28, 1>,
                                   Conv2D<16, 3, Same, ReLU>, MaxPooling2D<2>,
                                   Conv2D<16, 3, Same, ReLU>, MaxPooling2D<2>,
                                   Conv2D<16, 3, Same, ReLU>, UpSampling2D<2>,
                                   Conv2D<16, 3, Same, ReLU>, UpSampling2D<2>,
                                   Conv2D<1, 3, Same, Tanh>>;
using ConvolutionDemo = Sequential<Sequential<Input<28, 28, 1>, Conv2D<16, 3, Same, ReLU>>,
                                   Sequential<Input<28, 28, 16>, MaxPooling2D<2, Same>,
                                              Conv2D<16, 3, Same, ReLU>, MaxPooling2D<2, Same>,
                                              Conv2D<16, 3, Same, ReLU>, UpSampling2D<2>,
                                              Conv2D<16, 3, Same, ReLU>, UpSampling2D<2>,
                                              Conv2D<1, 3, Same, Sigmoid>>>;
using DenoisingEncoder = Sequential<Named<"input", Input<28, 28, 1>>,
                                    Conv2D<32, 3, Same, ReLU>, MaxPooling2D<2, Same>,
                                    Conv2D<64, 3, Same, ReLU>, Named<"encoded", MaxPooling2D<2, Same>>>;
using DenoisingAutoencoder = Sequential<DenoisingEncoder,
                                        Sequential<Input<7, 7, 64>,
                                                   Conv2D<64, 3, Same, ReLU>, UpSampling2D<2>,
                                                   Conv2D<32, 3, Same, ReLU>, UpSampling2D<2>,
                                                   Named<"decoded", Conv2D<1, 3, Same, Sigmoid>>>>;
using DenoisingTranspose = Sequential<DenoisingEncoder,
                                      Sequential<Input<7, 7, 64>,
                                                 Conv2DTranspose<64, 3, Same, Strides<2>, ReLU>,
                                                 Conv2DTranspose<32, 3, Same, Strides<2>, ReLU>,
                                                 Named<"decoded", Conv2D<1, 3, Same, Sigmoid>>>>;
using LinearAutoencoder = Sequential<
    Sequential<Named<"input", Input<28, 28, 1>>, Flatten, Named<"encoded", Dense<64>>>,
    Sequential<Input<64>, Dense<784, Sigmoid>, Named<"decoded", Reshape<28, 28, 1>>>>;
using OnePooling = Sequential<Input<28, 28, 1>,
                              Conv2D<8, 3, Same, ReLU>, MaxPooling2D<2>,
                              Conv2D<8, 3, Same, ReLU>, UpSampling2D<2>,
                              Conv2D<1, 3, Same, Sigmoid>>;
using NoPooling = Sequential<Input<28, 28, 1>, Conv2D<16, 3, Same, ReLU>, Conv2D<16, 3, Same, ReLU>,
                             Conv2D<1, 3, Same, Sigmoid>>;
using Classifier = Sequential<Input<28, 28, 1>,
                              Conv2D<16, 3, Same, ReLU>, MaxPooling2D<2>,
                              Conv2D<16, 3, Same, ReLU>, MaxPooling2D<2>,
                              Flatten, Dense<10, Softmax>>;
using Shallow = Sequential<Sequential<Input<784>, Dense<32, ReLU>>, Sequential<Input<32>, Dense<784, Sigmoid>>>;
using Sparse = Sequential<Sequential<Input<784>, Dense<32, ReLU, ActivityRegularizer<L1<1e-3>>>>,
                          Sequential<Input<32>, Dense<784, Sigmoid>>>;
using Deep = Sequential<Sequential<Input<784>, Dense<128, ReLU>, Dense<64, ReLU>, Dense<32, ReLU>>,
                        Sequential<Input<32>, Dense<64, ReLU>, Dense<128, ReLU>, Dense<784, Sigmoid>>>;
using Devanagari = Sequential<Input<32, 32, 1>,
                              Conv2D<32, 3, Same, ReLU>, MaxPooling2D<2, Same>,
                              Conv2D<64, 3, Same, ReLU>, MaxPooling2D<2, Same>,
                              Conv2D<64, 3, Same, ReLU>, UpSampling2D<2>,
                              Conv2D<32, 3, Same, ReLU>, UpSampling2D<2>,
                              Conv2D<1, 3, Same, Sigmoid>>;
using GaussianDenoising = Sequential<Input<28, 28, 1>,
                                     Conv2D<32, 3, Same, ReLU>, MaxPooling2D<2, Same>,
                                     Conv2D<32, 3, Same, ReLU>, MaxPooling2D<2, Same>,
                                     Conv2D<32, 3, Same, ReLU>, UpSampling2D<2>,
                                     Conv2D<32, 3, Same, ReLU>, UpSampling2D<2>,
                                     Conv2D<1, 3, Same, Sigmoid>>;
using DocumentCleaner = Sequential<Input<32, 32, 1>,
                                   Conv2D<32, 3, Same, ReLU>, Conv2D<64, 3, Same, ReLU>, MaxPooling2D<2>,
                                   Conv2D<64, 3, Same, ReLU>, Conv2D<64, 3, Same, ReLU>, UpSampling2D<2>,
                                   Conv2D<32, 3, Same, ReLU>, Conv2D<1, 3, Same, Sigmoid>>;
using UNet = Sequential<Input<28, 28, 1>,
                        Conv2D<16, 3, Same, ReLU>, Named<"fine", Conv2D<16, 3, Same, ReLU>>, MaxPooling2D<2>,
                        Conv2D<32, 3, Same, ReLU>, Named<"coarse", Conv2D<32, 3, Same, ReLU>>, MaxPooling2D<2>,
                        Conv2D<64, 3, Same, ReLU>, Conv2D<32, 3, Same, ReLU>,
                        UpSampling2D<2>, Concatenate<"coarse">, Conv2D<32, 3, Same, ReLU>,
                        UpSampling2D<2>, Concatenate<"fine">, Conv2D<16, 3, Same, ReLU>, Conv2D<1, 3, Same, Sigmoid>>;
using ValidAutoencoder = Sequential<Sequential<Input<28, 28, 1>,
                                               Conv2D<16, 3, Same, ReLU>, MaxPooling2D<2, Same>,
                                               Conv2D<8, 3, Same, ReLU>, MaxPooling2D<2, Same>,
                                               Conv2D<8, 3, Same, ReLU>, MaxPooling2D<2, Same>>,
                                    Sequential<Input<4, 4, 8>,
                                               Conv2D<8, 3, Same, ReLU>, UpSampling2D<2>,
                                               Conv2D<8, 3, Same, ReLU>, UpSampling2D<2>,
                                               Conv2D<16, 3, Valid, ReLU>, UpSampling2D<2>,
                                               Conv2D<1, 3, Same, Sigmoid>>>;
template <Index size, Index hidden>
using DenseVae = Sequential<Sequential<Input<784>, Named<"h", Dense<hidden, ReLU>>,
                                       Named<"z_mean", Dense<size>>, From<"h">, Named<"z_log_var", Dense<size>>>,
                            Sampling<>, Sequential<Input<size>, Dense<hidden, ReLU>, Dense<784, Sigmoid>>>;
using VaeEncoder = Sequential<Input<28, 28, 1>,
                              Conv2D<32, 3, Same, Strides<2>, ReLU>, Conv2D<64, 3, Same, Strides<2>, ReLU>,
                              Flatten, Named<"h", Dense<16, ReLU>>,
                              Named<"z_mean", Dense<2>>, From<"h">, Named<"z_log_var", Dense<2>>>;
using VaeDecoder = Sequential<Input<2>,
                              Dense<7 * 7 * 64, ReLU>, Reshape<7, 7, 64>,
                              Conv2DTranspose<64, 3, Same, Strides<2>, ReLU>,
                              Conv2DTranspose<32, 3, Same, Strides<2>, ReLU>,
                              Conv2DTranspose<1, 3, Same, Sigmoid>>;
using Vae = Sequential<VaeEncoder, Sampling<>, VaeDecoder>;
using ConditionalVae = Sequential<
    Sequential<Named<"image", Input<784>>, Named<"label", Input<10>>,
               From<"image">, Concatenate<"label">, Named<"h", Dense<512, ReLU>>,
               Named<"z_mean", Dense<2>>, From<"h">, Named<"z_log_var", Dense<2>>>,
    Sampling<>,
    Sequential<Named<"z", Input<2>>, Named<"label", Input<10>>,
               From<"z">, Concatenate<"label">, Dense<512, ReLU>, Dense<784, Sigmoid>>>;

/// Calls visit.template operator()<Network>(name) for all networks of the course.
template <class Visit>
void for_course(const Visit& visit) {
  visit.template operator()<MnistAutoencoder>("mnist_autoencoder");
  visit.template operator()<TanhAutoencoder>("tanh_autoencoder");
  visit.template operator()<ConvolutionDemo>("convolution_demo");
  visit.template operator()<DenoisingAutoencoder>("denoising_autoencoder");
  visit.template operator()<DenoisingTranspose>("denoising_transpose");
  visit.template operator()<LinearAutoencoder>("linear_autoencoder");
  visit.template operator()<OnePooling>("one_pooling");
  visit.template operator()<NoPooling>("no_pooling");
  visit.template operator()<Classifier>("classifier");
  visit.template operator()<Shallow>("shallow");
  visit.template operator()<Sparse>("sparse");
  visit.template operator()<Deep>("deep");
  visit.template operator()<Devanagari>("devanagari");
  visit.template operator()<GaussianDenoising>("gaussian_denoising");
  visit.template operator()<DocumentCleaner>("document_cleaner");
  visit.template operator()<UNet>("unet");
  visit.template operator()<ValidAutoencoder>("valid_autoencoder");
  visit.template operator()<DenseVae<2, 256>>("digit_augmentation");
  visit.template operator()<DenseVae<16, 512>>("latent_arithmetic");
  visit.template operator()<Vae>("variational_autoencoder");
  visit.template operator()<VaeEncoder>("encoder_of_two_outputs");
  visit.template operator()<ConditionalVae>("conditional_vae");
}

// ---- small ones, of all layers and options

using Convolutions = Sequential<Input<9, 8, 4>,
                                Conv2D<6, Size{3, 2}, Same, Strides<2, 1>, LeakyReLU<0.1>, KernelInitializer<HeNormal>>,
                                Conv2D<4, 3, Same, Dilation<2>, Groups<2>, NoBias, KernelRegularizer<L2<0.01>>>,
                                BatchNormalization<Momentum<0.9>, Epsilon<1e-5>>, ReLU,
                                DepthwiseConv2D<3, Same, DepthMultiplier<2>, ReLU6>, GroupNormalization<4>,
                                SeparableConv2D<6, 3, Same, Strides<2>, ELU<>>, PReLU<SharedAxes<1, 2>>,
                                Conv2DTranspose<3, 3, Same, Strides<2>, SiLU>, LayerNormalization<Axes<1, 2, 3>>,
                                Conv2DTranspose<5, Size{2, 3}, Strides<2>, OutputPadding<1>, GELU>,
                                AveragePooling2D<2, Same, Strides<1>>, ZeroPadding2D<Border{1, 2, 0, 1}>,
                                Cropping2D<Size{1, 0}>, UpSampling2D<Size{2, 1}, Bilinear>, MaxPooling2D<3, Strides<2>, Same>,
                                Dropout<0.5>, SpatialDropout2D<0.25>, GaussianNoise<0.1>, Permute<2, 1, 3>,
                                GlobalMaxPooling2D<KeepDims>, Flatten, Dense<4, ApproximateGELU>, LayerNormalization<NoScale>,
                                ELU<0.5>, LeakyReLU<>, ReLUWith<MaxValue<2>, NegativeSlope<0.25>, Threshold<0.5>>,
                                Activation<Softplus>, ActivityRegularization<0.01, 0.02>, PReLU<>, Dense<3>, Softmax>;
using Sequences = Sequential<Input<12, 3>, Conv1D<4, 3, Causal, Dilation<2>, HardSigmoid>, MaxPooling1D<2>, UpSampling1D<3>,
                             Conv1D<4, 4, Causal, Strides<2>>, Conv1D<6, 2, Groups<2>, Strides<2>, Same, Softsign>, LayerNormalization<>, Dense<2, SELU>,
                             BatchNormalization<NoCenter, NoScale>, Activation<Exponential>, Flatten, Dense<6, LeakyReLU<>>,
                             Reshape<3, 2>>;
using Enlarged = Sequential<Input<12, 3>, Rescaling<1 / 127.5, -1>, Conv1D<4, 7, Same, Strides<2>, ReLU>, SpatialDropout1D<0.2>,
                            Conv1DTranspose<5, 7, Same, Strides<2>, Tanh, KernelRegularizer<L2<0.01>>>, Cropping1D<1, 2>,
                            Conv1DTranspose<3, 4, Strides<2>, OutputPadding<1>, NoBias>, ZeroPadding1D<2>,
                            AveragePooling1D<3, Same, Strides<2>>, Conv1DTranspose<4, 2, Strides<3>>, AveragePooling1D<2>,
                            GlobalMaxPooling1D<KeepDims>, ZeroPadding1D<0, 1>, GlobalAveragePooling1D<>>;
/// Called twice, two Inputs and two outputs, joins of all kinds, tied weights.
using Branches = Sequential<Named<"left", Input<6, 6, 2>>, Named<"eye", Conv2D<4, 3, Same, GELU>>, Named<"right", Input<6, 6, 2>>,
                            Named<"seen", Again<"eye">>, Subtract<"eye">, Named<"difference", Activation<Tanh>>,
                            Add<"eye", "seen">, Multiply<"difference">, Maximum<"eye">, Minimum<"seen">, Average<"difference">,
                            Concatenate<"eye", Axis{1}>, Named<"image", MaxPooling2D<2>>, GlobalAveragePooling2D<>,
                            Named<"code", Dense<3, Sigmoid>>, Outputs<"code", "image">>;
using Tied = Sequential<Input<6>, Named<"code", Dense<4, ReLU>>, DenseTranspose<"code", Sigmoid>>;

template <class Visit>
void for_small(const Visit& visit) {
  visit.template operator()<Convolutions>("convolutions");
  visit.template operator()<Sequences>("sequences");
  visit.template operator()<Enlarged>("enlarged");
  visit.template operator()<Branches>("branches");
  visit.template operator()<Tied>("tied");
}

}  // namespace networks
