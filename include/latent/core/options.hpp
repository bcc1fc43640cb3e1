/// Tags after a layer's sizes, in any order: `Conv2D<32, 3, Same, Strides<2>, ReLU, NoBias>`.
#pragma once

#include <array>
#include <type_traits>

#include "latent/core/real.hpp"
#include "latent/kernels/convolution.hpp"

namespace latent {

/// Padding as in TensorFlow: as many outputs as inputs (divided by the stride, rounded up).
struct Same {
  static constexpr Padding padding = Padding::same;
};
/// No padding; Keras's default.
struct Valid {
  static constexpr Padding padding = Padding::valid;
};
/// Steps between windows, `Strides<2>` or `Strides<2, 1>` (rows, columns).
template <Index Rows, Index Columns = Rows>
struct Strides {
  static constexpr Size stride{Rows, Columns};
};
/// Steps between the taps of a kernel, `Dilation<2>` or `Dilation<2, 1>` (rows, columns). Only with strides of 1.
template <Index Rows, Index Columns = Rows>
struct Dilation {
  static constexpr Size dilation{Rows, Columns};
};
/// Pixels that Conv2DTranspose adds to one side, of the sizes that give the same convolution: `OutputPadding<1>`.
template <Index Rows, Index Columns = Rows>
struct OutputPadding {
  static constexpr Size output_padding{Rows, Columns};
};
struct NoBias {};
/// How the kernel and the bias start, `KernelInitializer<HeNormal>`; see layers/initializers.hpp.
template <class How>
struct KernelInitializer {
  static constexpr auto kernel_initializer = How::initializer;
};
template <class How>
struct BiasInitializer {
  static constexpr auto bias_initializer = How::initializer;
};
/// A normalisation without its beta, without its gamma; Keras's center=False, scale=False.
struct NoCenter {};
struct NoScale {};
/// What is added to a variance before the root is taken: `Epsilon<1e-5>`.
template <Real value>
struct Epsilon {
  static constexpr double epsilon = value.value;
};
/// The axes over which a layer works, counted as in Keras: `Axes<1, 2, 3>` are those of an image, `Axes<-1>` is the last.
template <int... numbers>
struct Axes {
  static constexpr std::array axes{numbers...};
};
/// GlobalAveragePooling2D that gives images of 1 x 1 pixels; Keras's keepdims=True.
struct KeepDims {};

/// How much of a moving average stays at each step: `Momentum<0.9>`.
template <Real value>
struct Momentum {
  static constexpr double momentum = value.value;
};

/// What a regularizer among the options looks at (layers/regularizers.hpp).
enum class Penalized { kernel, bias, activity };

constexpr bool at_least_1(Size size) { return size.height >= 1 && size.width >= 1; }

template <class Tag>
concept PaddingTag = std::is_same_v<Tag, Same> || std::is_same_v<Tag, Valid>;
template <class Tag>
concept StridesTag = requires { Tag::stride; };
template <class Tag>
concept DilationTag = requires { Tag::dilation; };
template <class Tag>
concept OutputPaddingTag = requires { Tag::output_padding; };
template <class Tag>
concept KernelTag = requires { Tag::is_kernel; };
template <class Tag>
concept ActivationTag = requires { Tag::is_activation; };
template <class Tag>
concept BiasTag = std::is_same_v<Tag, NoBias>;
template <class Tag>
concept KernelInitializerTag = requires { Tag::kernel_initializer; };
template <class Tag>
concept BiasInitializerTag = requires { Tag::bias_initializer; };
template <class Tag>
concept InitializerTag = KernelInitializerTag<Tag> || BiasInitializerTag<Tag>;
template <class Tag>
concept InterpolationTag = requires { Tag::is_interpolation; };
template <class Tag>
concept EpsilonTag = requires { Tag::epsilon; };
template <class Tag>
concept AxesTag = requires { Tag::axes; };
template <class Tag>
concept MomentumTag = requires { Tag::momentum; };
template <class Tag>
concept RegularizerTag = requires { Tag::penalized; };
template <Penalized what, class Tag>
inline constexpr bool regularizes = false;
template <Penalized what, RegularizerTag Tag>
inline constexpr bool regularizes<what, Tag> = Tag::penalized == what;

namespace detail {

/// The one type of a list for which the predicate holds, or the default.
template <template <class> class Is, class Default, class... Tags>
struct Choose {
  using type = Default;
};
template <template <class> class Is, class Default, class Tag, class... Tags>
struct Choose<Is, Default, Tag, Tags...> {
  using type = typename std::conditional_t<Is<Tag>::value, std::type_identity<Tag>, Choose<Is, Default, Tags...>>::type;
};

template <class Tag>
struct IsPadding : std::bool_constant<PaddingTag<Tag>> {};
template <class Tag>
struct IsStrides : std::bool_constant<StridesTag<Tag>> {};
template <class Tag>
struct IsDilation : std::bool_constant<DilationTag<Tag>> {};
template <class Tag>
struct IsOutputPadding : std::bool_constant<OutputPaddingTag<Tag>> {};
template <class Tag>
struct IsKernel : std::bool_constant<KernelTag<Tag>> {};
template <class Tag>
struct IsActivation : std::bool_constant<ActivationTag<Tag>> {};
template <class Tag>
struct IsKernelInitializer : std::bool_constant<KernelInitializerTag<Tag>> {};
template <class Tag>
struct IsBiasInitializer : std::bool_constant<BiasInitializerTag<Tag>> {};
template <class Tag>
struct IsInterpolation : std::bool_constant<InterpolationTag<Tag>> {};
template <class Tag>
struct IsEpsilon : std::bool_constant<EpsilonTag<Tag>> {};
template <class Tag>
struct IsAxes : std::bool_constant<AxesTag<Tag>> {};
template <class Tag>
struct IsMomentum : std::bool_constant<MomentumTag<Tag>> {};
template <class Complaint>
struct IsComplaint : std::bool_constant<!std::is_void_v<Complaint>> {};

}  // namespace detail

template <class Default, class... Tags>
using PaddingOf = typename detail::Choose<detail::IsPadding, Default, Tags...>::type;
template <class Default, class... Tags>
using StridesOf = typename detail::Choose<detail::IsStrides, Default, Tags...>::type;
template <class Default, class... Tags>
using DilationOf = typename detail::Choose<detail::IsDilation, Default, Tags...>::type;
template <class Default, class... Tags>
using OutputPaddingOf = typename detail::Choose<detail::IsOutputPadding, Default, Tags...>::type;
template <class Default, class... Tags>
using KernelOf = typename detail::Choose<detail::IsKernel, Default, Tags...>::type;
template <class Default, class... Tags>
using ActivationOf = typename detail::Choose<detail::IsActivation, Default, Tags...>::type;
template <class Default, class... Tags>
inline constexpr auto kernel_initializer_of =
    detail::Choose<detail::IsKernelInitializer, KernelInitializer<Default>, Tags...>::type::kernel_initializer;
template <class Default, class... Tags>
inline constexpr auto bias_initializer_of =
    detail::Choose<detail::IsBiasInitializer, BiasInitializer<Default>, Tags...>::type::bias_initializer;
template <class Default, class... Tags>
using InterpolationOf = typename detail::Choose<detail::IsInterpolation, Default, Tags...>::type;
template <class Default, class... Tags>
using EpsilonOf = typename detail::Choose<detail::IsEpsilon, Default, Tags...>::type;
template <class Default, class... Tags>
using AxesOf = typename detail::Choose<detail::IsAxes, Default, Tags...>::type;
template <class Default, class... Tags>
using MomentumOf = typename detail::Choose<detail::IsMomentum, Default, Tags...>::type;
template <class... Tags>
inline constexpr bool has_bias = !(BiasTag<Tags> || ...);
/// Whether a tag without a value, such as KeepDims, is among them.
template <class Tag, class... Tags>
inline constexpr bool is_among = (std::is_same_v<Tag, Tags> || ...);

/// No kind of tag twice.
template <class... Tags>
inline constexpr bool each_option_once =
    (PaddingTag<Tags> + ... + 0) <= 1 && (StridesTag<Tags> + ... + 0) <= 1 && (ActivationTag<Tags> + ... + 0) <= 1 &&
    (BiasTag<Tags> + ... + 0) <= 1 && (DilationTag<Tags> + ... + 0) <= 1 && (OutputPaddingTag<Tags> + ... + 0) <= 1 &&
    (KernelTag<Tags> + ... + 0) <= 1 && (InterpolationTag<Tags> + ... + 0) <= 1 && (EpsilonTag<Tags> + ... + 0) <= 1 &&
    (AxesTag<Tags> + ... + 0) <= 1 && (MomentumTag<Tags> + ... + 0) <= 1 &&
    (KernelInitializerTag<Tags> + ... + 0) <= 1 && (BiasInitializerTag<Tags> + ... + 0) <= 1 &&
    (regularizes<Penalized::kernel, Tags> + ... + 0) <= 1 && (regularizes<Penalized::bias, Tags> + ... + 0) <= 1 &&
    (regularizes<Penalized::activity, Tags> + ... + 0) <= 1;

/// What a layer expects of its input, spelled out as a type so that the compiler's message shows it.
template <class What>
struct Expects {};
struct a_layer_such_as_Dense_or_Activation {};
struct an_image_of_height_width_channels {};
struct an_input_at_least_as_large_as_its_window {};
struct an_image_larger_than_what_is_cropped {};
struct an_input_with_these_axes {};
template <Index Channels>
struct an_input_with_at_least_this_many_channels {};
template <Index Size>
struct z_mean_and_z_log_var_of_this_size {};
template <Index Size>
struct an_input_with_this_many_values {};
/// The complaint of a layer whose own sizes are wrong: its static_assert says what there is to say. (Such assertions stand
/// at the end of a layer, for Clang forgets the members that come after one that fails, and would complain of that too.)
struct AlreadyReported {};

/// A layer's list of what it needs, `FirstOf<Unless<S::rank == 3, Expects<...>>, Unless<...>>`: void if all is well.
template <bool holds, class Complaint>
using Unless = std::conditional_t<holds, void, Complaint>;
template <class... Complaints>
using FirstOf = typename detail::Choose<detail::IsComplaint, void, Complaints...>::type;

}  // namespace latent
