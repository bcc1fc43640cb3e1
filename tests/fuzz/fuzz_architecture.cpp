// What a file says of its model's layers: an error, or the differences from those of a model.
#include <latent/latent.hpp>

#include "as_file.hpp"
#include "latent/io/weights.hpp"

using namespace latent;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  static const std::string expected = keras_config(
      Sequential<Named<"a", Input<4>>, Named<"b", Dense<4, ReLU>>, Named<"c", Again<"b">>, Add<"b", "a">>(Seed{1}));
  SafeTensors file{"made up", {}, {}, {}};
  file.metadata["keras_config"].assign(reinterpret_cast<const char*>(bytes), size);
  try {
    // Each line says something of a layer of either, and no more than there is.
    expect(io::other_layers(file, expected).size() < 4096 + 256 * size);
  } catch (const FileError& error) {
    expect(std::string(error.what()).starts_with("made up: keras_config in its metadata is no model: "));
  }
  return 0;
}
