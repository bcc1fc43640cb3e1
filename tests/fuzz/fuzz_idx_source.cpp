// Idx files, plain or packed, of which a batch at a time is read: the same numbers as all at once.
#include "as_file.hpp"
#include "latent/datasets/idx_source.hpp"

using namespace latent;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const MemoryFile file(bytes, size);
  Tensor<4> whole;
  const bool is_read = reads(file, [&](const std::string& path) { whole = datasets::read_idx_images(path); });
  const bool is_source = reads(file, [&](const std::string& path) {
    IdxSource<> source(path, {.batch_size = 3, .shuffle = false});
    Index place = 0;
    for (Index i = 0; i < std::min<Index>(source.size(), 50); ++i) {
      const Tensor<4> batch = source.batch(i).x;
      if (is_read)
        expect(std::memcmp(whole.data() + place, batch.data(), sizeof(float) * array_size(batch.size())) == 0);
      place += batch.size();
    }
    if (is_read && source.size() <= 50) expect(place == whole.size());
  });
  expect(!is_read || is_source);
  return 0;
}
