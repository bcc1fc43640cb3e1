// read_safetensors and load_weights: an error or a content that is consistent.
#include <latent/latent.hpp>

#include "as_file.hpp"
#include "latent/io/weights.hpp"

using namespace latent;

namespace {

void check_content(const SafeTensors& file) {
  std::size_t bytes = 0;
  for (const auto& [name, tensor] : file.tensors) {
    std::size_t elements = 1;
    for (const Index size : tensor.shape) {
      expect(size >= 0);
      elements *= static_cast<std::size_t>(size);
    }
    expect(file.bytes(name).size() == elements * io::dtype_size(tensor.dtype));
    bytes += file.bytes(name).size();
    if (tensor.dtype == "F32") expect(file.get<float>(name).size() == elements);
    if (tensor.dtype == "F64") expect(file.get<double>(name).size() == elements);
  }
  expect(bytes == file.data.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const MemoryFile file(bytes, size);
  reads(file, [](const std::string& path) { check_content(read_safetensors(path)); });

  static const Sequential<Input<2>, Dense<2>> fresh(Seed{1});
  auto model = fresh;
  const LoadOptions options{
      .prefix = size % 2 ? "x/" : "", .allow_unexpected = true, .allow_missing = true, .verify_on_load = size % 3 == 0};
  if (!reads(file, [&](const std::string& path) { load_weights(path, model, options); })) {
    for (std::size_t t = 0; t < 2; ++t)
      for (Index i = 0; i < fresh.parameters()[t].size(); ++i)
        expect(model.parameters()[t].data[i] == fresh.parameters()[t].data[i]);
  }
  return 0;
}
