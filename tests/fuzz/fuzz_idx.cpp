// The readers of idx files, of plain and of packed ones.
#include "as_file.hpp"
#include "latent/datasets/idx.hpp"

using namespace latent;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const MemoryFile file(bytes, size);
  const bool is_plain = size < 2 || bytes[0] != 0x1f || bytes[1] != 0x8b;
  const bool has_bytes = is_plain && size > 2 && bytes[2] == 0x08, has_floats = is_plain && size > 2 && bytes[2] > 0x0c;
  reads(file, [&](const std::string& path) {
    const auto images = datasets::read_idx_images(path);
    expect(images.size() > 0 && images.dimension(3) == 1);
    if (has_bytes) expect(static_cast<std::size_t>(images.size()) == size - 16);
    for (Index i = 0; is_plain && !has_floats && i < images.size(); ++i)
      expect(images.data()[i] >= 0 && images.data()[i] <= 1);
  });
  reads(file, [&](const std::string& path) {
    const auto labels = datasets::read_idx_labels(path);
    if (has_bytes) expect(labels.size() == size - 8);
    for (const int label : labels) expect(label >= 0 && (!has_bytes || label <= 255));
  });
  return 0;
}
