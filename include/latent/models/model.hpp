/// Sequential<Input<28, 28, 1>, Conv2D<32, 3, Same, ReLU>, ...>: layers with their parameters. How a list of layers becomes
/// a graph with skip connections, several inputs or several outputs: models/graph.hpp.
///
/// A model may be used as a layer of another one: Sequential<Encoder, Decoder>. The layers are then one flat list
/// with one buffer of parameters, and `part<0>()` and `part<1>()` are the encoder and the decoder on the same parameters.
#pragma once

#include <map>

#include "latent/core/random.hpp"
#include "latent/core/read_ahead.hpp"
#include "latent/core/source.hpp"
#include "latent/models/members_in_keras.hpp"
#include "latent/models/network.hpp"
#include "latent/models/session.hpp"
#include "latent/models/summary.hpp"

namespace latent {

/// A model in float.
template <class... Items>
using Sequential = Model<float, Items...>;

namespace engine {

template <class Item>
constexpr LayerLabel label_of() {
  LayerLabel label{};
  if constexpr (AnyLayer<Item>) {  // of another type the network has complained
    label.class_name = Item::class_name, label.default_name = Item::default_name;
    if constexpr (requires { Item::given_name; }) label.given_name = Item::given_name;
    if constexpr (requires { Item::distance; }) label.distance = Item::distance;
    label.belongs_to_previous = requires { Item::belongs_to_previous; };
    label.nested_input = requires { Item::nested; };
  }
  return label;
}

/// An Input of another size, with the same name.
template <class Item, class NewInput>
struct Resized : Item {
  using shape = typename NewInput::shape;
};
/// The model of a flat list on other Inputs.
template <class Scalar, class NetworkOf_, class NewInputs, class FlatList>
struct OnInputs;
template <class Scalar, class Network_, class... NewInputs, class... Items>
struct OnInputs<Scalar, Network_, List<NewInputs...>, List<Items...>> {
  static_assert(sizeof...(NewInputs) == Network_::inputs,
                "latent: on<...>() is given a new Input for each that the model has");
  template <int k>
  static constexpr auto item() {
    using Item = std::tuple_element_t<array_size(k), std::tuple<Items...>>;
    if constexpr (!InputLayer<Item>)
      return std::type_identity<Item>{};
    else if constexpr (Network_::graph.source[k] < 0)
      return std::type_identity<
          Resized<Item, std::tuple_element_t<Network_::graph.value[k], std::tuple<NewInputs...>>>>{};
    else
      return std::type_identity<AnyInput<Item>>{};
  }
  using type = typename decltype([]<int... k>(std::integer_sequence<int, k...>) {
    return std::type_identity<Model<Scalar, typename decltype(item<k>())::type...>>{};
  }(std::make_integer_sequence<int, static_cast<int>(sizeof...(Items))>{}))::type;
};

template <class FlatList>
struct Labels;
template <class... Items>
struct Labels<List<Items...>> {
  static constexpr std::array<LayerLabel, sizeof...(Items)> labels{label_of<Items>()...};
};

/// One tensor, or several.
template <template <class...> class Several, class... T>
struct OneOrSeveral : std::type_identity<Several<T...>> {};
template <template <class...> class Several, class T>
struct OneOrSeveral<Several, T> : std::type_identity<T> {};

/// The types of a network's inputs and outputs.
template <class Network_, class = std::make_integer_sequence<int, Network_::inputs>,
          class = std::make_integer_sequence<int, Network_::outputs>>
struct TensorsOf;
template <class Network_, int... i, int... o>
struct TensorsOf<Network_, std::integer_sequence<int, i...>, std::integer_sequence<int, o...>> {
  using Scalar = typename Network_::Scalar;
  using Input = typename OneOrSeveral<Tensors, Tensor<Network_::template InputShape<i>::rank + 1, Scalar>...>::type;
  using Output =
      typename OneOrSeveral<std::tuple, Tensor<Network_::template OutputShape<o>::rank + 1, Scalar>...>::type;
  /// Those of dx and dy.
  using InputGradient =
      typename OneOrSeveral<std::tuple, Tensor<Network_::template InputShape<i>::rank + 1, Scalar>...>::type;
  using OutputGradient =
      typename OneOrSeveral<Tensors, Tensor<Network_::template OutputShape<o>::rank + 1, Scalar>...>::type;
};

}  // namespace engine

struct x_is_a_batch_of_samples_and_there_are_no_options;

/// Values by the names of parameters.
template <class Scalar>
using NamedNumbers = std::map<std::string, std::vector<Scalar>>;

namespace detail {
/// Those of one name. Throws std::out_of_range for a name that is not there.
template <class Scalar>
[[gnu::cold]] const std::vector<Scalar>& named_in(const NamedNumbers<Scalar>& all, const std::string& name) {
  const auto found = all.find(name);
  if (found == all.end())
    throw std::out_of_range(text("there is no gradient of \"", name, "\", only of ", names_in(all)));
  return found->second;
}
}  // namespace detail

/// The result of a model's backward pass: the gradients with respect to its input (a std::tuple, if it has several) and to
/// every parameter.
template <class Scalar, class X>
struct Gradients {
  X dx;                             ///< with respect to the input
  NamedNumbers<Scalar> parameters;  ///< "conv2d/kernel" -> values, row-major

  /// The gradient of one trainable parameter tensor by name. Throws std::out_of_range for a name that is not there.
  const std::vector<Scalar>& operator[](const std::string& name) const& { return detail::named_in(parameters, name); }
  std::vector<Scalar> operator[](const std::string& name) && { return detail::named_in(parameters, name); }  ///< a copy
};

template <class Scalar_, class... Items>
class Model : public detail::MembersInKeras {
  using Flat = typename engine::Flat<engine::List<>, Items...>::type;

 public:
  using Scalar = Scalar_;
  /// the layers and the values between them, as constants
  using network = typename engine::NetworkOf<Scalar, Flat>::type;
  using input_shape = typename network::input_shape;    ///< the shape of one input sample
  using output_shape = typename network::output_shape;  ///< the shape of one output sample
  /// A batch for the model: a tensor, or Tensors<...> for several inputs, which refers to them. Its output is a tensor, or for
  /// several outputs a std::tuple.
  using InputTensor = typename engine::TensorsOf<network>::Input;
  /// The output for a batch: a tensor, or a std::tuple of them.
  using OutputTensor = typename engine::TensorsOf<network>::Output;
  /// The gradient with respect to the input: a tensor, or a std::tuple of them.
  using InputGradient = typename engine::TensorsOf<network>::InputGradient;
  /// The gradient with respect to the output: a tensor, or Tensors<...>.
  using OutputGradient = typename engine::TensorsOf<network>::OutputGradient;
  /// The same model in another scalar type: `Autoencoder::in<double>` for exact tests and gradient checks.
  template <class Other>
  using in = Model<Other, Items...>;

  /// A model with fresh parameters: Glorot-uniform kernels and zero biases unless told otherwise, as in Keras. The same
  /// seed gives the same numbers on every machine.
  [[gnu::cold]] explicit Model(Seed seed = Seed{}, std::string name = network::is_chain ? "sequential" : "functional")
      : parameters_(aligned_zeros<Scalar>(network::buffer_size)),
        frozen_(new bool[static_cast<std::size_t>(network::depth)]{}),
        names_(unique_names(engine::Labels<Flat>::labels)),
        name_(std::move(name)) {
    engine::initialize<Scalar>(network::layers, seed, parameters_.get());
  }
  /// A copy has parameters of its own.
  Model(const Model& other)
      : parameters_(aligned_zeros<Scalar>(network::buffer_size)),
        frozen_(new bool[static_cast<std::size_t>(network::depth)]{}),
        names_(other.names_),
        name_(other.name_) {
    copy_numbers(other);
  }
  /// Assigning copies the numbers; a part stays a part of its whole.
  Model& operator=(const Model& other) {
    if (!parameters_) return *this = Model(other);  // this one was moved from
    copy_numbers(other);
    return *this;
  }
  Model(Model&&) = default;  ///< The new model takes the parameters over; the old one is empty.
  /// Copies the numbers if this model has any, otherwise takes the parameters over.
  Model& operator=(Model&& other) {
    if (parameters_) return *this = static_cast<const Model&>(other);
    parameters_ = std::move(other.parameters_), frozen_ = std::move(other.frozen_), names_ = std::move(other.names_);
    name_ = std::move(other.name_), training_lanes = other.training_lanes, sessions_ = std::move(other.sessions_);
    return *this;
  }

  /// The FitOptions::lanes of the last training, on which its last digits depend; 0 without one. Saved with the weights.
  Index training_lanes = 0;

  /// The model's name, as its summary shows it.
  const std::string& name() const { return name_; }
  /// The number of parameters, including those that are not trained.
  static constexpr Index count_params() { return network::count_params; }

  /// Item i of the list the model was made of, for instance the decoder of Sequential<Encoder, Decoder>. It works on the
  /// same parameters, and keeps them alive: training the whole model trains the part.
  template <int i>
  auto part() const {
    constexpr bool is_there = i >= 0 && i < static_cast<int>(sizeof...(Items));
    static_assert(is_there, "latent: part<i>(): the list of the model has no item i; the first is item 0");
    using Item = std::tuple_element_t<is_there ? array_size(i) : 0, std::tuple<Items...>>;
    constexpr bool is_model = is_there && requires { typename Item::network; };
    static_assert(is_model || !is_there, "latent: part<i>() is for a model among the items of a model");
    if constexpr (is_model) {
      using Part = typename Item::template in<Scalar>;
      constexpr std::size_t first = items_before<i>(), end = items_before<i + 1>();
      constexpr auto layer = static_cast<std::size_t>(network::graph.layer[first]);
      return Part({parameters_, parameters_.get() + network::placement.before[layer]}, {frozen_, frozen_.get() + layer},
                  {names_.begin() + first, names_.begin() + static_cast<std::ptrdiff_t>(end)}, text(name_, "_part_", i),
                  sessions_);
    } else {
      return *this;  // so that no other error follows
    }
  }

  /// The same layers on another input size, `model.on<Input<420, 540, 1>>()`, sharing the parameters: a network trained on
  /// patches runs on whole pages. A model with several inputs needs as many new ones.
  template <class... NewInputs>
  auto on() const {
    using Other = typename engine::OnInputs<Scalar, network, engine::List<NewInputs...>, Flat>::type;
    static_assert(
        network::template same_parameters<typename Other::network>(),
        "latent: on another input size these layers would have other parameters (is there a Dense among them?)");
    return Other(parameters_, frozen_, names_, name_);
  }

  /// Sets whether the layers of the model are trained, all of them or the one of a name; Keras's `trainable`. A frozen layer
  /// keeps its parameters, without a penalty on them; a BatchNormalization works as at inference. compile() reads this:
  /// a change affects trainers made afterwards. Throws std::invalid_argument for a name that is not there.
  void set_trainable(bool trainable) { std::fill_n(frozen_.get(), network::depth, !trainable); }
  /// The same for the layer of that name.
  [[gnu::cold]] void set_trainable(const std::string& name, bool trainable) {
    const std::vector<LayerName> names = layer_names();
    bool found = false;
    for (std::size_t i = 0; i < static_cast<std::size_t>(network::depth); ++i)
      if (names[network::inputs + i].name == name) frozen_[static_cast<std::ptrdiff_t>(i)] = !trainable, found = true;
    std::string all;
    for (std::size_t i = network::inputs; i < names.size(); ++i)
      all.append(all.empty() ? "" : ", ").append(names[i].name);
    check(found, "set_trainable: the model has no layer \"", name, "\", but ", all);
  }
  /// A flag for each layer, for the engine.
  engine::Frozen frozen() const { return frozen_.get(); }

  /// The parameter tensors with Keras's names and shapes.
  std::vector<NamedTensor<Scalar>> parameters() { return named<Scalar>(parameters_.get()); }
  /// The same, to read.
  std::vector<NamedTensor<const Scalar>> parameters() const { return named<const Scalar>(parameters_.get()); }
  /// All parameters in one buffer of network::buffer_size (tensors start on cache lines; the gaps are 0).
  Scalar* data() { return parameters_.get(); }
  /// The same, to read.
  const Scalar* data() const { return parameters_.get(); }
  /// Names for a buffer laid out like the parameters, for example of gradients.
  template <class S>
  std::vector<NamedTensor<S>> named(S* buffer) const {
    return engine::named_tensors<S>(network::layers, frozen(), layer_names(), buffer);
  }
  /// The names of the Inputs, then those of the layers.
  [[gnu::cold]] std::vector<LayerName> layer_names() const {
    std::vector<LayerName> names;
    for (int v = 0; v < network::values; ++v) {
      const auto item = static_cast<std::size_t>(network::item_of(v));
      names.push_back(names_[item]);
    }
    return names;
  }
  /// The name of layer i; 1 is the first after the Inputs.
  std::string layer_name(int i) const { return layer_names()[static_cast<std::size_t>(network::inputs + i - 1)].name; }

  /// The summary, as Keras's model.summary() prints it.
  [[nodiscard("print it: std::cout << model.summary()")]] std::string summary(
      const SummaryOptions& options = {}) const {
    return facts().summary(options);
  }
  /// The facts for summaries and drawings; valid as long as the model.
  [[gnu::cold]] ModelFacts facts() const {
    return {
        name_, layer_names(), {network::input_shapes, network::layers, network::output_list}, frozen(), sizeof(Scalar)};
  }

  /// The model's output for a batch x (number, ...input shape): (number, ...output shape). With several inputs
  /// `predict({images, labels})`; several outputs are a std::tuple.
  ///
  /// A model keeps its workspace (models/session.hpp), which makes repeated calls faster. Several threads may call one
  /// model. Its parts share the workspace.
  OutputTensor predict(const InputTensor& x, int threads = 0) const {
    OutputTensor y;
    predict(x, y, threads);
    return y;
  }
  /// The same into y, which is resized if necessary. If it has the right size, a repeated call allocates no memory.
  void predict(const InputTensor& x, OutputTensor& y, int threads = 0) const {
    predict_by(network::template plan<>, x, y, "predict", threads);
  }
  /// The output for all batches of a source, in order; their targets are ignored.
  template <class Y>
  OutputTensor predict(Source<InputGradient, Y>& source, int threads = 0, Index prefetch = 2) const {
    const Index batches = source.size();
    check(batches >= 1, "predict: expected a source of at least 1 batch, received one of ", batches);
    check(prefetch >= 0, "predict: prefetch is at least 0, received ", prefetch);
    std::vector<OutputTensor> parts;
    const auto read = [&](Index i) {
      if (i == 0) source.on_epoch_begin(0);
      return source.batch(i);
    };
    ReadAhead<typename Source<InputGradient, Y>::Batch> reader(read, batches, prefetch);
    for (Index i = 0; i < batches; ++i) {
      const auto batch = reader.next();
      parts.push_back(predict(referred(batch.x), threads));
    }
    source.on_epoch_end();
    return joined(parts);
  }
  /// Refuses what is no batch for this model, with a message.
  template <OtherTensor<InputTensor> Other>
  OutputTensor predict(const Other&, int = 0) const {
    tensor_does_not_fit<Other, InputTensor>();
    return {};
  }
  /// @cond
  template <class hint = x_is_a_batch_of_samples_and_there_are_no_options>
  LATENT_INSTEAD(
      "predict takes a batch, or a source, and a number of threads: model.predict(x), model.predict(x, 2); a model "
      "with "
      "several inputs model.predict({a, b})")
  OutputTensor predict(...) const LATENT_REFUSED;
  template <OtherTensor<InputTensor> Other>
  OutputTensor call(const Other&, const CallMode&) const {
    tensor_does_not_fit<Other, InputTensor>();
    return {};
  }
  /// @endcond
  /// The same without the activations of the layers that give the outputs (GELU and SiLU stay: they are layers of their own).
  OutputTensor logits(const InputTensor& x, int threads = 0) const {
    OutputTensor y;
    predict_by(network::template plan<network::all_logits>, x, y, "logits", threads);
    return y;
  }

  /// The output in another mode: `model.call(x, {.training = true})` is Keras's `model(x, training=True)`. What layers draw belongs to
  /// the seed and the step: other numbers come with another `.step`. Moving averages stay as they are.
  OutputTensor call(const InputTensor& x, const CallMode& mode, int threads = 0) const {
    const Index samples = checked(x, "call");
    OutputTensor y;
    resize(y, network::output_shapes, samples);
    const auto inputs = detail::data_of(x);
    engine::forward<Scalar>(network::template plan<>, data(), frozen(), {inputs.data(), samples},
                            detail::data_of(y).data(), mode, team_size(threads, "call"));
    return y;
  }

  /// The losses that the model itself adds for the batch x, by name, such as the penalties of its regularizers. Empty for most models.
  std::map<std::string, double> losses(const InputTensor& x, const CallMode& mode = {}) const {
    const Index samples = checked(x, "losses");
    const auto inputs = detail::data_of(x);
    std::array<Scalar*, network::outputs> nowhere{};
    const auto sums = engine::forward<Scalar>(network::template plan<>, data(), frozen(), {inputs.data(), samples},
                                              nowhere.data(), mode, 1);
    std::map<std::string, double> named;
    for (std::size_t part = 1; part < sums.size(); ++part)
      named[network::loss_parts.names[part]] = sums[part] / static_cast<double>(samples);
    if constexpr (network::all.has_penalties())
      named[engine::regularization] += engine::penalties<Scalar>(network::layers, frozen(), data(), nullptr);
    return named;
  }

  /// The backward pass on its own: given dy, the gradient of some number with respect to the output for the batch x, the
  /// gradients of that number plus the model's own losses, with respect to x and to every parameter.
  Gradients<Scalar, InputGradient> backward(const InputTensor& x, const OutputGradient& dy, const CallMode& mode = {},
                                            int threads = 0) const {
    const Index samples = checked(x, "backward: x");
    const Index of_dy = detail::check_shapes(dy, network::output_shapes, output_names(), "backward: dy");
    check(samples == of_dy, "backward: x has ", samples, " samples but dy has ", of_dy);
    const auto gradients = aligned_zeros<Scalar>(network::buffer_size);
    Gradients<Scalar, InputGradient> result{new_tensors<InputGradient>(network::input_shapes, samples), {}};
    const auto inputs = detail::data_of(x);  // as many as the model has Inputs
    const auto of_outputs = detail::data_of(dy);
    engine::backward<Scalar>(network::template plan<0, engine::Backward::input>, data(), frozen(),
                             {inputs.data(), samples}, of_outputs.data(), mode, detail::data_of(result.dx).data(),
                             gradients.get(), team_size(threads, "backward"));
    result.parameters = trainable_numbers(gradients.get());
    return result;
  }

  /// The values of the trainable parameters in a buffer that is laid out like the parameters, by name.
  [[gnu::cold]] NamedNumbers<Scalar> trainable_numbers(Scalar* buffer) const {
    NamedNumbers<Scalar> numbers;
    for (const auto& tensor : named<Scalar>(buffer))
      if (tensor.trainable) numbers[tensor.name].assign(tensor.data, tensor.data + tensor.size());
    return numbers;
  }

  /// Throws std::invalid_argument unless x is a batch for this model; returns how many samples it has.
  template <class Inputs>
  [[gnu::cold]] Index checked(const Inputs& x, const std::string& what) const {
    std::array<std::string, network::inputs> names;
    if constexpr (network::inputs > 1)
      for (std::size_t i = 0; i < names.size(); ++i) names[i] = layer_names()[i].name;
    return detail::check_shapes(x, network::input_shapes, names, what);
  }

 private:
  template <class, class...>
  friend class Model;
  Model(std::shared_ptr<Scalar[]> parameters, std::shared_ptr<bool[]> frozen, std::vector<LayerName> names,
        std::string name,
        std::shared_ptr<engine::Sessions<Scalar>> sessions = std::make_shared<engine::Sessions<Scalar>>())
      : parameters_(std::move(parameters)),
        frozen_(std::move(frozen)),
        names_(std::move(names)),
        name_(std::move(name)),
        sessions_(std::move(sessions)) {}

  void copy_numbers(const Model& other) {
    std::copy_n(other.parameters_.get(), network::buffer_size, parameters_.get());
    std::copy_n(other.frozen_.get(), network::depth, frozen_.get());
    training_lanes = other.training_lanes;
  }

  /// The number of items of the flat list before item i of the model.
  template <int i>
  static constexpr std::size_t items_before() {
    return []<std::size_t... k>(std::index_sequence<k...>) {
      using Before =
          typename engine::Flat<engine::List<>, std::tuple_element_t<array_size(k), std::tuple<Items...>>...>::type;
      return engine::Labels<Before>::labels.size();
    }(std::make_index_sequence<static_cast<std::size_t>(i)>{});
  }

  /// The data of a source, as the model takes them.
  static const InputTensor& referred(const InputTensor& x) { return x; }
  template <class... T>
  static Tensors<T...> referred(const std::tuple<T...>& x) {
    return std::apply([](const T&... tensor) { return Tensors<T...>(tensor...); }, x);
  }
  /// The samples of all parts, one after the other.
  [[gnu::cold]] static OutputTensor joined(const std::vector<OutputTensor>& parts) {
    Index samples = 0;
    for (const OutputTensor& part : parts) samples += std::get<0>(detail::each(part)).dimension(0);
    OutputTensor all = new_tensors<OutputTensor>(network::output_shapes, samples);
    auto to = detail::data_of(all);
    const auto copy = [](Scalar*& place, const auto& tensor) {
      place = std::copy_n(tensor.data(), tensor.size(), place);
    };
    for (const OutputTensor& part : parts)
      std::apply(
          [&](const auto&... tensor) {
            std::size_t o = 0;
            (copy(to[o++], tensor), ...);
          },
          detail::each(part));
    return all;
  }

  std::array<std::string, network::outputs> output_names() const {
    std::array<std::string, network::outputs> names;
    for (std::size_t o = 0; o < names.size(); ++o) names[o] = network::value_name(network::output_list[o]);
    return names;
  }

  /// One tensor or a tuple of them for so many samples.
  template <class Several, std::size_t count>
  [[gnu::cold]] static Several new_tensors(const std::array<std::span<const Index>, count>& shapes, Index samples) {
    Several made;
    resize(made, shapes, samples);
    return made;
  }
  template <class Several, std::size_t count>
  [[gnu::cold]] static void resize(Several& made, const std::array<std::span<const Index>, count>& shapes,
                                   Index samples) {
    std::size_t next = 0;
    const auto size = [&](auto& tensor) {
      auto dimensions = tensor.dimensions();
      dimensions[0] = samples;
      std::copy(shapes[next].begin(), shapes[next].end(), dimensions.begin() + 1);
      tensor = new_tensor<std::remove_reference_t<decltype(tensor)>>(dimensions);
      ++next;
    };
    if constexpr (count == 1)
      size(made);
    else
      std::apply([&](auto&... tensor) { (size(tensor), ...); }, made);
  }

  void predict_by(const engine::Plan<Scalar>& plan, const InputTensor& x, OutputTensor& y, const char* what,
                  int threads) const {
    const int team = team_size(threads, what);
    Index samples = detail::samples_of(x, network::input_shapes);
    if (samples == 0) samples = checked(x, what);  // throws, and says what is wrong
    if (detail::samples_of(y, network::output_shapes) != samples) resize(y, network::output_shapes, samples);
    const auto inputs = detail::data_of(x);
    sessions_->forward(plan, data(), {inputs.data(), samples}, detail::data_of(y).data(), team);
  }

  std::shared_ptr<Scalar[]> parameters_;
  std::shared_ptr<bool[]> frozen_;  // of each layer
  std::vector<LayerName> names_;    // of all items of the flat list
  std::string name_;
  std::shared_ptr<engine::Sessions<Scalar>> sessions_ = std::make_shared<engine::Sessions<Scalar>>();
};

}  // namespace latent
