/// Complaints of layers about inputs that do not fit: types, so that the compiler's messages show them.
#pragma once

#include <type_traits>

#include "latent/core/does_not_fit.hpp"

namespace latent {

struct a_layer_such_as_Dense_or_Activation {};
struct an_image_of_height_width_channels {};
struct an_input_at_least_as_large_as_its_window {};
struct an_image_larger_than_what_is_cropped {};
struct an_input_with_these_axes {};
struct an_input_on_which_its_parameters_have_the_same_shapes {};
struct values_of_shapes_that_can_be_joined {};
struct z_mean_and_z_log_var_of_one_shape {};
struct as_many_values_as_the_Dense_of_that_name_has_units {};
template <Index Groups>
struct channels_that_make_this_many_equal_groups {};
struct a_sequence_of_steps_channels {};
template <Index Size>
struct an_input_with_this_many_values {};
/// The complaint of a layer whose own sizes are wrong: its static_assert gives the message. (Such assertions
/// stand at the end of a layer, because Clang forgets the members after one that fails, and would complain about
/// that too.)
struct AlreadyReported {};

namespace detail {
template <class... Complaints>
struct FirstComplaint {
  using type = void;
};
template <class Complaint, class... Others>
struct FirstComplaint<Complaint, Others...> {
  using type = Complaint;
};
template <class... Others>
struct FirstComplaint<void, Others...> : FirstComplaint<Others...> {};
}  // namespace detail

/// A layer's list of what it needs, `FirstOf<Unless<S::rank == 3, Expects<...>>, Unless<...>>`: void if all is well.
template <bool holds, class Complaint>
using Unless = std::conditional_t<holds, void, Complaint>;
/// The first of the complaints that is not void, or void.
template <class... Complaints>
using FirstOf = typename detail::FirstComplaint<Complaints...>::type;

}  // namespace latent
