/// A chain of layers on one input shape, worked out at compile time: shapes, memory layouts, parameters, names. It holds
/// no data: parameters and activations are handed in, so that any number of threads run one network at once.
/// Together with core/shape.hpp and models/chain.hpp this is where the template machinery lives.
#pragma once

#include <array>
#include <memory>
#include <span>
#include <string_view>
#include <tuple>

#include "latent/core/buffer.hpp"
#include "latent/kernels/elementwise.hpp"
#include "latent/models/chain.hpp"
#include "latent/models/layer_facts.hpp"

namespace latent {

namespace detail {
template <std::size_t A, std::size_t B>
constexpr bool same_specs(const std::array<ParameterSpec, A>& a, const std::array<ParameterSpec, B>& b) {
  if (A != B) return false;
  for (std::size_t t = 0; t < A; ++t)
    if (a[t].rank != b[t].rank || a[t].dimensions != b[t].dimensions) return false;
  return true;
}
}  // namespace detail

/// The parts of a loss, by name: first the loss of the targets, then what layers and regularizers add, each name once.
template <std::size_t most>
struct LossParts {
  std::array<const char*, most> names{"data_loss"};
  std::size_t count = 1;

  constexpr std::size_t find(std::string_view name) const {
    std::size_t part = 1;
    while (part < count && names[part] != name) ++part;
    return part;
  }
  constexpr void add(const char* name) {
    if (find(name) == count) names[count++] = name;
  }
};

/// `Layers` are plain layers, and the Inputs of nested models.
template <class Scalar_, class InputShape, class... Layers>
struct Network {
  using Scalar = Scalar_;
  using input_shape = InputShape;
  using Bound = typename detail::Chain<Scalar, 1, InputShape, detail::List<>, Layers...>::layers;
  static constexpr int depth = static_cast<int>(std::tuple_size_v<Bound>);
  static_assert(depth > 0, "latent: a model needs at least one layer after its Input");
  template <int i>
  using Layer = std::tuple_element_t<i, Bound>;
  using output_shape = typename Layer<depth - 1>::output_shape;
  using last_activation = typename Layer<depth - 1>::activation;

  // ---- parameters: tensor t of layer i starts at offset(i, t) of one buffer; every tensor starts on a cache line.

  static constexpr Index aligned(Index n) { return latent::aligned<Scalar>(n); }

  /// Scalars of the parameters of the layers before layer i, gaps included.
  template <int i>
  static constexpr Index parameters_before() {
    if constexpr (i == 0) {
      return 0;
    } else {
      Index sum = parameters_before<i - 1>();
      for (const ParameterSpec& spec : Layer<i - 1>::parameters) sum += aligned(spec.size());
      return sum;
    }
  }
  static constexpr Index buffer_size = parameters_before<depth>();
  static constexpr std::array<LayerFacts, static_cast<std::size_t>(depth)> layers =
      []<int... i>(std::integer_sequence<int, i...>) {
    return std::array{LayerFacts{Layer<i>::parameters, Layer<i>::output_shape::dimensions, parameters_before<i>(),
                                 Layer<i>::own_loss, Layer<i>::activity_penalty, Layer<i>::branch_shapes}...};
  }(std::make_integer_sequence<int, depth>{});
  /// Parameters as Keras counts them, without the gaps.
  static constexpr Index count_params = [] {
    Index sum = 0;
    for (const LayerFacts& layer : layers)
      for (const ParameterSpec& spec : layer.parameters) sum += spec.size();
    return sum;
  }();

  static constexpr Index trainable_params = [] {
    Index sum = 0;
    for (const LayerFacts& layer : layers)
      for (const ParameterSpec& spec : layer.parameters) sum += spec.trainable ? spec.size() : 0;
    return sum;
  }();

  template <int i>
  static constexpr Index prepared_before() {
    if constexpr (i == 0)
      return 0;
    else
      return prepared_before<i - 1>() + aligned(Layer<i - 1>::prepared_size);
  }
  static constexpr Index prepared_size = prepared_before<depth>();

  /// Whether another network has tensors of the same shapes, so that both can work on one buffer.
  template <class Other>
  static constexpr bool same_parameters() {
    if constexpr (Other::depth != depth) {
      return false;
    } else {
      return []<int... i>(std::integer_sequence<int, i...>) {
        return (detail::same_specs(Layer<i>::parameters, Other::template Layer<i>::parameters) && ...);
      }(std::make_integer_sequence<int, depth>{});
    }
  }

  /// Pointers to the parameter tensors of layer i (or their gradients) within a buffer of `buffer_size`.
  template <int i, class S>
  static auto pointers(S* buffer, const Scalar* prepared = nullptr, Scalar* scratch = nullptr, const Call& call = Call(1)) {
    constexpr std::size_t count = Layer<i>::parameters.size();
    Pointers<S, count> p{{}, prepared ? prepared + prepared_before<i>() : nullptr, scratch, call};
    p.call.layer = i;
    if constexpr (Layer<i>::own_loss.name != nullptr)
      if (call.loss) p.call.loss = call.loss + loss_parts.find(Layer<i>::own_loss.name);
    if constexpr (Layer<i>::statistics_size > 0)
      if (call.batch_statistics)
        p.call.lane_statistics += statistics_before<i>(), p.call.batch_statistics += statistics_before<i>();
    S* next = buffer + parameters_before<i>();
    for (std::size_t t = 0; t < count; ++t) {
      p.tensors[t] = next;
      next += aligned(Layer<i>::parameters[t].size());
    }
    return p;
  }

  /// What the passes need of the parameters in another form; once for each new set of parameters. Layer by layer, so that
  /// threads can share the work.
  [[gnu::noinline]] static void prepare(const Scalar* parameters, Scalar* prepared, int layer) {
    for_layers([&]<int i>() {
      if constexpr (Layer<i>::prepared_size > 0)
        if (i == layer) Layer<i>::prepare(pointers<i>(parameters), prepared + prepared_before<i>());
    });
  }

  // ---- losses: that of the targets, and the network's own

  /// Whether there is a penalty on value i, the activity of the layer before it.
  template <int i>
  static constexpr bool penalizes = [] {
    if constexpr (i == 0)
      return false;
    else
      return Layer<i - 1>::activity_penalty.any();
  }();

  /// Whether there are penalties on parameters.
  static constexpr bool has_penalties = [] {
    for (const LayerFacts& layer : layers)
      for (const ParameterSpec& spec : layer.parameters)
        if (spec.penalty.any()) return true;
    return false;
  }();
  static constexpr const char* regularization = "regularization_loss";
  static constexpr auto loss_parts = [] {
    LossParts<static_cast<std::size_t>(depth) + 2> parts;
    for (const LayerFacts& layer : layers) {
      if (layer.own_loss.name) parts.add(layer.own_loss.name);
      if (layer.own_loss.others) parts.names[0] = layer.own_loss.others;
      if (layer.activity_penalty.any()) parts.add(regularization);
    }
    if (has_penalties) parts.add(regularization);
    return parts;
  }();
  static constexpr std::size_t penalty_part = loss_parts.find(regularization);
  /// A call's `loss` points to these.
  using Losses = std::array<double, loss_parts.count>;

  // ---- segments: a layer that gathers statistics of the whole batch is the first of a new one

  static constexpr int segments = [] {
    return std::apply([](auto... layer) { return 1 + (int(layer.statistics_size > 0) + ...); }, Bound{});
  }();
  /// The first layer of segment s; `depth` for s = segments.
  template <int s>
  static constexpr int segment_begin() {
    constexpr auto begins = []<int... i>(std::integer_sequence<int, i...>) {
      std::array<int, static_cast<std::size_t>(segments) + 1> found{};
      std::size_t next = 1;
      ((Layer<i>::statistics_size > 0 ? void(found[next++] = i) : void()), ...);
      found[next] = depth;
      return found;
    }(std::make_integer_sequence<int, depth>{});
    return begins[static_cast<std::size_t>(s)];
  }
  /// Doubles of the statistics of the layers before layer i.
  template <int i>
  static constexpr Index statistics_before() {
    if constexpr (i == 0)
      return 0;
    else
      return statistics_before<i - 1>() + Layer<i - 1>::statistics_size;
  }
  static constexpr Index statistics_size = statistics_before<depth>();

  /// Joins the statistics that the lanes have gathered for layer i, in order, in `batch`.
  template <int i>
  static void join(const double* lanes, Index used, double* batch) {
    double* s = batch + statistics_before<i>();
    std::fill_n(s, Layer<i>::statistics_size, 0.0);
    for (Index lane = 0; lane < used; ++lane) Layer<i>::join(lanes + lane * statistics_size + statistics_before<i>(), s);
  }
  /// After a step: what the layers keep of the statistics of its batch.
  static void remember(Scalar* parameters, const double* batch) {
    for_layers([&]<int i>() {
      if constexpr (Layer<i>::statistics_size > 0) Layer<i>::remember(pointers<i>(parameters), batch + statistics_before<i>());
    });
  }

  /// The sum of the penalties on parameters. Adds their gradients to `gradients` unless it is null.
  [[gnu::cold]] static double penalties(const Scalar* parameters, Scalar* gradients) {
    double sum = 0;
    for_parameters<Scalar>(layers, [&](std::size_t, std::size_t, const ParameterSpec& spec, Index offset) {
      if (!spec.penalty.any()) return;
      sum += spec.penalty.value(parameters + offset, spec.size());
      if (gradients) spec.penalty.add_gradient(parameters + offset, gradients + offset, spec.size(), 1);
    });
    return sum;
  }

  // ---- activations: value i is the input of layer i, value `depth` the result; gradient i belongs to value i.

  template <int i>
  static constexpr auto shape_of() {
    if constexpr (i == 0)
      return InputShape{};
    else
      return typename Layer<i - 1>::output_shape{};
  }
  template <int i>
  static constexpr Border value_border() {
    if constexpr (i == depth)
      return Border{};
    else
      return Layer<i>::input_border;
  }
  template <int i>
  static constexpr Border gradient_border() {
    if constexpr (i == 0)
      return Border{};
    else
      return Layer<i - 1>::gradient_border;
  }
  template <int i>
  using ValueLayout = Layout<decltype(shape_of<i>()), value_border<i>()>;
  template <int i>
  using GradientLayout = Layout<decltype(shape_of<i>()), gradient_border<i>()>;

  /// How many samples go through the whole network together, at most: so many that the tiles of a matrix product are full
  /// and few chunks add to a gradient, but of a larger network only four or two images (which share every read of its
  /// weights) or one, so that the activations stay in the second-level cache from the forward pass to the backward pass.
  static constexpr Index chunk = [] {
    constexpr Index kilobytes = 1024;
    const Index bytes = []<int... i>(std::integer_sequence<int, i...>) {
      return ((ValueLayout<i>::size + GradientLayout<i>::size) + ...) * static_cast<Index>(sizeof(Scalar));
    }(std::make_integer_sequence<int, depth + 1>{});
    for (Index samples = 64; samples > 1; samples /= 2)
      if (samples * bytes <= (samples > 4 ? 1024 : 2560) * kilobytes) return samples;
    return Index(1);
  }();

  /// Scalars before value i (before gradient i, which lie after all the values) in a workspace.
  template <int i>
  static constexpr Index values_before() {
    if constexpr (i == 0)
      return 0;
    else
      return values_before<i - 1>() + aligned(chunk * ValueLayout<i - 1>::size);
  }
  template <int i>
  static constexpr Index gradients_before() {
    if constexpr (i == 0)
      return values_before<depth + 1>();
    else
      return gradients_before<i - 1>() + aligned(chunk * GradientLayout<i - 1>::size);
  }

  /// Where the lines of values 0 ... depth (of the gradients) lie in a workspace, for those who walk over all of them.
  struct Lines {
    Index first, sample, row_step;  ///< scalars before the first line, from one sample (one line) to the next
    Index rows, size;               ///< lines of a sample, scalars of a line
  };
  template <class L>
  static constexpr Lines lines(Index before) {
    return {before + L::origin, L::size, L::row_step, L::height, L::width * L::channels};
  }
  static constexpr auto value_lines = []<int... i>(std::integer_sequence<int, i...>) {
    return std::array{lines<ValueLayout<i>>(values_before<i>())...};
  }(std::make_integer_sequence<int, depth + 1>{});
  static constexpr auto gradient_lines = []<int... i>(std::integer_sequence<int, i...>) {
    return std::array{lines<GradientLayout<i>>(gradients_before<i>())...};
  }(std::make_integer_sequence<int, depth + 1>{});

  static constexpr Index scratch_size = [] {
    const Index of_layers = std::apply([](auto... layer) { return std::max({layer.scratch_size + chunk * layer.scratch_per_sample...}); }, Bound{});
    return penalizes<depth> ? std::max(of_layers, output_shape::size) : of_layers;  // see penalize_logits
  }();

  /// The activations and gradients of one chunk. Each thread has one.
  class Workspace {
   public:
    static constexpr Index size = gradients_before<depth + 1>() + aligned(output_shape::size) + scratch_size;
    /// Room for the gradient of one sample's loss, after everything else.
    Scalar* loss_gradient() const { return memory_.get() + gradients_before<depth + 1>(); }
    /// What the layers work with, one after the other.
    Scalar* scratch() const { return loss_gradient() + aligned(output_shape::size); }
    static constexpr std::size_t bytes() { return static_cast<std::size_t>(size) * sizeof(Scalar); }

    template <int i>
    View<Scalar, ValueLayout<i>> value(Index samples) const {
      return {memory_.get() + values_before<i>(), samples};
    }
    template <int i>
    View<Scalar, GradientLayout<i>> gradient(Index samples) const {
      return {memory_.get() + gradients_before<i>(), samples};
    }

    /// Calls visit(sample, the line's first scalar, scalars) for every line of some samples.
    template <class Visit>
    void for_lines(const Lines& lines, Index samples, const Visit& visit) const {
      for (Index n = 0; n < samples; ++n)
        for (Index row = 0; row < lines.rows; ++row)
          visit(n, memory_.get() + lines.first + n * lines.sample + row * lines.row_step, lines.size);
    }
    /// For tests: fills everything but the borders, so that a value that is read before it is written shows.
    void fill(Scalar everything) const {
      for (const auto& table : {value_lines, gradient_lines})
        for (const Lines& lines : table)
          for_lines(lines, chunk, [&](Index, Scalar* line, Index count) { std::fill_n(line, count, everything); });
    }

   private:
    // The zeros of the borders stay; nothing else is read before it is written.
    std::shared_ptr<Scalar[]> memory_ = aligned_zeros<Scalar>(size);
  };

  /// Copies one sample into value 0 of the workspace, inside its border.
  static void set_input(const Workspace& workspace, Index n, const Scalar* from) {
    const auto x = workspace.template value<0>(chunk);
    for (Index row = 0; row < x.height; ++row)
      std::copy_n(from + row * x.width * x.channels, x.width * x.channels, x.pixel(n, row, 0));
  }

  /// The same for all samples of a call; `batch` holds the samples of its batch one after the other.
  static void set_inputs(const Workspace& workspace, const Call& call, const Scalar* batch) {
    for (Index n = 0; n < call.samples; ++n) set_input(workspace, n, batch + call.place(n) * input_shape::size);
  }

  /// Value 0 -> ... -> value `depth`. With `Last` = Linear the last layer leaves out its activation and gives the logits.
  template <class Last = last_activation>
  static void forward(const Scalar* parameters, const Scalar* prepared, const Workspace& workspace, const Call& call) {
    forward_layers<0, depth, Last>(parameters, prepared, workspace, call);
  }
  /// The same for one segment. Where another one follows, its first layer gathers its statistics.
  template <int segment, class Last>
  static void forward_segment(const Scalar* parameters, const Scalar* prepared, const Workspace& workspace, const Call& call) {
    constexpr int end = segment_begin<segment + 1>();
    forward_layers<segment_begin<segment>(), end, Last>(parameters, prepared, workspace, call);
    if constexpr (end < depth) {
      const View<const Scalar, ValueLayout<end>> x = workspace.template value<end>(call.samples);
      if (call.training) Layer<end>::gather(x, call.lane_statistics + statistics_before<end>());
    }
  }
  template <int first, int end, class Last>
  static void forward_layers(const Scalar* parameters, const Scalar* prepared, const Workspace& workspace, const Call& call) {
    for_layers<first, end>([&]<int i>() {
      using Act = std::conditional_t<i == depth - 1, Last, typename Layer<i>::activation>;
      forward_of_layer<i, Act>(parameters, prepared, workspace, call);
    });
  }

  /// Backward through a segment, the last one from gradient `depth`, the gradient with respect to the last layer's result
  /// before its activation (dz). Adds to `gradients`; computes the gradient with respect to the input (gradient 0) only if
  /// asked to. The input gradient of a segment's first layer waits until the whole batch has come as far, and is computed
  /// with the segment before.
  template <int segment, bool WithInputGradient>
  static void backward_segment(const Scalar* parameters, const Scalar* prepared, const Workspace& workspace, const Call& call,
                               Scalar* gradients) {
    constexpr int first = segment_begin<segment>(), end = segment_begin<segment + 1>();
    if constexpr (end < depth && (end > 0 || WithInputGradient))
      input_gradient_of_layer<end>(parameters, prepared, workspace, call);
    for_layers<0, end - first>([&]<int reverse>() {
      constexpr int i = end - 1 - reverse;
      weight_gradient_of_layer<i>(prepared, workspace, call, gradients);
      if constexpr (segment > 0 ? i > first : i > 0 || WithInputGradient)
        input_gradient_of_layer<i>(parameters, prepared, workspace, call);
    });
  }

  // Not inlined: predict, evaluate and every trainer share one copy of each layer, which halves the time to compile.
  template <int i, class Act>
  [[gnu::noinline]] static void forward_of_layer(const Scalar* parameters, const Scalar* prepared, const Workspace& workspace,
                                              const Call& call) {
    const View<const Scalar, ValueLayout<i>> x = workspace.template value<i>(call.samples);
    const auto y = workspace.template value<i + 1>(call.samples);
    Layer<i>::forward(pointers<i>(parameters, prepared, workspace.scratch(), call), x, y, Act{});
    if constexpr (penalizes<i + 1> && std::is_same_v<Act, typename Layer<i>::activation>)
      if (call.loss) add_activity_penalty<i + 1>(y, call);
  }

  template <int i>
  [[gnu::noinline]] static void weight_gradient_of_layer(const Scalar* prepared, const Workspace& workspace, const Call& call,
                                                      Scalar* gradients) {
    if constexpr (!Layer<i>::parameters.empty())
      Layer<i>::weight_gradient(View<const Scalar, ValueLayout<i>>(workspace.template value<i>(call.samples)),
                                View<const Scalar, GradientLayout<i + 1>>(workspace.template gradient<i + 1>(call.samples)),
                                pointers<i>(gradients, prepared, workspace.scratch(), call));
  }

  template <int i>
  [[gnu::noinline]] static void input_gradient_of_layer(const Scalar* parameters, const Scalar* prepared,
                                                        const Workspace& workspace, const Call& call) {
    using L = Layer<i>;
    using Before = decltype(activation_before<i>());
    const View<const Scalar, ValueLayout<i>> x = workspace.template value<i>(call.samples);
    const View<const Scalar, ValueLayout<i + 1>> y = workspace.template value<i + 1>(call.samples);
    const View<const Scalar, GradientLayout<i + 1>> dz = workspace.template gradient<i + 1>(call.samples);
    const auto dx = workspace.template gradient<i>(call.samples);
    const auto p = pointers<i>(parameters, prepared, workspace.scratch(), call);
    if constexpr (L::undoes_previous && Elementwise<Before> && !penalizes<i>) {
      L::input_gradient(p, x, y, dz, dx, Before{});
    } else {
      L::input_gradient(p, x, y, dz, dx, Linear{});
      undo_activation_before<i>(workspace, call);
    }
  }

  /// Gradient i, with respect to value i, becomes that with respect to value i before its activation.
  template <int i>
  static void undo_activation_before(const Workspace& workspace, const Call& call) {
    const View<const Scalar, ValueLayout<i>> x = workspace.template value<i>(call.samples);
    const auto dx = workspace.template gradient<i>(call.samples);
    if constexpr (penalizes<i>)
      for (Index n = 0; n < call.samples; ++n)
        for (Index row = 0; row < x.height; ++row)
          Layer<i - 1>::activity_penalty.add_gradient(x.pixel(n, row, 0), dx.pixel(n, row, 0), x.width * x.channels, call.share());
    undo_activation<decltype(activation_before<i>())>(x, dx);
  }

  /// Adds the penalty on value i.
  template <int i, class L>
  static void add_activity_penalty(View<Scalar, L> values, const Call& call) {
    double sum = 0;
    for (Index n = 0; n < values.samples; ++n)
      for (Index row = 0; row < L::height; ++row)
        sum += Layer<i - 1>::activity_penalty.value(static_cast<const Scalar*>(values.pixel(n, row, 0)), L::width * L::channels);
    call.loss[penalty_part] += sum;
  }

  /// For a loss that looks through the last activation to the logits: the penalty is on what the activation would have
  /// given. Adds it and its gradient with respect to the logits.
  static void penalize_logits(const Workspace& workspace, const Call& call) {
    if constexpr (penalizes<depth>) {
      const View<Scalar, Layout<output_shape>> y(workspace.scratch(), 1), dy(workspace.loss_gradient(), 1);
      for (Index n = 0; n < call.samples; ++n) {
        const View<const Scalar, Layout<output_shape>> logits(workspace.template value<depth>(call.samples).sample(n), 1);
        const auto dz = workspace.template gradient<depth>(call.samples);
        kernels::copy_in_order(logits, y);
        apply_activation<last_activation>(y);
        add_activity_penalty<depth>(y, call);
        std::fill_n(dy.data, dy.size, Scalar(0));
        Layer<depth - 1>::activity_penalty.add_gradient(y.data, dy.data, dy.size, call.share());
        undo_activation<last_activation, Scalar>(View<const Scalar, Layout<output_shape>>(y), dy);
        for (Index row = 0; row < dz.height; ++row)
          for (Index k = 0; k < dz.width * dz.channels; ++k) dz.pixel(n, row, 0)[k] += dy.pixel(0, row, 0)[k];
      }
    }
  }

  template <int i>
  static constexpr auto activation_before() {
    if constexpr (i == 0)
      return Linear{};
    else
      return typename Layer<i - 1>::activation{};
  }

  /// Calls f.template operator()<i>() for every layer in order, or for those from `first` to before `end`.
  template <int first = 0, int end = depth, class F>
  static void for_layers([[maybe_unused]] F&& f) {
    [&]<int... i>(std::integer_sequence<int, i...>) {
      (f.template operator()<first + i>(), ...);
    }(std::make_integer_sequence<int, end - first>{});
  }
};

}  // namespace latent
