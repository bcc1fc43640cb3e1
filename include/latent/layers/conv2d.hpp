/// Conv2D<filters, kernel_size, options...>: two-dimensional convolution (correlation, as in Keras).
///
///     y[o][p][f] = activation(bias[f] + sum_{a, b, c} x[o s + a d - before][p s + b d - before][c] * kernel[a][b][c][f])
///
/// (s strides, d dilation). Options, in any order: Same | Valid (default), Strides<2>, Dilation<2>, Groups<2>, an
/// activation (default Linear), NoBias, KernelInitializer<...>, BiasInitializer<...>, regularizers
/// (layers/regularizers.hpp), and Kernel<...>, the rung of the convolution ladder that computes it (kernels/conv2d.hpp
/// chooses). With Groups<g> the sum goes over channels / g channels: filter f sees those of group f / (filters / g).
/// Input shape (height, width, channels); output shape (new height, new width, filters).
/// kernel (kernel height, kernel width, channels / groups, filters), Glorot uniform; bias (filters), zeros.
/// https://keras.io/api/layers/convolution_layers/convolution2d/
#pragma once

#include "latent/kernels/conv2d.hpp"
#include "latent/kernels/conv2d_grouped.hpp"
#include "latent/kernels/elementwise.hpp"
#include "latent/layers/layer.hpp"

namespace latent {

struct GroupsKind;

/// A convolution in groups, each from its share of the channels to its share of the filters: `Groups<2>`.
template <Index number>
struct Groups {
  using kind = GroupsKind;
  static constexpr Index groups = number;
};

template <Index filters, Size kernel_size, class... Options>
struct Conv2D {
  static constexpr const char* class_name = "Conv2D";
  static constexpr const char* default_name = "conv2d";
  static constexpr Padding padding =
      is_among<Causal, Options...> ? Padding::causal : OptionOf<Valid, Options...>::padding;
  static constexpr Size stride = OptionOf<Strides<1>, Options...>::stride;
  static constexpr Size dilation = OptionOf<Dilation<1>, Options...>::dilation;
  static constexpr Index groups = OptionOf<Groups<1>, Options...>::groups;
  static constexpr bool use_bias = !is_among<NoBias, Options...>;
  using activation = OptionOf<Linear, Options...>;
  static constexpr Penalty activity_penalty = OptionOf<ActivityRegularizer<L2<0.0>>, Options...>::penalty;
  /// Whether the filters are a multiple of the groups.
  static constexpr bool are_groups = groups >= 1 && filters % std::max<Index>(groups, 1) == 0;
  /// Rows that the kernel spans, dilation included.
  static constexpr Index window_height = (kernel_size.height - 1) * dilation.height + 1;
  /// Columns that the kernel spans, dilation included.
  static constexpr Index window_width = (kernel_size.width - 1) * dilation.width + 1;

  template <class S>
  using complaint =
      FirstOf<Unless<filters >= 1 && at_least_1(kernel_size) && at_least_1(stride) && at_least_1(dilation) &&
                         are_groups,
                     AlreadyReported>,
              Unless<S::rank == 3, Expects<an_image_of_height_width_channels>>,
              Unless<padding != Padding::valid || (S::height >= window_height && S::width >= window_width),
                     Expects<an_input_at_least_as_large_as_its_window>>,
              Unless<S::channels % (are_groups ? groups : 1) == 0,
                     Expects<channels_that_make_this_many_equal_groups<groups>>>>;

  template <class InputShape, class Scalar>
  struct On : LayerDefaults {
    static constexpr kernels::Convolution convolution{
        {InputShape::height, kernel_size.height, stride.height, padding, dilation.height},
        {InputShape::width, kernel_size.width, stride.width, padding, dilation.width},
        InputShape::channels,
        filters};
    using output_shape = Shape<convolution.rows.output, convolution.columns.output, filters>;
    static constexpr kernels::Convolution part = kernels::part_of(convolution, groups);
    using rung = kernels::InGroups<OptionOf<kernels::FastestKernel<part, Scalar>, Options...>, groups>;
    static_assert(
        rung::template fits<convolution>,
        "latent: that Kernel<...> cannot do this convolution: winograd is for kernels of 3 x 3 with strides of 1");

    static constexpr Border input_border = rung::template input_border<convolution>;
    static constexpr Border gradient_border = rung::template gradient_border<convolution>;
    static constexpr Index prepared_size = rung::template prepared_size<convolution>;
    static constexpr Index scratch_size = rung::template scratch_size<convolution>;
    static constexpr Index forward_parts = activation{}.cheap ? rung::template forward_parts<convolution> : 1;
    static constexpr bool undoes_previous = true;

    static constexpr std::array<Index, 4> kernel_shape{kernel_size.height, kernel_size.width,
                                                       InputShape::channels / groups, filters};
    static constexpr auto parameters = kernel_and_bias<Options...>(kernel_shape, 4, filters);

    static void prepare(const auto& p, Scalar* prepared) { rung::template prepare<convolution>(p[0], prepared); }

    static void forward(const auto& p, auto x, auto y, auto activation) {
      const Scalar* b = nullptr;
      if constexpr (use_bias) b = p[1];
      const kernels::Weights<Scalar> w{p[0], b, p.prepared};
      const StoreActivated<decltype(activation)> store;
      if constexpr (forward_parts > 1)
        rung::template forward<convolution>(x, w, y, p.scratch, store, kernels::Part{p.call.part, p.call.parts});
      else
        rung::template forward<convolution>(x, w, y, p.scratch, store);
      if constexpr (!activation.cheap) apply_activation(y, activation);
    }

    /// dkernel[a][b][c][f] += sum_{o, p} x[o s + a d - before][p s + b d - before][c] * dz[o][p][f]
    /// dbias[f]            += sum_{o, p} dz[o][p][f]
    static void weight_gradient(const auto& dp, auto x, auto dz) {
      rung::template weight_gradient<convolution>(x, dz, dp[0], dp.scratch);
      if constexpr (use_bias)
        for (Index n = 0; n < dz.samples; ++n) kernels::sum_pixels(dz, n, dp[1]);
    }

    /// dx[i][j][c] = sum of dz[o][p][f] * kernel[a][b][c][f] over f and all taps (a, b) through which y[o][p] saw x[i][j]
    static void input_gradient(const auto& p, auto x, auto, auto dz, auto dx, auto previous) {
      rung::template input_gradient<convolution>(
          dz, {p[0], nullptr, p.prepared + rung::template gradient_offset<convolution>}, dx, p.scratch,
          UndoActivation(previous, x));
    }
  };

  static_assert(filters >= 1, "latent: Conv2D needs at least 1 filter");
  static_assert(at_least_1(kernel_size), "latent: Conv2D's kernel_size is at least 1");
  static_assert(at_least_1(stride), "latent: Conv2D's strides are at least 1");
  static_assert(at_least_1(dilation), "latent: Conv2D's dilation is at least 1");
  static_assert((stride.height == 1 && stride.width == 1) || (dilation.height == 1 && dilation.width == 1),
                "latent: Conv2D takes strides or a dilation larger than 1, not both");
  static_assert(are_groups, "latent: Conv2D's filters are a multiple of its groups, of which there is at least 1");
  // A row has no height; with Causal it is a Conv1D.
  static_assert(
      options_are<Kinds<PaddingKind, StridesKind, DilationKind, GroupsKind, KernelKind, KernelAndBiasKinds,
                        std::conditional_t<kernel_size.height == 1, Causal, Kinds<>>>,
                  Options...>,
      "latent: Conv2D's options are Same, Valid, Strides<...>, Dilation<...>, Groups<...>, an activation, NoBias, "
      "KernelInitializer<...>, BiasInitializer<...>, regularizers, Kernel<...>");
  static_assert(each_option_once<Options...>, "latent: Conv2D got two options of one kind");
};

}  // namespace latent
