/// Options: tags after a layer's sizes, in any order: `Conv2D<32, 3, Same, Strides<2>, ReLU, NoBias>`.
///
/// An option says what kind it is, `using kind = PaddingKind`, and a layer takes one of a kind at most. One without a
/// kind, such as NoBias, is a kind of its own. A layer has a default for each kind, and reads
///
///     OptionOf<Valid, Options...>::padding                        Same or Valid, whichever is there, or else Valid
///     options_are<Kinds<PaddingKind, StridesKind>, Options...>    no option of another kind: for a static_assert
///     each_option_once<Options...>                                no two options of one kind: likewise
#pragma once

#include <array>
#include <type_traits>

#include "latent/core/real.hpp"
#include "latent/core/window.hpp"

namespace latent {

namespace detail {

/// `option` is what was written.
template <class Option>
struct KindOf {
  using type = Option;
  using option = Option;
};
template <class Option>
  requires requires { typename Option::kind; }
struct KindOf<Option> {
  using type = typename Option::kind;
  using option = Option;
};
/// Strides<2>() is the type of a function. (Clang takes a class in which an assertion fails away, so it stands apart.)
template <class Function>
struct OptionCalled {
  static_assert(std::is_void_v<Function>,
                "latent: an option is written without parentheses: Strides<2>, not Strides<2>()");
  static constexpr bool reported = true;
};
template <class Option>
struct KindOf<Option()> : KindOf<Option> {
  static_assert(OptionCalled<Option()>::reported);
};
template <class Option, class Kind>
inline constexpr bool is_of_kind = std::is_same_v<typename KindOf<Option>::type, Kind>;

/// The first option of that kind, or the default.
template <class Kind, class Default, class... Options>
struct FirstOfKind {
  using type = Default;
};
template <class Kind, class Default, class Option, class... Options>
struct FirstOfKind<Kind, Default, Option, Options...> : FirstOfKind<Kind, Default, Options...> {};
template <class Kind, class Default, class Option, class... Options>
  requires is_of_kind<Option, Kind>
struct FirstOfKind<Kind, Default, Option, Options...> {
  using type = typename KindOf<Option>::option;
};

template <class Kind, class... Options>
inline constexpr bool is_once = (is_of_kind<Options, Kind> + ... + 0) <= 1;

}  // namespace detail

/// The option of the default's kind among `Options`, or the default.
template <class Default, class... Options>
using OptionOf = typename detail::FirstOfKind<typename detail::KindOf<Default>::type, Default, Options...>::type;

/// Kinds of options, each a kind or Kinds<...> again.
template <class... Each>
struct Kinds {};

/// Whether an option is of that kind, or of one of those kinds.
template <class Option, class Kind>
inline constexpr bool is_option = detail::is_of_kind<Option, Kind>;
/// The same for one of several kinds.
template <class Option, class... Each>
inline constexpr bool is_option<Option, Kinds<Each...>> = (is_option<Option, Each> || ...);
/// An option of that kind.
template <class Option, class Kind>
concept OptionOfKind = is_option<Option, Kind>;

/// Whether each option is of one of the allowed kinds.
template <class Allowed, class... Options>
inline constexpr bool options_are = (is_option<Options, Allowed> && ...);
/// Whether no two options are of one kind.
template <class... Options>
inline constexpr bool each_option_once = (detail::is_once<typename detail::KindOf<Options>::type, Options...> && ...);

/// Whether an option that is a kind of its own is there.
template <class Option, class... Options>
inline constexpr bool is_among = (std::is_same_v<Option, Options> || ...);

// ---- the options of more than one layer, and their kinds

struct PaddingKind;
struct StridesKind;
struct DilationKind;
struct OutputPaddingKind;
struct KernelInitializerKind;
struct BiasInitializerKind;
struct EpsilonKind;
struct AxesKind;
struct MomentumKind;

/// Padding as in TensorFlow: as many outputs as inputs (divided by the stride, rounded up).
struct Same {
  using kind = PaddingKind;
  static constexpr Padding padding = Padding::same;
};
/// No padding; Keras's default.
struct Valid {
  using kind = PaddingKind;
  static constexpr Padding padding = Padding::valid;
};

/// All of Same's padding before the first step: no output sees a later input. For Conv1D alone, so a kind of its own.
struct Causal {};

/// Steps between windows, `Strides<2>` or `Strides<2, 1>` (rows, columns).
template <Index Rows, Index Columns = Rows>
struct Strides {
  using kind = StridesKind;
  static constexpr Size stride{Rows, Columns};
};

/// Steps between the taps of a kernel, `Dilation<2>` or `Dilation<2, 1>` (rows, columns). Only with strides of 1.
template <Index Rows, Index Columns = Rows>
struct Dilation {
  using kind = DilationKind;
  static constexpr Size dilation{Rows, Columns};
};

/// Pixels that Conv2DTranspose adds to one side, to choose among the output sizes: `OutputPadding<1>`.
template <Index Rows, Index Columns = Rows>
struct OutputPadding {
  using kind = OutputPaddingKind;
  static constexpr Size output_padding{Rows, Columns};
};

struct NoBias {};

/// The initialiser of the kernel, `KernelInitializer<HeNormal>`; see layers/initializers.hpp.
template <class How>
struct KernelInitializer : How {
  using kind = KernelInitializerKind;
};
/// The initialiser of the bias, BiasInitializer<Ones>.
template <class How>
struct BiasInitializer : How {
  using kind = BiasInitializerKind;
};

/// A normalisation without its beta, without its gamma; Keras's center=False, scale=False.
struct NoCenter {};
struct NoScale {};

/// The number that is added to a variance before the square root: `Epsilon<1e-5>`.
template <Real value>
struct Epsilon {
  using kind = EpsilonKind;
  static constexpr double epsilon = value.value;
};

/// The axes over which a layer works, counted as in Keras: `Axes<1, 2, 3>` are those of an image, `Axes<-1>` is the
/// last.
template <int... numbers>
struct Axes {
  using kind = AxesKind;
  LATENT_ASSERT(NamesAnAxis, sizeof...(numbers) > 0, "Axes<...> names at least one axis: Axes<-1>");
  static constexpr std::array<int, sizeof...(numbers)> axes{numbers...};  ///< their numbers
};

/// The share of a moving average that stays at each step: `Momentum<0.9>`.
template <Real value>
struct Momentum {
  using kind = MomentumKind;
  static constexpr double momentum = value.value;
  LATENT_NO_WHOLE_ZERO(value, "Momentum<momentum>");
};

/// GlobalAveragePooling2D that gives images of 1 x 1 pixels; Keras's keepdims=True.
struct KeepDims {};

}  // namespace latent
