// The reader of .npy files, plain and packed.
#include "as_file.hpp"
#include "latent/datasets/npy.hpp"

using namespace latent;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const MemoryFile file(bytes, size);
  const auto read = [](const std::string& path, auto rank) {
    const auto tensor = datasets::read_npy<decltype(rank)::value>(path);
    float sum = 0;
    for (Index i = 0; i < tensor.size(); ++i) sum += tensor.data()[i];
    expect(sum == sum || sum != sum);
  };
  reads(file, [&](const std::string& path) { read(path, std::integral_constant<int, 1>()); });
  reads(file, [&](const std::string& path) { read(path, std::integral_constant<int, 3>()); });
  return 0;
}
