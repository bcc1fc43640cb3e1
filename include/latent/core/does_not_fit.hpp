/// What is no tensor for a model: an error whose own line, which is all that an editor may show, holds what was received, what was
/// expected, and what may help.
#pragma once

#include "latent/core/source.hpp"

namespace latent {

// What a message names.
template <int rank, class Scalar>
struct TensorOf {};
template <class What>
struct Received {};
/// What a layer expects of its input, and a model of a tensor.
template <class What>
struct Expects {};
struct is_a_Flatten_missing_before_a_Dense {};
struct a_single_sample_is_a_batch_of_one {};
struct another_scalar_type_is_converted_by_cast {};
struct labels_are_converted_by_as_tensor_or_to_categorical {};
struct class_numbers_need_SparseCategoricalCrossentropy_or_to_categorical_and_numbers_as_rows {};
struct one_hot_rows_need_CategoricalCrossentropy {};
struct a_data_set_has_images_and_labels {};
struct a_tensor_is_row_major {};
struct several_tensors_stand_in_braces {};
struct a_tensor_is_wanted {};

/// A tensor that a model does not take.
template <class Received, class Expected, class Hint>
struct DoesNotFit {};

namespace detail {

template <class T>
concept TensorExpression = requires {
  typename T::Scalar;
  T::NumDimensions;
};
template <class T>
concept OneTensor = TensorExpression<T> && requires { T::Options; };

/// Whether it is a source of batches, not tensors.
template <class X, class Y>
std::true_type is_source(const Source<X, Y>&);
template <class T>
concept AnySource = requires(const T& given) { is_source(given); };

template <class Given, class Wanted>
inline constexpr bool other_tensor = !std::is_convertible_v<const Given&, Wanted>;
template <TensorExpression Given, OneTensor Wanted>
inline constexpr bool other_tensor<Given, Wanted> = [] {
  if (!std::is_same_v<typename Given::Scalar, typename Wanted::Scalar>) return true;
  if constexpr (requires { Given::Options; })
    if (Given::Options != Wanted::Options) return true;
  return static_cast<int>(Given::NumDimensions) != static_cast<int>(Wanted::NumDimensions);
}();

/// A type as a message shows it.
template <class T>
struct Shown : std::type_identity<T> {};
template <TensorExpression T>
struct Shown<T> : std::type_identity<TensorOf<static_cast<int>(T::NumDimensions), typename T::Scalar>> {};
template <class... T>
struct Shown<Tensors<T...>> : std::type_identity<Tensors<typename Shown<T>::type...>> {};

template <class Given, class Wanted, bool targets>
constexpr auto hint() {
  if constexpr (TensorExpression<Given> && OneTensor<Wanted>) {
    constexpr int given = Given::NumDimensions, wanted = Wanted::NumDimensions;
    if constexpr (targets && given == 1 && wanted == 2)
      return class_numbers_need_SparseCategoricalCrossentropy_or_to_categorical_and_numbers_as_rows{};
    else if constexpr (targets && given == 2 && wanted == 1)
      return one_hot_rows_need_CategoricalCrossentropy{};
    else if constexpr (given + 1 == wanted && given != 2)
      return a_single_sample_is_a_batch_of_one{};
    else if constexpr (given != wanted)
      return is_a_Flatten_missing_before_a_Dense{};
    else if constexpr (!std::is_same_v<typename Given::Scalar, typename Wanted::Scalar>)
      return another_scalar_type_is_converted_by_cast{};
    else
      return a_tensor_is_row_major{};
  } else if constexpr (requires(const Given& given) { given.images; }) {
    return a_data_set_has_images_and_labels{};
  } else if constexpr (std::is_same_v<Given, std::vector<int>>) {
    return labels_are_converted_by_as_tensor_or_to_categorical{};
  } else if constexpr (!OneTensor<Wanted>) {
    return several_tensors_stand_in_braces{};
  } else {
    return a_tensor_is_wanted{};
  }
}

template <class Given, class Wanted, bool targets, bool wrong>
struct TensorMessage {
  using type = typename DoesNotFit<Received<typename Shown<Given>::type>, Expects<typename Shown<Wanted>::type>,
                                   decltype(hint<Given, Wanted, targets>())>::a_tensor_that_fits_the_model;
};
template <class Given, class Wanted, bool targets>
struct TensorMessage<Given, Wanted, targets, false> {};

}  // namespace detail

/// Neither a tensor (or tensors) of the wanted type nor a source. Eigen would convert a tensor of another rank or scalar type and fail far
/// away, with GCC 12 only at run time. Functions that take a model's tensors have an overload for those, which says so.
template <class Given, class Wanted>
concept OtherTensor = !detail::AnySource<Given> && detail::other_tensor<Given, Wanted>;

/// Inputs and targets of which one does not fit.
template <class A, class X, class B, class Y>
concept OtherTensors = !detail::AnySource<A> && (OtherTensor<A, X> || OtherTensor<B, Y>);

/// Fails to compile if the tensor does not fit, with its rank and scalar type and those expected in the error.
template <class Given, class Wanted>
void tensor_does_not_fit() {
  (void)detail::TensorMessage<Given, Wanted, false, OtherTensor<Given, Wanted>>{};
}
/// The same for inputs A, where X are wanted, and then for targets B, where Y are.
template <class A, class X, class B, class Y>
void tensors_do_not_fit() {
  tensor_does_not_fit<A, X>();
  (void)detail::TensorMessage<B, Y, true, OtherTensor<B, Y> && !OtherTensor<A, X>>{};
}

}  // namespace latent
