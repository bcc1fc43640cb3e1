// The reader of JPEG and BMP files (PNGs have a fuzzer of their own, which mends their CRCs).
#include "as_file.hpp"
#include "latent/datasets/image_reader.hpp"

using namespace latent;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const MemoryFile file(bytes, size);
  reads(file, [&](const std::string& path) {
    const auto image = datasets::read_image(path);
    expect(image.size() > 0 && (image.dimension(3) == 1 || image.dimension(3) == 3));
    for (Index i = 0; i < image.size(); ++i) expect(image.data()[i] >= 0 && image.data()[i] <= 1);
  });
  return 0;
}
