/// oneDNN (https://github.com/oneapi-src/oneDNN) as a rung of its own, if it was found when this was built.
#pragma once

#include <functional>
#include <latent/kernels/convolution.hpp>

/// "2.6.3", or null if it is not built in.
const char* onednn_version();

/// Its algorithms are asked for by name: left to itself (convolution_auto) oneDNN 2.6 takes Winograd's for some shapes
/// on which its direct one is ten times as fast.
enum class OneDNN { direct, winograd };

/// Whether oneDNN has the algorithm for a pass (0 forward, 1 input gradient, 2 weight gradient) of the convolution.
bool onednn_supports(const latent::kernels::Convolution& c, int pass, latent::Index images, OneDNN algorithm);

/// A function that runs the pass in float, on memory in the layouts that oneDNN likes best; bringing it there is not part of
/// the function.
std::function<void()> onednn_convolution(const latent::kernels::Convolution& c, int pass, latent::Index images,
                                         OneDNN algorithm, int threads);
