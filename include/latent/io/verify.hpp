/// Checks that a model gives the results that it gave when its file was written: io/samples.hpp.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "latent/core/tensors.hpp"
#include "latent/io/safetensors_reader.hpp"
#include "latent/io/samples.hpp"

namespace latent::io {

/// The model's output for one tensor for each of its Inputs.
template <class Model, class... T>
auto predict_each(const Model& model, const std::tuple<T...>& inputs) {
  return std::apply([&](const auto&... x) { return model.predict(typename Model::InputTensor{x...}); }, inputs);
}
/// The same, of a model with one Input.
template <class Model, class T>
auto predict_each(const Model& model, const std::tuple<T>& inputs) {
  return model.predict(std::get<0>(inputs));
}

/// The tensor of that name, which must be a batch of a network's values of that shape.
template <class Tensor>
Tensor batch_from(const SafeTensors& file, const std::string& name, std::span<const Index> shape) {
  const std::vector<Index>& stored = file.at(name).shape;
  if (stored.size() != shape.size() + 1 || !std::equal(shape.begin(), shape.end(), stored.begin() + 1))
    throw FileError(file.path, text("tensor ", name, ": expected samples of the shape ",
                                    shape_text({shape.begin(), shape.end()}), ", received ", shape_text(stored)));
  if (stored[0] < 1 || stored[0] != file.at(std::string(input_samples) + "0").shape[0])
    throw FileError(file.path, text("tensor ", name, ": expected as many samples as ", input_samples,
                                    "0 has, and at least 1, received ", stored[0]));
  typename Tensor::Dimensions dimensions;
  std::copy(stored.begin(), stored.end(), dimensions.begin());
  Tensor tensor(dimensions);
  const auto values = file.get<typename Tensor::Scalar>(name);
  std::copy(values.begin(), values.end(), tensor.data());
  return tensor;
}

/// Throws FileError unless the model's output for the samples of the file equals the stored one, to 1e-5 of the largest number, or of 1.
template <class Model>
void verify(const SafeTensors& file, const Model& model) {
  using network = typename Model::network;
  if (!file.contains(std::string(input_samples) + "0"))
    throw FileError(file.path, "verify_on_load: the file has no samples; save_model(path, model, x) writes some");
  const auto inputs = [&]<std::size_t... i>(std::index_sequence<i...>) {
    return std::tuple{batch_from<Tensor<network::template InputShape<i>::rank + 1, typename Model::Scalar>>(
        file, input_samples + std::to_string(i), network::input_shapes[i])...};
  }(std::make_index_sequence<static_cast<std::size_t>(network::inputs)>{});
  const auto outputs = predict_each(model, inputs);
  int number = 0;
  const auto compare = [&](const auto& y) {
    const std::string name = output_samples + std::to_string(number);
    const auto expected = batch_from<std::remove_cvref_t<decltype(y)>>(
        file, name, network::output_shapes[static_cast<std::size_t>(number++)]);
    double largest = 1;
    Index off = 0, first = 0;
    for (Index i = 0; i < y.size(); ++i) largest = std::max(largest, std::abs(static_cast<double>(expected.data()[i])));
    for (Index i = y.size(); i-- > 0;)
      if (!(std::abs(static_cast<double>(y.data()[i]) - static_cast<double>(expected.data()[i])) <= 1e-5 * largest))
        ++off, first = i;
    if (off > 0)
      throw FileError(file.path, text("verify_on_load: ", name, ": ", off, " of ", y.size(),
                                      " numbers are off by more than ", 1e-5 * largest, ", first number ", first,
                                      ": expected ", expected.data()[first], ", received ", y.data()[first]));
  };
  std::apply([&](const auto&... y) { (compare(y), ...); }, detail::each(outputs));
}

}  // namespace latent::io
