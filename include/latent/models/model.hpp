/// Sequential<Input<28, 28, 1>, Conv2D<32, 3, Same, ReLU>, ...>: a chain of layers with its parameters.
///
/// A model may stand among the layers of another one: Sequential<Encoder, Decoder>. The layers are then one flat chain
/// with one buffer of parameters, and `part<0>()` and `part<1>()` are the encoder and the decoder on the same parameters.
#pragma once

#include <map>

#include "latent/core/check.hpp"
#include "latent/core/parameters.hpp"
#include "latent/core/random.hpp"
#include "latent/core/threads.hpp"
#include "latent/kernels/elementwise.hpp"
#include "latent/layers/activation.hpp"
#include "latent/models/network.hpp"
#include "latent/models/run.hpp"
#include "latent/models/summary.hpp"

namespace latent {

template <class Scalar, class... Items>
class Model;

/// A model in float.
template <class... Items>
using Sequential = Model<float, Items...>;

namespace detail {

/// A layer with an activation that cannot be undone from its result, `Dense<32, GELU>`, is taken apart into two layers under
/// one name: the layer without an activation, and the activation, which then has its input at hand.
template <class Layer>
concept TakenApart = requires { requires NeedsInput<typename Layer::activation>; };
template <class Layer>
struct WithoutActivation : Layer {
  using activation = Linear;
  template <class InputShape, class Scalar>
  struct On : Layer::template On<InputShape, Scalar> {
    using activation = Linear;
  };
};
template <class Layer>
struct ActivationOfLayer : Activation<typename Layer::activation> {
  static constexpr bool belongs_to_previous = true;
};

/// All layers of a list of layers and models, in order, with the Inputs.
template <class Done, class... Items>
struct Flat;
template <class... Done>
struct Flat<List<Done...>> {
  using type = List<Done...>;
};
template <class... Done, class Layer, class... Rest>
struct Flat<List<Done...>, Layer, Rest...> : Flat<List<Done..., Layer>, Rest...> {};
template <class... Done, TakenApart Layer, class... Rest>
struct Flat<List<Done...>, Layer, Rest...>
    : Flat<List<Done..., WithoutActivation<Layer>, ActivationOfLayer<Layer>>, Rest...> {};
template <class... Done, class Scalar, class... Inner, class... Rest>
struct Flat<List<Done...>, Model<Scalar, Inner...>, Rest...> : Flat<List<Done...>, Inner..., Rest...> {};

/// The model of a flat list on another Input: without the Inputs of nested models.
template <class Scalar, class Done, class... Layers>
struct On;
template <class Scalar, class... Done>
struct On<Scalar, List<Done...>> {
  using type = Model<Scalar, Done...>;
};
template <class Scalar, class... Done, class Layer, class... Rest>
struct On<Scalar, List<Done...>, Layer, Rest...>
    : std::conditional_t<InputLayer<Layer>, On<Scalar, List<Done...>, Rest...>, On<Scalar, List<Done..., Layer>, Rest...>> {};

template <class Layer>
constexpr LayerLabel label_of();
template <class Branches>
struct BranchLabels;
template <class... Branches>
struct BranchLabels<std::tuple<Branches...>> {
  static constexpr std::array labels{label_of<Branches>()...};
};
template <class Layer>
constexpr LayerLabel label_of() {
  LayerLabel label{};
  if constexpr (AnyLayer<Layer>) {  // of another type the network has complained
    label.class_name = Layer::class_name, label.default_name = Layer::default_name, label.is_input = InputLayer<Layer>;
    if constexpr (requires { Layer::given_name; }) label.given_name = Layer::given_name;
    label.belongs_to_previous = requires { Layer::belongs_to_previous; };
    if constexpr (requires { typename Layer::branches; }) {
      label.branches = BranchLabels<typename Layer::branches>::labels.data();
      label.branch_count = BranchLabels<typename Layer::branches>::labels.size();
    }
  }
  return label;
}

/// A flat list: its Input, its network, and models made of the same layers.
template <class Scalar, class FlatList>
struct Assembled : Assembled<Scalar, List<Input<1>, StandIn>> {
  static_assert(std::is_void_v<FlatList>,
                "latent: a model starts with Input<height, width, channels> or Input<features>, and layers follow");
};
template <class Scalar, InputLayer First, class... Layers>
  requires(sizeof...(Layers) > 0)
struct Assembled<Scalar, List<First, Layers...>> {
  using network = Network<Scalar, typename First::shape, Layers...>;
  template <class NewInput>
  using on = typename On<Scalar, List<NewInput>, Layers...>::type;

  static constexpr std::array labels{label_of<First>(), label_of<Layers>()...};
};

}  // namespace detail

/// What the backward pass of a model gives: the gradient with respect to its input and to every parameter.
template <class Scalar, int Rank>
struct Gradients {
  Tensor<Rank, Scalar> dx;
  std::map<std::string, std::vector<Scalar>> parameters;  ///< "conv2d/kernel" -> values, row-major

  /// The gradient of one trainable parameter tensor by name. Throws std::out_of_range for a name that is not there.
  const std::vector<Scalar>& operator[](const std::string& name) const { return parameters.at(name); }
};

template <class Scalar_, class... Items>
class Model {
  using Assembled = detail::Assembled<Scalar_, typename detail::Flat<detail::List<>, Items...>::type>;

 public:
  using Scalar = Scalar_;
  using network = typename Assembled::network;
  using input_shape = typename network::input_shape;
  using output_shape = typename network::output_shape;
  using InputTensor = Tensor<input_shape::rank + 1, Scalar>;
  using OutputTensor = Tensor<output_shape::rank + 1, Scalar>;
  /// The same model in another scalar type: `Autoencoder::in<double>` for exact tests and gradient checks.
  template <class Other>
  using in = Model<Other, Items...>;

  /// A model with fresh parameters: Glorot-uniform kernels and zero biases unless told otherwise, as in Keras. The same
  /// seed gives the same numbers on every machine.
  [[gnu::cold]] explicit Model(Seed seed = Seed{}, std::string name = "sequential")
      : parameters_(aligned_zeros<Scalar>(network::buffer_size)), names_(unique_names(Assembled::labels)), name_(std::move(name)) {
    detail::initialize<Scalar>(network::layers, seed, parameters_.get());
  }
  /// A copy has parameters of its own.
  Model(const Model& other)
      : parameters_(aligned_zeros<Scalar>(network::buffer_size)), names_(other.names_), name_(other.name_) {
    std::copy_n(other.parameters_.get(), network::buffer_size, parameters_.get());
  }
  /// Assigning copies the numbers; a part stays a part of its whole.
  Model& operator=(const Model& other) {
    if (!parameters_) return *this = Model(other);  // this one was moved from
    std::copy_n(other.parameters_.get(), network::buffer_size, parameters_.get());
    return *this;
  }
  Model(Model&&) = default;
  Model& operator=(Model&& other) {
    if (parameters_) return *this = static_cast<const Model&>(other);
    parameters_ = std::move(other.parameters_), names_ = std::move(other.names_), name_ = std::move(other.name_);
    return *this;
  }

  const std::string& name() const { return name_; }
  static constexpr Index count_params() { return network::count_params; }

  /// Item i of the list the model was made of, for instance the decoder of Sequential<Encoder, Decoder>. It works on the
  /// same parameters: train the whole and the part has learnt. It keeps them alive, too.
  template <int i>
  auto part() const {
    using Item = std::tuple_element_t<i, std::tuple<Items...>>;
    static_assert(requires { typename Item::network; }, "latent: part<i>() is for a model among the items of a model");
    using Part = typename Item::template in<Scalar>;
    constexpr Index first_name = before<i>(true);
    return Part(std::shared_ptr<Scalar[]>(parameters_,
                                          parameters_.get() + network::template parameters_before<before<i>(false)>()),
                {names_.begin() + first_name, names_.begin() + before<i + 1>(true)}, text(name_, "_part_", i));
  }

  /// The same layers on another input size, `model.on<Input<420, 540, 1>>()`, sharing the parameters: a network trained on
  /// patches runs on whole pages.
  template <class NewInput>
  auto on() const {
    using Other = typename Assembled::template on<NewInput>;
    static_assert(network::template same_parameters<typename Other::network>(),
                  "latent: on another input size these layers would have other parameters (is there a Dense among them?)");
    return Other(parameters_, layer_names(), name_);
  }

  /// The parameter tensors with Keras's names and shapes.
  std::vector<NamedTensor<Scalar>> parameters() { return named<Scalar>(parameters_.get()); }
  std::vector<NamedTensor<const Scalar>> parameters() const { return named<const Scalar>(parameters_.get()); }
  /// All parameters in one buffer of network::buffer_size (tensors start on cache lines; the gaps are 0).
  Scalar* data() { return parameters_.get(); }
  const Scalar* data() const { return parameters_.get(); }
  /// Names for a buffer laid out like the parameters, for example of gradients.
  template <class S>
  std::vector<NamedTensor<S>> named(S* buffer) const {
    return detail::named_tensors<S>(network::layers, layer_names(), buffer);
  }
  /// The names of the layers, as in the summary: first the Input's.
  std::vector<LayerName> layer_names() const { return without_nested_inputs(names_); }
  /// That of layer i; 1 is the first after the Input.
  std::string layer_name(int i) const { return layer_names()[static_cast<std::size_t>(i)].name; }

  /// The table that Keras's model.summary() prints.
  std::string summary(const SummaryOptions& options = {}) const {
    return summary_table(name_, layer_names(), input_shape::dimensions, network::layers, sizeof(Scalar), options);
  }

  /// The model's output for a batch x (number, ...input shape): (number, ...output shape).
  OutputTensor predict(const InputTensor& x, int threads = 0) const {
    return predicted(network::template plan<>, x, threads);
  }
  template <OtherTensor<InputTensor> Other>
  OutputTensor predict(const Other&, int = 0) const {
    tensor_does_not_fit<Other, InputTensor>();
    return {};
  }
  /// The same without the last layer's activation (GELU and SiLU stay: they are layers of their own).
  OutputTensor logits(const InputTensor& x, int threads = 0) const {
    return predicted(network::template plan<Linear>, x, threads);
  }

  /// The output in another mode: `model.call(x, {.training = true})` is Keras's `model(x, training=True)`.
  OutputTensor call(const InputTensor& x, const CallMode& mode) const {
    OutputTensor y = empty_output(x, "call");
    detail::batches::forward(network::template plan<>, data(), x.data(), y.data(), x.dimension(0), mode);
    return y;
  }

  /// What the model itself adds to the loss of the batch x, by name: the penalties of its regularizers, say. Empty for most.
  std::map<std::string, double> losses(const InputTensor& x, const CallMode& mode = {}) const {
    check_shape(x, input_shape::dimensions, "losses");
    const auto parts =
        detail::batches::forward(network::template plan<>, data(), x.data(), static_cast<Scalar*>(nullptr),
                                 x.dimension(0), mode);
    std::map<std::string, double> named;
    for (std::size_t part = 1; part < parts.size(); ++part)
      named[network::loss_parts.names[part]] = parts[part] / static_cast<double>(x.dimension(0));
    if constexpr (network::has_penalties)
      named[network::regularization] += detail::penalties<Scalar>(network::layers, data(), nullptr);
    return named;
  }

  /// The backward pass on its own: given dy, the gradient of some number with respect to the output for the batch x, the
  /// gradients of that number, plus the losses of the model's own, with respect to x and to every parameter.
  Gradients<Scalar, input_shape::rank + 1> backward(const InputTensor& x, const OutputTensor& dy, const CallMode& mode = {}) const {
    check_shape(x, input_shape::dimensions, "backward: x");
    check_shape(dy, output_shape::dimensions, "backward: dy");
    check(x.dimension(0) == dy.dimension(0), "backward: x has ", x.dimension(0), " samples but dy has ", dy.dimension(0));
    const auto gradients = aligned_zeros<Scalar>(network::buffer_size);
    Gradients<Scalar, input_shape::rank + 1> result{InputTensor(x.dimensions()), {}};
    detail::batches::backward(network::template plan<typename network::last_activation, detail::Backward::input>, data(),
                              x.data(), dy.data(), x.dimension(0), mode, result.dx.data(), gradients.get());
    for (const auto& tensor : named<Scalar>(gradients.get()))
      if (tensor.trainable) result.parameters[tensor.name].assign(tensor.data, tensor.data + tensor.size());
    return result;
  }

 private:
  template <class, class...>
  friend class Model;
  Model(std::shared_ptr<Scalar[]> parameters, std::vector<LayerName> names, std::string name)
      : parameters_(std::move(parameters)), names_(std::move(names)), name_(std::move(name)) {}

  template <class Item>
  static constexpr int layers_of(bool with_inputs) {
    if constexpr (requires { typename Item::network; })
      return Item::template before<Item::items>(with_inputs);
    else
      return InputLayer<Item> && !with_inputs ? 0 : detail::TakenApart<Item> ? 2 : 1;
  }
  static constexpr int items = sizeof...(Items);
  /// Layers of the items before item i.
  template <int i>
  static constexpr int before(bool with_inputs) {
    const int layers[] = {layers_of<Items>(with_inputs)...};
    int sum = 0;
    for (int j = 0; j < i; ++j) sum += layers[j];
    return sum;
  }

  /// A tensor for the output for x; checks x.
  [[gnu::cold]] static OutputTensor empty_output(const InputTensor& x, const char* what) {
    check_shape(x, input_shape::dimensions, what);
    Eigen::array<Index, output_shape::rank + 1> dimensions;
    dimensions[0] = x.dimension(0);
    std::copy(output_shape::dimensions.begin(), output_shape::dimensions.end(), dimensions.begin() + 1);
    return OutputTensor(dimensions);
  }

  [[gnu::cold]] OutputTensor predicted(const detail::Plan<Scalar>& plan, const InputTensor& x, int threads) const {
    OutputTensor y = empty_output(x, "predict");
    detail::batches::predict(plan, data(), x.data(), y.data(), x.dimension(0), team_size(threads, "predict"));
    return y;
  }

  std::shared_ptr<Scalar[]> parameters_;
  std::vector<LayerName> names_;  // of all layers, the Inputs of nested models included
  std::string name_;
};

}  // namespace latent
