/// What Keras calls the activations. https://keras.io/api/layers/activations/
#pragma once

#include <type_traits>

#include "latent/layers/activations.hpp"

namespace latent {

/// Keras's name of an activation, or null.
template <class A>
constexpr const char* activation_name() {
  if constexpr (std::is_same_v<A, Linear>) return "linear";
  if constexpr (std::is_same_v<A, ReLU>) return "relu";
  if constexpr (std::is_same_v<A, ReLU6>) return "relu6";
  if constexpr (std::is_same_v<A, SELU>) return "selu";
  if constexpr (std::is_same_v<A, GELU>) return "gelu";
  if constexpr (std::is_same_v<A, SiLU>) return "silu";
  if constexpr (std::is_same_v<A, Sigmoid>) return "sigmoid";
  if constexpr (std::is_same_v<A, HardSigmoid>) return "hard_sigmoid";
  if constexpr (std::is_same_v<A, HardSiLU>) return "hard_silu";
  if constexpr (std::is_same_v<A, HardTanh>) return "hard_tanh";
  if constexpr (std::is_same_v<A, Mish>) return "mish";
  if constexpr (std::is_same_v<A, Tanh>) return "tanh";
  if constexpr (std::is_same_v<A, Softplus>) return "softplus";
  if constexpr (std::is_same_v<A, LogSigmoid>) return "log_sigmoid";
  if constexpr (std::is_same_v<A, Softsign>) return "softsign";
  if constexpr (std::is_same_v<A, Exponential>) return "exponential";
  if constexpr (std::is_same_v<A, Softmax>) return "softmax";
  if constexpr (std::is_same_v<A, ELU<>>) return "elu";
  if constexpr (std::is_same_v<A, LeakyReLU<>>) return "leaky_relu";
  return nullptr;
}
/// Keras's name, or the name of the class of which Keras makes a layer.
template <class A>
constexpr const char* shown_name() {
  if constexpr (activation_name<A>() != nullptr)
    return activation_name<A>();
  else if constexpr (requires { A::class_name; })
    return A::class_name;
  else
    return "activation";
}

}  // namespace latent
