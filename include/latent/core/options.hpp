/// Tags after a layer's sizes, in any order: `Conv2D<32, 3, Same, Strides<2>, ReLU, NoBias>`.
#pragma once

#include <type_traits>

#include "latent/kernels/conv2d_sizes.hpp"

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
  static_assert(Rows >= 1 && Columns >= 1, "latent: strides are at least 1");
  static constexpr Size stride{Rows, Columns};
};
struct NoBias {};

template <class Tag>
concept PaddingTag = std::is_same_v<Tag, Same> || std::is_same_v<Tag, Valid>;
template <class Tag>
concept StridesTag = requires { Tag::stride; };
template <class Tag>
concept ActivationTag = requires { Tag::is_activation; };
template <class Tag>
concept BiasTag = std::is_same_v<Tag, NoBias>;

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
struct IsActivation : std::bool_constant<ActivationTag<Tag>> {};

}  // namespace detail

template <class Default, class... Tags>
using PaddingOf = typename detail::Choose<detail::IsPadding, Default, Tags...>::type;
template <class Default, class... Tags>
using StridesOf = typename detail::Choose<detail::IsStrides, Default, Tags...>::type;
template <class Default, class... Tags>
using ActivationOf = typename detail::Choose<detail::IsActivation, Default, Tags...>::type;
template <class... Tags>
inline constexpr bool has_bias = !(BiasTag<Tags> || ...);

/// No kind of tag twice.
template <class... Tags>
inline constexpr bool each_option_once = (PaddingTag<Tags> + ... + 0) <= 1 && (StridesTag<Tags> + ... + 0) <= 1 &&
                                         (ActivationTag<Tags> + ... + 0) <= 1 && (BiasTag<Tags> + ... + 0) <= 1;

/// What a layer expects of its input, spelled out as a type so that the compiler's message shows it.
template <class What>
struct Expects {};
struct an_image_of_height_width_channels {};
struct an_input_at_least_as_large_as_its_window {};
template <Index Size>
struct an_input_with_this_many_values {};

}  // namespace latent
