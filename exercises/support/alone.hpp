/// One layer called alone, on numbers in double: a student's or latent's own, by the same contract
/// (include/latent/layers/layer.hpp).
///
/// Around every value that a student's layer is handed lie NaNs, two pixels wide, and every output is NaN before: who
/// reads outside of an image, or what nobody has written, gets NaN; who writes outside is told so.
#pragma once

#include "latent/layers/layer.hpp"
#include "latent/models/plan.hpp"
#include "layer_checks.hpp"

namespace marks {

/// The values of a few samples in a layout: zeros in the border that the layer asked for, NaN further out.
template <class Shape, latent::Border zeros, Index guard>
class Held {
 public:
  using Layout = latent::Layout<Shape, zeros + latent::Border{guard, guard, guard, guard}>;

  /// Of NaN, or of these values.
  explicit Held(Index samples, const std::vector<double>* values = nullptr)
      : samples_(samples), memory_(latent::aligned_zeros<double>(samples * Layout::size)) {
    std::fill_n(memory_.get(), samples * Layout::size, std::numeric_limits<double>::quiet_NaN());
    const latent::View<double, Layout> view = write();
    for (Index n = 0; n < samples; ++n)
      for (Index row = -zeros.top; row < Shape::height + zeros.bottom; ++row)
        for (Index column = -zeros.left; column < Shape::width + zeros.right; ++column)
          for (Index c = 0; c < Shape::channels; ++c) {
            const bool real = row >= 0 && row < Shape::height && column >= 0 && column < Shape::width;
            double& here = view.pixel(n, row, column)[c];
            if (!real) here = 0;
            if (real && values) here = values->at(static_cast<std::size_t>(place(n, row, column) + c));
          }
    before_.assign(memory_.get(), memory_.get() + samples * Layout::size);
  }

  latent::View<double, Layout> write() const { return {memory_.get(), samples_}; }
  latent::View<const double, Layout> read() const { return {memory_.get(), samples_}; }

  /// Without borders. Throws Problem if something around them was changed.
  std::vector<double> values(const char* name) {
    std::vector<double> values(static_cast<std::size_t>(samples_ * Shape::size));
    const latent::View<double, Layout> view = write();
    for (Index n = 0; n < samples_; ++n)
      for (Index row = 0; row < Shape::height; ++row)
        for (Index column = 0; column < Shape::width; ++column)
          for (Index c = 0; c < Shape::channels; ++c) {
            double& here = view.pixel(n, row, column)[c];
            values[static_cast<std::size_t>(place(n, row, column) + c)] = here;
            here = before_[static_cast<std::size_t>(&here - memory_.get())];
          }
    check_untouched(memory_.get(), before_, name);
    return values;
  }

 private:
  static Index place(Index n, Index row, Index column) {
    return ((n * Shape::height + row) * Shape::width + column) * Shape::channels;
  }
  Index samples_;
  std::shared_ptr<double[]> memory_;
  std::vector<double> before_;
};

/// The parameters as the engine hands them to a layer.
class Parameters {
 public:
  Parameters(const Batch& batch, Index prepared_size, Index scratch_size)
      : prepared(latent::aligned_zeros<double>(prepared_size)), scratch_(latent::aligned_zeros<double>(scratch_size)) {
    for (const auto& tensor : batch.parameters) {
      places_.push_back(static_cast<Index>(numbers_.size()));
      numbers_.insert(numbers_.end(), tensor.begin(), tensor.end());
    }
    gradients_.assign(numbers_.size(), 1.0);
    read.parameters = numbers_.data(), read.places = places_.data();
    read.prepared = prepared.get(), read.scratch = scratch_.get();
    read.call = latent::Call(batch.samples, {.training = true});
  }

  latent::engine::LayerCall<double> read;
  std::shared_ptr<double[]> prepared;

  /// For gradients; where they are added there are ones before.
  latent::engine::ChangingCall<double> change() { return {read, gradients_.data()}; }
  /// What was added to those of tensor t.
  std::vector<double> added(std::size_t t) const {
    const std::size_t end = t + 1 < places_.size() ? static_cast<std::size_t>(places_[t + 1]) : gradients_.size();
    std::vector<double> sums;
    for (auto i = static_cast<std::size_t>(places_[t]); i < end; ++i) sums.push_back(gradients_[i] - 1);
    return sums;
  }

 private:
  std::vector<double> numbers_, gradients_;
  std::vector<Index> places_;
  std::shared_ptr<double[]> scratch_;
};

/// The passes of a layer on inputs of that shape. `guard`: pixels of NaN around everything; latent's own layers, which read
/// whole vectors, get none.
template <class Layer, class Input, Index guard>
struct Alone {
  using On = typename Layer::template On<Input, double>;
  using Output = typename On::output_shape;
  using X = Held<Input, On::input_border, guard>;
  using Y = Held<Output, latent::Border{}, guard>;
  using DZ = Held<Output, On::gradient_border, guard>;
  using DX = Held<Input, latent::Border{}, guard>;

  static Parameters parameters(const Batch& batch) {
    Parameters p(batch, On::prepared_size, On::scratch_size + batch.samples * On::scratch_per_sample);
    if constexpr (On::prepared_size > 0) On::prepare(p.read, p.prepared.get());
    return p;
  }
  static std::vector<double> forward(const Batch& batch) {
    const X x(batch.samples, &batch.x);
    Y y(batch.samples);
    On::forward(parameters(batch).read, x.read(), y.write(), latent::Linear{});
    return y.values("y");
  }
  static std::vector<double> input_gradient(const Batch& batch) {
    const X x(batch.samples, &batch.x);
    const Y y(batch.samples, &batch.y);
    const DZ dz(batch.samples, &batch.dz);
    DX dx(batch.samples);
    On::input_gradient(parameters(batch).read, x.read(), y.read(), dz.read(), dx.write(), latent::Linear{});
    return dx.values("dx");
  }
  static std::vector<double> weight_gradient(const Batch& batch, std::size_t t) {
    const X x(batch.samples, &batch.x);
    const DZ dz(batch.samples, &batch.dz);
    Parameters dp = parameters(batch);
    On::weight_gradient(dp.change(), x.read(), dz.read());
    return dp.added(t);
  }
};

/// What a layer has, or an exercise asks for.
enum Passes { forward_only, gradients_only, all_passes };

template <class Layer, class Input, Passes passes = all_passes, Index guard = 2>
LoneLayer lone() {
  using A = Alone<Layer, Input, guard>;
  LoneLayer layer{Layer::class_name,
                  {Input::dimensions.begin(), Input::dimensions.end()},
                  {A::Output::dimensions.begin(), A::Output::dimensions.end()}};
  for (const latent::ParameterSpec& spec : A::On::parameters) {
    layer.parameters.emplace_back(spec.shape().begin(), spec.shape().end());
    layer.parameter_names.emplace_back(spec.name);
  }
  if constexpr (passes != gradients_only) layer.forward = A::forward;
  if constexpr (passes != forward_only) layer.input_gradient = A::input_gradient;
  if constexpr (passes != forward_only && !A::On::parameters.empty()) layer.weight_gradient = A::weight_gradient;
  return layer;
}
/// One of latent's own.
template <class Layer, class Input>
LoneLayer latents() {
  return lone<Layer, Input, all_passes, 0>();
}

}  // namespace marks
