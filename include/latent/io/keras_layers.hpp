/// A layer's Keras configuration: one overload of `describe` for each layer, with its options under Keras's names. The
/// options' names and defaults: https://keras.io/api/layers/
///
/// A layer of your own gets one, too, beside the layer and in its namespace; `to("gain", 3)` is the option gain of 3:
///
///     void describe(latent::io::KerasOptions& to, latent::io::Of<Gain>) { to.custom(); }
#pragma once

#include <cmath>
#include <span>
#include <string>
#include <type_traits>

#include "latent/io/safetensors_writer.hpp"
#include "latent/latent.hpp"

namespace latent::io {

/// A layer as an argument without a value.
template <class Layer>
using Of = std::type_identity<Layer>;

/// A number in JSON, with the digits that read back the same; infinity is null, Keras's None.
LATENT_COLD inline std::string json_number(double value) { return std::isfinite(value) ? exact(value) : "null"; }
LATENT_COLD inline std::string json_number(Index value) { return std::to_string(value); }

/// An object as Keras writes one: {"module": "keras.regularizers", "class_name": "L1L2", "config": {...}, ...}.
LATENT_COLD inline std::string keras_object(const std::string& module, const std::string& class_name,
                                            const std::string& config, const std::string& registered = "") {
  return "{\"module\":" + json_text(module) + ",\"class_name\":" + json_text(class_name) + ",\"config\":" + config +
         ",\"registered_name\":" + (registered.empty() ? "null" : json_text(registered)) + "}";
}

/// The options of one layer as JSON, written one after the other.
class KerasOptions {
 public:
  KerasOptions& json(const char* name, const std::string& value) {
    text_ += "," + json_text(name) + ":" + value;
    return *this;
  }
  KerasOptions& operator()(const char* name, const char* value) { return json(name, json_text(value)); }
  KerasOptions& operator()(const char* name, bool value) { return json(name, value ? "true" : "false"); }
  KerasOptions& operator()(const char* name, double value) { return json(name, json_number(value)); }
  KerasOptions& operator()(const char* name, Index value) { return json(name, json_number(value)); }
  KerasOptions& operator()(const char* name, Size value) { return (*this)(name, {value.height, value.width}); }
  KerasOptions& operator()(const char* name, Padding value) {
    return (*this)(name, value == Padding::valid ? "valid" : value == Padding::same ? "same" : "causal");
  }
  KerasOptions& operator()(const char* name, std::initializer_list<Index> values) {
    return (*this)(name, std::span(values.begin(), values.size()));
  }
  template <class Number, std::size_t extent>
  KerasOptions& operator()(const char* name, std::span<const Number, extent> values) {
    std::string list;
    for (const Number value : values) list += (list.empty() ? "" : ",") + json_number(static_cast<Index>(value));
    return json(name, "[" + list + "]");
  }
  /// ((top, bottom), (left, right))
  KerasOptions& operator()(const char* name, const Margin& m) {
    const auto pair = [](Index a, Index b) { return "[" + json_number(a) + "," + json_number(b) + "]"; };
    return json(name, "[" + pair(m.top, m.bottom) + "," + pair(m.left, m.right) + "]");
  }
  KerasOptions& operator()(const char* name, const Penalty& penalty) {
    if (!penalty.any()) return json(name, "null");
    const std::string config = "{\"l1\":" + json_number(penalty.l1) + ",\"l2\":" + json_number(penalty.l2) + "}";
    return json(name, keras_object("keras.regularizers", "L1L2", config));
  }
  KerasOptions& operator()(const char* name, const Initializer& how) {
    using Distribution = Initializer::Distribution;
    const bool he = how.fan == Initializer::Fan::in;
    const char* kind = "Constant";
    std::string config = "{\"seed\":null}";
    if (how.distribution == Distribution::constant)
      config = how.scale == 0 || how.scale == 1 ? "{}" : "{\"value\":" + json_number(how.scale) + "}",
      kind = how.scale == 0   ? "Zeros"
             : how.scale == 1 ? "Ones"
                              : kind;
    else if (how.distribution == Distribution::uniform)
      kind = he ? "HeUniform" : "GlorotUniform";
    else
      kind = he ? "HeNormal" : "GlorotNormal";
    return json(name, keras_object("keras.initializers", kind, config));
  }
  /// A layer that Keras lacks: Python's class of the same name, registered in the package "latent".
  void custom() { is_custom_ = true; }

  bool is_custom() const { return is_custom_; }
  const std::string& text() const { return text_; }  ///< ,"filters":32,"kernel_size":[3,3]

 private:
  std::string text_;
  bool is_custom_ = false;
};

template <class Layer>
concept HasDescription = requires(KerasOptions& to) { describe(to, Of<Layer>{}); };

// ---- activations

template <class A>
concept KnownActivation = activation_name<A>() != nullptr || std::is_same_v<A, ApproximateGELU> || HasDescription<A>;

/// The name, or the layer that does it, as an object.
template <class A>
std::string keras_activation() {
  if (activation_name<A>()) return json_text(activation_name<A>());
  if constexpr (std::is_same_v<A, ApproximateGELU>) {  // a function in scripts/latent_keras.py
    return keras_object("builtins", "function", json_text("approximate_gelu"), "latent>approximate_gelu");
  } else if constexpr (HasDescription<A>) {
    KerasOptions options;
    describe(options, Of<A>{});
    return keras_object("keras.layers", A::class_name, "{" + options.text().substr(1) + "}");
  } else {
    return "null";
  }
}

template <class... O>
void describe(KerasOptions& to, Of<ReLUWith<O...>>) {
  using A = ReLUWith<O...>;
  to("max_value", A::max_value)("negative_slope", A::negative_slope)("threshold", A::threshold);
}
inline void describe(KerasOptions& to, Of<ReLU>) { describe(to, Of<ReLUWith<>>{}); }
template <Real... slope>
void describe(KerasOptions& to, Of<LeakyReLU<slope...>>) {
  to("negative_slope", LeakyReLU<slope...>::activation::negative_slope);  // of the layer: its default is another one
}
template <Real alpha>
void describe(KerasOptions& to, Of<ELU<alpha>>) {
  to("alpha", alpha.value);
}
inline void describe(KerasOptions& to, Of<Softmax>) { to("axis", Index{-1}); }
template <class A>
void describe(KerasOptions& to, Of<Activation<A>>) {
  to.json("activation", keras_activation<A>());
}

// ---- what several layers have

/// `kernel`: "kernel" or "depthwise".
template <class Start, class Penalised, class... O>
void describe_kernel(KerasOptions& to, const std::string& kernel) {
  to((kernel + "_initializer").c_str(), OptionOf<Start, O...>::initializer);
  to((kernel + "_regularizer").c_str(), OptionOf<Penalised, O...>::penalty);
}
template <class... O>
void describe_bias(KerasOptions& to) {
  to.json("activation", keras_activation<OptionOf<Linear, O...>>());
  to("use_bias", !is_among<NoBias, O...>);
  to("activity_regularizer", OptionOf<ActivityRegularizer<L2<0.0>>, O...>::penalty);
  describe_kernel<BiasInitializer<Zeros>, BiasRegularizer<L2<0.0>>, O...>(to, "bias");
}
template <class... O>
void describe_kernel_and_bias(KerasOptions& to) {
  describe_bias<O...>(to);
  describe_kernel<KernelInitializer<GlorotUniform>, KernelRegularizer<L2<0.0>>, O...>(to, "kernel");
}
template <class L>
void describe_window(KerasOptions& to, Size kernel_size) {
  to("kernel_size", kernel_size)("strides", L::stride)("padding", L::padding);
}
template <class L>
void describe_normalization(KerasOptions& to) {
  to("epsilon", L::epsilon)("center", L::center)("scale", L::scale);
}

// ---- layers

template <Index filters, Size kernel_size, class... O>
void describe(KerasOptions& to, Of<Conv2D<filters, kernel_size, O...>>) {
  using L = Conv2D<filters, kernel_size, O...>;
  describe_window<L>(to("filters", filters), kernel_size);
  to("dilation_rate", L::dilation)("groups", L::groups);
  describe_kernel_and_bias<O...>(to);
}
template <Index filters, Index kernel_size, class... O>
void describe(KerasOptions& to, Of<Conv1D<filters, kernel_size, O...>>) {
  using L = typename Conv1D<filters, kernel_size, O...>::Image;
  to("filters", filters)("kernel_size", {kernel_size})("strides", {L::stride.width})("padding", L::padding);
  to("dilation_rate", {L::dilation.width})("groups", L::groups);
  describe_kernel_and_bias<O...>(to);
}
template <Index filters, Size kernel_size, class... O>
void describe(KerasOptions& to, Of<Conv2DTranspose<filters, kernel_size, O...>>) {
  using L = Conv2DTranspose<filters, kernel_size, O...>;
  describe_window<L>(to("filters", filters), kernel_size);
  if (L::output_padding.height < 0)
    to.json("output_padding", "null");
  else
    to("output_padding", L::output_padding);
  describe_kernel_and_bias<O...>(to);
}
template <Index filters, Index kernel_size, class... O>
void describe(KerasOptions& to, Of<Conv1DTranspose<filters, kernel_size, O...>>) {
  using L = typename Conv1DTranspose<filters, kernel_size, O...>::Image;
  to("filters", filters)("kernel_size", {kernel_size})("strides", {L::stride.width})("padding", L::padding);
  if (L::output_padding.width < 0)
    to.json("output_padding", "null");
  else
    to("output_padding", {L::output_padding.width});
  describe_kernel_and_bias<O...>(to);
}
template <Size kernel_size, class... O>
void describe_depthwise(KerasOptions& to) {
  using L = detail::Depthwise<kernel_size, O...>;
  describe_window<L>(to, kernel_size);
  to("dilation_rate", L::dilation)("depth_multiplier", L::depth_multiplier);
  describe_bias<O...>(to);
  describe_kernel<DepthwiseInitializer<GlorotUniform>, DepthwiseRegularizer<L2<0.0>>, O...>(to, "depthwise");
}
template <Size kernel_size, class... O>
void describe(KerasOptions& to, Of<DepthwiseConv2D<kernel_size, O...>>) {
  describe_depthwise<kernel_size, O...>(to);
}
template <Index filters, Size kernel_size, class... O>
void describe(KerasOptions& to, Of<SeparableConv2D<filters, kernel_size, O...>>) {
  describe_depthwise<kernel_size, O...>(to("filters", filters));
  describe_kernel<PointwiseInitializer<GlorotUniform>, PointwiseRegularizer<L2<0.0>>, O...>(to, "pointwise");
}
template <Index units, class... O>
void describe(KerasOptions& to, Of<Dense<units, O...>>) {
  describe_kernel_and_bias<O...>(to("units", units));
}
template <FixedString dense, class... O>
void describe(KerasOptions& to, Of<DenseTranspose<dense, O...>>) {
  describe_bias<O...>(to("dense", dense.characters));
  to.custom();
}

template <class L>
void describe_pooling(KerasOptions& to, Size pool_size) {
  to("pool_size", pool_size)("strides", L::stride)("padding", L::padding);
}
template <Size pool_size, class... O>
void describe(KerasOptions& to, Of<MaxPooling2D<pool_size, O...>>) {
  describe_pooling<detail::Pooling2D<pool_size, O...>>(to, pool_size);
}
template <Size pool_size, class... O>
void describe(KerasOptions& to, Of<AveragePooling2D<pool_size, O...>>) {
  describe_pooling<detail::Pooling2D<pool_size, O...>>(to, pool_size);
}
template <Index pool_size, class... O>
void describe_pooling1d(KerasOptions& to) {
  using L = detail::Pooling2D<Size{1, pool_size}, O...>;
  to("pool_size", {pool_size})("strides", {L::stride.width})("padding", L::padding);
}
template <Index pool_size, class... O>
void describe(KerasOptions& to, Of<MaxPooling1D<pool_size, O...>>) {
  describe_pooling1d<pool_size, O...>(to);
}
template <Index pool_size, class... O>
void describe(KerasOptions& to, Of<AveragePooling1D<pool_size, O...>>) {
  describe_pooling1d<pool_size, O...>(to);
}
template <class... O>
void describe(KerasOptions& to, Of<GlobalAveragePooling1D<O...>>) {
  to("keepdims", is_among<KeepDims, O...>);
}
template <class... O>
void describe(KerasOptions& to, Of<GlobalMaxPooling1D<O...>>) {
  to("keepdims", is_among<KeepDims, O...>);
}
template <class... O>
void describe(KerasOptions& to, Of<GlobalAveragePooling2D<O...>>) {
  to("keepdims", is_among<KeepDims, O...>);
}
template <class... O>
void describe(KerasOptions& to, Of<GlobalMaxPooling2D<O...>>) {
  to("keepdims", is_among<KeepDims, O...>);
}
template <Size size, class... O>
void describe(KerasOptions& to, Of<UpSampling2D<size, O...>>) {
  to("size", size)("interpolation", is_among<Bilinear, O...> ? "bilinear" : "nearest");
}
template <Index size>
void describe(KerasOptions& to, Of<UpSampling1D<size>>) {
  to("size", size);
}
template <Index before, Index after>
void describe(KerasOptions& to, Of<ZeroPadding1D<before, after>>) {
  to("padding", {before, after});
}
template <Index before, Index after>
void describe(KerasOptions& to, Of<Cropping1D<before, after>>) {
  to("cropping", {before, after});
}
template <Margin padding>
void describe(KerasOptions& to, Of<ZeroPadding2D<padding>>) {
  to("padding", padding);
}
template <Margin cropping>
void describe(KerasOptions& to, Of<Cropping2D<cropping>>) {
  to("cropping", cropping);
}

template <class... O>
void describe(KerasOptions& to, Of<BatchNormalization<O...>>) {
  using L = BatchNormalization<O...>;
  describe_normalization<L>(to("axis", Index{-1})("momentum", L::momentum));
}
template <class... O>
void describe(KerasOptions& to, Of<LayerNormalization<O...>>) {
  using L = LayerNormalization<O...>;
  describe_normalization<L>(to("axis", std::span(L::axes)));
}
template <Index groups, class... O>
void describe(KerasOptions& to, Of<GroupNormalization<groups, O...>>) {
  describe_normalization<GroupNormalization<groups, O...>>(to("groups", groups)("axis", Index{-1}));
}
template <class... O>
void describe(KerasOptions& to, Of<PReLU<O...>>) {
  describe_kernel<AlphaInitializer<Zeros>, AlphaRegularizer<L2<0.0>>, O...>(to, "alpha");
  to("shared_axes", std::span(PReLU<O...>::shared_axes));
}

template <Real rate>
void describe(KerasOptions& to, Of<Dropout<rate>>) {
  to("rate", rate.value);
}
template <Real rate>
void describe(KerasOptions& to, Of<SpatialDropout1D<rate>>) {
  to("rate", rate.value);
}
template <Real rate>
void describe(KerasOptions& to, Of<SpatialDropout2D<rate>>) {
  to("rate", rate.value);
}
template <Real stddev>
void describe(KerasOptions& to, Of<GaussianNoise<stddev>>) {
  to("stddev", stddev.value);
}
template <Real l1, Real l2>
void describe(KerasOptions& to, Of<ActivityRegularization<l1, l2>>) {
  to("l1", l1.value)("l2", l2.value);
}

template <Real scale, Real offset>
void describe(KerasOptions& to, Of<Rescaling<scale, offset>>) {
  to("scale", scale.value)("offset", offset.value);
}
inline void describe(KerasOptions&, Of<Flatten>) {}
template <Index... dimensions>
void describe(KerasOptions& to, Of<Reshape<dimensions...>>) {
  to("target_shape", {dimensions...});
}
template <int... dims>
void describe(KerasOptions& to, Of<Permute<dims...>>) {
  to("dims", {Index{dims}...});
}

// ---- layers that read several values: which, the graph says

template <FixedString... names>
void describe(KerasOptions&, Of<Add<names...>>) {}
template <FixedString... names>
void describe(KerasOptions&, Of<Subtract<names...>>) {}
template <FixedString... names>
void describe(KerasOptions&, Of<Multiply<names...>>) {}
template <FixedString... names>
void describe(KerasOptions&, Of<Average<names...>>) {}
template <FixedString... names>
void describe(KerasOptions&, Of<Maximum<names...>>) {}
template <FixedString... names>
void describe(KerasOptions&, Of<Minimum<names...>>) {}
template <detail::NameOrAxis... of>
void describe(KerasOptions& to, Of<Concatenate<of...>>) {
  to("axis", Index{Concatenate<of...>::axis});
}
/// At inference it is the mean.
template <class... O>
void describe(KerasOptions& to, Of<Sampling<O...>>) {
  to("beta", Sampling<O...>::BetaOption::beta);
  to.custom();
}

/// Whether a layer, with its activation, can be written as a Keras configuration.
template <class Layer>
concept Described =
    HasDescription<Layer> && (!requires { typename Layer::activation; } || KnownActivation<typename Layer::activation>);

}  // namespace latent::io
