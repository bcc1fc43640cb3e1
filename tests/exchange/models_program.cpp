// Writes the networks of the course, with weights that are not those of a fresh model, their configuration, some samples
// and what they make of them.
//
//   models_program FOLDER MNIST
#include <filesystem>
#include <iostream>
#include <latent/datasets.hpp>
#include <latent/io.hpp>

#include "io/networks.hpp"

using namespace latent;

namespace {

/// Digits where they fit; else random numbers.
template <class T>
T samples_for(const Tensor<4>& digits, std::span<const Index> shape, int number) {
  typename T::Dimensions dimensions;
  dimensions[0] = digits.dimension(0);
  std::copy(shape.begin(), shape.end(), dimensions.begin() + 1);
  T x(dimensions);
  const Random random(Seed{9}, Purpose::initializer, static_cast<std::uint32_t>(number));
  for (Index i = 0; i < x.size(); ++i) x.data()[i] = static_cast<float>(random.uniform(i));
  if (x.size() == digits.size()) std::copy_n(digits.data(), x.size(), x.data());
  return x;
}

template <class Network>
void write(const std::string& path, const std::string& name, const Tensor<4>& digits) {
  Network model(Seed{5}, name);
  std::uint32_t number = 0;
  for (const auto& tensor : model.parameters()) {
    const Random random(Seed{7}, Purpose::initializer, number++);
    const bool is_kernel = tensor.shape.size() > 1;
    for (Index i = 0; i < tensor.size(); ++i)
      if (tensor.name.ends_with("variance"))
        tensor.data[i] = static_cast<float>(0.5 + random.uniform(i));
      else if (!is_kernel || tensor.name.find("layer_norm") != std::string::npos)
        tensor.data[i] += static_cast<float>(0.4 * random.uniform(i) - 0.2);
  }
  using network = typename Network::network;
  [&]<std::size_t... i>(std::index_sequence<i...>) {
    const std::tuple x{
        samples_for<Tensor<network::template InputShape<i>::rank + 1>>(digits, network::input_shapes[i], i)...};
    std::apply(
        [&](const auto&... each) {
          if constexpr (sizeof...(i) == 1)
            save_model(path, model, each...);
          else
            save_model(path, model, {each...});
        },
        x);
  }(std::make_index_sequence<static_cast<std::size_t>(network::inputs)>{});
  Network again;
  load_weights(path, again, {.verify_on_load = true});
  std::cout << name << "\n";
}

}  // namespace

int main(int argc, char** argv) try {
  check(argc == 3, "expected FOLDER MNIST, received ", argc - 1, " arguments");
  const std::filesystem::path folder = argv[1];
  const Tensor<4> digits = first_of(datasets::load_mnist(argv[2]).test.images, 5);
  const auto visit = [&]<class Network>(const std::string& name) {
    write<Network>((folder / (name + ".safetensors")).string(), name, digits);
  };
  networks::for_course(visit);
  networks::for_small(visit);
} catch (const std::exception& error) {
  std::cerr << "models_program: " << error.what() << "\n";
  return 1;
}
