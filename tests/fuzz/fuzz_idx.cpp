// The readers of idx files, of plain and of packed ones.
#include "as_file.hpp"
#include "latent/datasets/idx.hpp"

using namespace latent;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const MemoryFile file(bytes, size);
  const bool is_plain = size < 2 || bytes[0] != 0x1f || bytes[1] != 0x8b;
  reads(file, [&](const std::string& path) {
    const auto images = datasets::read_idx_images(path);
    expect(images.size() > 0 && images.dimension(3) == 1);
    if (is_plain) expect(static_cast<std::size_t>(images.size()) == size - 16);
    for (Index i = 0; i < images.size(); ++i) expect(images.data()[i] >= 0 && images.data()[i] <= 1);
  });
  reads(file, [&](const std::string& path) {
    const auto labels = datasets::read_idx_labels(path);
    if (is_plain) expect(labels.size() == size - 8);
    for (const int label : labels) expect(label >= 0 && label <= 255);
  });
  return 0;
}
