// The reader of tables, as a matrix and as images.
#include "as_file.hpp"
#include "latent/datasets/csv.hpp"

using namespace latent;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const MemoryFile file(bytes, size);
  reads(file, [](const std::string& path) {
    const Tensor<2> matrix = datasets::read_csv(path);
    for (Index i = 0; i < matrix.size(); ++i) expect(std::isfinite(matrix.data()[i]));
  });
  reads(file, [](const std::string& path) {
    const auto read = datasets::read_csv_images(path, {.limit = 3});
    expect(read.images.size() > 0 && read.images.dimension(0) <= 3);
    expect(read.labels.empty() || Index(read.labels.size()) == read.images.dimension(0));
  });
  return 0;
}
