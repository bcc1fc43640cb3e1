// The reader of PNG files.
#include <algorithm>
#include <vector>

#include "as_file.hpp"
#include "latent/datasets/png_reader.hpp"

using namespace latent;

/// Gives every chunk the CRC it should have, which the fuzzer would never guess; one file in eight keeps what it has.
static void mend(std::vector<std::uint8_t>& bytes) {
  if (bytes.size() % 8 == 0) return;
  for (std::size_t at = 8; bytes.size() > at + 12;) {
    const std::size_t length = std::size_t{bytes[at]} << 24 | std::size_t{bytes[at + 1]} << 16 |
                               std::size_t{bytes[at + 2]} << 8 | bytes[at + 3];
    if (length > bytes.size() - at - 12) return;
    const auto crc = crc32(0, &bytes[at + 4], static_cast<uInt>(length + 4));
    for (std::size_t i = 0; i < 4; ++i) bytes[at + 8 + length + i] = static_cast<std::uint8_t>(crc >> (24 - 8 * i));
    at += 12 + length;
  }
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* made_up, std::size_t size) {
  std::vector<std::uint8_t> bytes(made_up, made_up + size);
  mend(bytes);
  const MemoryFile file(bytes.data(), bytes.size());
  reads(file, [&](const std::string& path) {
    const auto image = datasets::read_png(path);
    expect(image.size() > 0 && (image.dimension(3) == 1 || image.dimension(3) == 3));
    for (Index i = 0; i < image.size(); ++i) expect(image.data()[i] >= 0 && image.data()[i] <= 1);
  });
  return 0;
}
