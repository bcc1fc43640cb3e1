// The reader of .npz files.
#include "as_file.hpp"
#include "latent/datasets/npz.hpp"

using namespace latent;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const MemoryFile file(bytes, size);
  reads(file, [](const std::string& path) {
    for (const auto& [name, header, problem] : datasets::npz_entries(path))
      if (header.shape.size() == 3) expect(datasets::read_npz<3>(path, name).size() == Index(header.count));
  });
  return 0;
}
