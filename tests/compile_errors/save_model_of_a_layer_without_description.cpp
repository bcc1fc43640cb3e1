// sentence: latent: a layer of your own needs a function that says its options to be saved by save_model
// message: LayerIsNotDescribed<Nothing>
#include <latent/io/save_model.hpp>

using namespace latent;

struct Nothing {
  static constexpr const char *class_name = "Nothing", *default_name = "nothing";
  template <class S>
  using complaint = void;
  template <class InputShape, class Scalar>
  using On = detail::InOrder<InputShape, Scalar>;
};

int main() { save_model("model.safetensors", Sequential<Input<2>, Nothing>{}); }
