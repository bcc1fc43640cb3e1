// A network as a WebAssembly module, for the page that latent_explorer writes: its layers, one by one, and its training.
// LATENT_NETWORK is a header with the type `Network`; scripts/build_explorer.sh compiles this. The module has no windows to
// the world: the page puts numbers into its memory, calls a function, and looks at its memory again (explorer/page/module.js).
#include <latent/datasets/noise.hpp>
#include <latent/latent.hpp>
#include <latent/models/walk.hpp>

namespace latent::explorer {

/// What the page's controls say.
struct Controls {
  static inline double beta = 1, learning_rate = 1e-3;
  static double beta_at(const Call&) { return beta; }
};

}  // namespace latent::explorer

#include LATENT_NETWORK

#define LATENT_EXPORT(name) extern "C" __attribute__((export_name(#name))) auto name

namespace latent::explorer {
namespace {

using network = Network::network;

Network model{Seed{42}};
engine::Walk<float> walk(network::plan<>, model.data());

std::vector<std::uint8_t> images;  // one after the other, 0 to 255
std::vector<std::uint8_t> labels;
Index image_size() { return walk.scalars(0); }
Index image_count() { return static_cast<Index>(images.size()) / image_size(); }

/// Words in JSON. Names of layers have no control characters.
std::string quoted(const std::string& words) {
  std::string out = "\"";
  for (const char c : words) out += c == '"' || c == '\\' ? std::string("\\") + c : std::string(1, c);
  return out + "\"";
}
template <class Numbers>
std::string list(const Numbers& numbers) {
  std::string out;
  for (const auto n : numbers) out += (out.empty() ? "" : ",") + std::to_string(n);
  return "[" + out + "]";
}
std::string address(const void* p) { return std::to_string(reinterpret_cast<std::uintptr_t>(p)); }

/// Whether the page can train it: what goes in comes out again, and a second Input is the label.
constexpr bool trains = [] {
  constexpr auto& out = network::output_shapes;
  bool same = out.size() == 1 && network::inputs <= 2;
  Index given = 1, made = 1;
  for (const Index n : network::input_shapes[0]) given *= n;
  for (const Index n : out[0]) made *= n;
  return same && given == made;
}();
constexpr bool draws_codes = [] {
  for (const auto& layer : network::layers)
    if (layer.own_loss.name && std::string_view(layer.own_loss.name) == "kl_loss") return true;
  return false;
}();
using Pixelwise =
    std::conditional_t<std::is_same_v<network::OutputActivation<0>, Sigmoid>, BinaryCrossentropy, MeanSquaredError>;
using Loss = std::conditional_t<draws_codes, SumOverPixels<Pixelwise>, Pixelwise>;

std::string describe() {
  std::string values, parameters;
  const auto names = model.layer_names();
  for (int v = 0; v < network::values; ++v) {
    const auto& name = names[static_cast<std::size_t>(v)];
    const auto* layer = v < network::inputs ? nullptr : &network::layers[static_cast<std::size_t>(v - network::inputs)];
    values += (v ? ",\n" : "") + ("{\"name\":" + quoted(name.name)) + ",\"type\":" + quoted(name.class_name) +
              ",\"activation\":" + quoted(layer ? layer->activation : "") +
              ",\"belongs\":" + (name.belongs_to_previous ? "true" : "false") +
              ",\"shape\":" + list(layer ? layer->output_shape : network::input_shapes[static_cast<std::size_t>(v)]) +
              ",\"reads\":" + (layer ? list(layer->reads) : "[]") + "}";
  }
  for (const auto& tensor : model.parameters())
    parameters += (parameters.empty() ? "" : ",\n") + ("{\"name\":" + quoted(tensor.name)) +
                  ",\"shape\":" + list(tensor.shape) + ",\"at\":" + address(tensor.data) + "}";
  return "{\"inputs\":" + std::to_string(network::inputs) + ",\"most\":" + std::to_string(walk.most()) +
         ",\"outputs\":" + list(network::output_list) + ",\"trains\":" + (trains ? "true" : "false") + ",\"loss\":" +
         quoted(std::is_same_v<Pixelwise, BinaryCrossentropy> ? "binary cross-entropy" : "squared error") +
         ",\"values\":[\n" + values + "],\"parameters\":[\n" + parameters + "]}";
}

/// A step on samples first ... first + size - 1 of a shuffled order, with noise on what goes in.
template <class Model>
class Training {
  static constexpr Index rank = static_cast<Index>(Model::network::template InputShape<0>::rank) + 1;
  static constexpr int target_rank = static_cast<int>(Model::network::template OutputShape<0>::rank) + 1;
  using Images = Tensor<static_cast<int>(rank)>;
  using Targets = Tensor<target_rank>;

 public:
  explicit Training(Model& trained)
      : trainer_(trained, Adam{.learning_rate = [](Index) { return Controls::learning_rate; }}, Loss{}) {}

  /// Returns the mean loss of the batch before the step.
  double step(Index size, double noise) {
    size = std::min(size, image_count());
    Images clean = batch_of<Images>(Model::network::input_shapes[0], size);
    Tensor<2> classes;
    if constexpr (Model::network::inputs == 2) classes = batch_of<Tensor<2>>(Model::network::input_shapes[1], size);
    for (Index n = 0; n < size; ++n) {
      const Index k = next();
      for (Index i = 0; i < image_size(); ++i)
        clean.data()[n * image_size() + i] =
            static_cast<float>(images[static_cast<std::size_t>(k * image_size() + i)]) / 255;
      if constexpr (Model::network::inputs == 2) {
        classes.chip(n, 0).setZero();
        classes(n, labels[static_cast<std::size_t>(k)]) = 1;
      }
    }
    Targets target = batch_of<Targets>(Model::network::output_shapes[0], size);
    std::copy_n(clean.data(), clean.size(), target.data());
    ++steps_;
    if (noise > 0) clean = add_gaussian_noise(clean, noise, Seed{steps_});
    if constexpr (Model::network::inputs == 2)
      last_ = trainer_.train_on_batch({clean, classes}, target, 1, Seed{42});
    else
      last_ = trainer_.train_on_batch(clean, target, 1, Seed{42});
    return last_["loss"];
  }
  double part(const char* name) const {
    const auto found = last_.logs.find(name);
    return found == last_.logs.end() ? 0 : found->second;
  }

 private:
  template <class T>
  static T batch_of(std::span<const Index> shape, Index size) {
    typename T::Dimensions dimensions;
    dimensions[0] = size;
    std::copy(shape.begin(), shape.end(), dimensions.begin() + 1);
    return T(dimensions);
  }
  Index next() {
    if (at_ == static_cast<Index>(order_.size()))
      order_ = order_of_pass(image_count(), true, Seed{42}, epoch_++), at_ = 0;
    return order_[static_cast<std::size_t>(at_++)];
  }

  decltype(compile(std::declval<Model&>(), Adam{}, Loss{})) trainer_;
  Scores last_;
  std::vector<Index> order_;
  Index at_ = 0, steps_ = 0, epoch_ = 0;
};

template <bool yes>
struct Trainable {
  static double step(Index, double) { return 0; }
  static double part(const char*) { return 0; }
};
template <>
struct Trainable<true> {
  static auto& training() {
    static Training<Network> it(model);
    return it;
  }
  static double step(Index size, double noise) { return training().step(size, noise); }
  static double part(const char* name) { return training().part(name); }
};

}  // namespace

LATENT_EXPORT(description)()->const char* {
  static const std::string words = describe();
  return words.c_str();
}
/// New memory for so many bytes; the page keeps it.
LATENT_EXPORT(allocate)(int bytes)->void* { return std::malloc(static_cast<std::size_t>(bytes)); }
/// After the parameters have changed.
LATENT_EXPORT(prepare)()->void { walk.prepare(); }
LATENT_EXPORT(set_value)(int v, int samples, const float* from)->void { walk.set(v, samples, from); }
LATENT_EXPORT(get_value)(int v, int samples, float* to)->void { walk.get(v, samples, to); }
LATENT_EXPORT(run)(int first, int end, int samples)->void { walk.run(first, end, samples); }
/// The library's noise on `count` numbers.
LATENT_EXPORT(add_noise)(float* numbers, int count, double factor, int seed)->void {
  Tensor<1> clean(count);
  std::copy_n(numbers, count, clean.data());
  const Tensor<1> noisy = add_gaussian_noise(clean, factor, Seed{seed});
  std::copy_n(noisy.data(), count, numbers);
}
/// Memory for the images and labels that it trains on.
LATENT_EXPORT(image_memory)(int count)->std::uint8_t* {
  images.resize(static_cast<std::size_t>(count * image_size()));
  return images.data();
}
LATENT_EXPORT(label_memory)(int count)->std::uint8_t* {
  labels.resize(static_cast<std::size_t>(count));
  return labels.data();
}
/// A step of Adam; returns the loss.
LATENT_EXPORT(train)(int batch, double noise, double rate, double beta)->double {
  Controls::learning_rate = rate, Controls::beta = beta;
  return Trainable<trains>::step(batch, noise);
}
/// What the divergence was of the last step's loss.
LATENT_EXPORT(divergence)()->double { return Trainable<trains>::part("kl_loss"); }

}  // namespace latent::explorer
