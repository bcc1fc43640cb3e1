// What tells files apart, with all readers behind it, and CIFAR-10's.
#include "as_file.hpp"
#include "latent/datasets/open.hpp"

using namespace latent;

static void check_images(const datasets::LabelledImages& read) {
  expect(read.labels.empty() || static_cast<Index>(read.labels.size()) == read.images.dimension(0));
  for (const int label : read.labels) expect(label >= 0);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const MemoryFile file(bytes, size);
  for (const Index limit : {0, 1})
    reads(file, [&](const std::string& path) {
      const auto data = datasets::open(path, {.channels = 1, .size = {4, 4}, .limit = limit});
      expect(!data.description.empty() && data.train.images.dimension(3) == 1 && data.train.images.dimension(1) == 4);
      check_images(data.train);
      check_images(data.test);
    });
  reads(file, [&](const std::string& path) { check_images(datasets::decode_cifar10(path, read_file(path))); });
  return 0;
}
