#include <sys/resource.h>

#include "datasets/idx_files.hpp"
#include "datasets/test_files.hpp"
#include "files.hpp"
#include "latent/datasets/idx.hpp"

using namespace latent;
using namespace latent::datasets;

namespace {

std::string image_error(const std::string& path) {
  return file_error(path, [&] { read_idx_images(path); });
}
std::string label_error(const std::string& path) {
  return file_error(path, [&] { read_idx_labels(path); });
}

}  // namespace

TEST_CASE("images and labels are read, plain and packed") {
  const TemporaryFolder folder;
  const std::string images = idx_images(5, 3, 4), labels = idx_labels(12);
  for (const bool packed : {false, true}) {
    CAPTURE(packed);
    const Tensor<4> read = read_idx_images(folder.write("images", packed ? gzip(images) : images));
    CHECK(read.dimension(0) == 5);
    CHECK(read.dimension(1) == 3);
    CHECK(read.dimension(2) == 4);
    CHECK(read.dimension(3) == 1);
    for (int i = 0; i < 60; ++i) CHECK(read.data()[i] == static_cast<float>(7 * i % 256) / 255.0f);
    CHECK(read(4, 2, 3, 0) == static_cast<float>(7 * 59 % 256) / 255.0f);
    CHECK(read_idx_labels(folder.write("labels", packed ? gzip(labels) : labels)) ==
          std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1});
  }
  CHECK(read_idx_images(folder.write("white", idx_header({1, 1, 1}) + "\xff"))(0, 0, 0, 0) == 1.0f);
}

TEST_CASE("a gzip file of several members, and one longer than every buffer") {
  const TemporaryFolder folder;
  const std::string small = idx_images(5, 3, 4);
  const Tensor<4> two = read_idx_images(folder.write("two", gzip(small.substr(0, 21)) + gzip(small.substr(21))));
  for (int i = 0; i < 60; ++i) CHECK(two.data()[i] == static_cast<float>(7 * i % 256) / 255.0f);

  std::string large = idx_header({3000, 28, 28});
  std::uint32_t noise = 1;
  for (int i = 0; i < 3000 * 784; ++i) large += static_cast<char>((noise = noise * 1664525 + 1013904223) >> 24);
  const Tensor<4> read = read_idx_images(folder.write("large", gzip(large)));
  REQUIRE(read.size() == 3000 * 784);
  int wrong = 0;
  for (Index i = 0; i < read.size(); ++i) {
    const auto byte = static_cast<unsigned char>(large[static_cast<std::size_t>(16 + i)]);
    wrong += read.data()[i] != static_cast<float>(byte) / 255.0f;
  }
  CHECK(wrong == 0);
}

TEST_CASE("zeros and white space behind gzip data are padding") {
  const TemporaryFolder folder;
  const std::string packed = gzip(idx_images(2, 3, 4)), large(200000, '\0');
  for (const std::string& padding : {std::string("\n"), std::string("\r\n \t\n"), std::string(512, '\0'), large}) {
    CAPTURE(padding.size());
    const Tensor<4> read = read_idx_images(folder.write("f", packed + padding));
    for (int i = 0; i < 24; ++i) CHECK(read.data()[i] == static_cast<float>(7 * i % 256) / 255.0f);
    CHECK(has(image_error(folder.write("f", packed + padding + "x")), text("at offset ", (packed + padding).size())));
    CHECK(has(image_error(folder.write("f", packed.substr(0, packed.size() - 8) + padding)), "gzip data"));
  }
}

TEST_CASE("every truncation is an error") {
  check_every_truncation(idx_images(2, 3, 4), [](const std::string& path) { read_idx_images(path); });
  check_every_truncation(gzip(idx_images(2, 3, 4)), [](const std::string& path) { read_idx_images(path); });
  check_every_truncation(idx_labels(9), [](const std::string& path) { read_idx_labels(path); });
  check_every_truncation(gzip(idx_labels(9)), [](const std::string& path) { read_idx_labels(path); });
}

TEST_CASE("a changed bit in a gzip file is an error or changes nothing") {
  const TemporaryFolder folder;
  const std::string good = gzip(idx_images(2, 3, 4));
  int errors = 0;
  for (std::size_t bit = 0; bit < 8 * good.size(); ++bit) {
    CAPTURE(bit);
    std::string bad = good;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << (bit % 8)));
    const std::string path = folder.write("bad", bad);
    try {  // the header's time stamp, for one, may be anything
      const Tensor<4> read = read_idx_images(path);
      REQUIRE(read.size() == 24);
      for (int i = 0; i < 24; ++i) CHECK(read.data()[i] == static_cast<float>(7 * i % 256) / 255.0f);
    } catch (const FileError&) {
      ++errors;
    }
  }
  CHECK(errors >= static_cast<int>(8 * (good.size() - 10)));  // everything after the 10 bytes of the gzip header
}

TEST_CASE("a changed header is an error") {
  const TemporaryFolder folder;
  const std::string good = idx_images(2, 3, 4);
  for (std::size_t bit = 0; bit < 8 * 16; ++bit) {
    CAPTURE(bit);
    std::string bad = good;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << (bit % 8)));
    image_error(folder.write("bad", bad));
  }
}

TEST_CASE("errors say where, what was expected and what was received") {
  const TemporaryFolder folder;
  const std::string good = idx_images(2, 3, 4);
  CHECK(has(image_error((folder.path / "none").string()), "No such file"));
  CHECK(has(image_error(folder.path.string()), "is a folder"));
  CHECK(has(image_error(folder.write("f", "")), "ends at offset 0"));
  CHECK(has(image_error(folder.write("f", "<html>")), "expected the bytes 0 0 at offset 0, received 60 104"));
  CHECK(has(image_error(folder.write("f", std::string("\0\0\x0a\x03", 4))), "at offset 2, received 10"));
  CHECK(has(image_error(folder.write("f", idx_labels(3))), "expected 3 dimensions at offset 3, received 1"));
  CHECK(has(label_error(folder.write("f", good)), "expected 1 dimension at offset 3, received 3"));
  CHECK(has(image_error(folder.write("f", idx_header({0, 28, 28}))), "at least 1 at offset 4, received 0"));
  CHECK(has(image_error(folder.write("f", idx_header({1, 0, 28}))), "at least 1 at offset 8, received 0"));
  CHECK(has(image_error(folder.write("f", idx_header({1, 28, 0}))), "at least 1 at offset 12, received 0"));
  CHECK(has(image_error(folder.write("f", good.substr(0, 30))), "at offset 40, received it at 30"));
  CHECK(has(image_error(folder.write("f", good + "x")), "at offset 40, received more"));
  CHECK(has(image_error(folder.write("f", gzip(good + "x"))), "at offset 40, received more"));
  const std::string packed = gzip(good);
  CHECK(
      has(image_error(folder.write("f", packed + "garbage")),
          text("the gzip data are whole but something follows them: expected nothing, zeros or white space at offset ",
               packed.size(), ", received the byte 103")));
  CHECK(has(image_error(folder.write("f", packed + "\n\n" + packed)), text("at offset ", packed.size() + 2)));
  CHECK(
      has(image_error(folder.write("f", packed + "\x1fgarbage")), "what follows the end of the gzip data is damaged"));
  CHECK(has(image_error(folder.write("f", packed.substr(0, packed.size() - 1))), "gzip data are cut short"));
  std::string bad_sum = packed;
  bad_sum[bad_sum.size() - 8] ^= 1;
  CHECK(has(image_error(folder.write("f", bad_sum)), "incorrect data check"));
}

TEST_CASE("elements of every type") {
  for (const std::string name : {"u1", "i1", "i2", "i4", "f4", "f8"}) {
    CAPTURE(name);
    const Tensor<3> read = read_idx<3>(test_file("idx_" + name));
    REQUIRE(read.size() == 24);
    for (int i = 0; i < 24; ++i) CHECK(read.data()[i] == static_cast<float>(7 * i % 100));
    const Tensor<4> images = read_idx_images(test_file("idx_" + name), 1);
    REQUIRE(images.dimensions() == Tensor<4>(1, 3, 4, 1).dimensions());
    for (int i = 0; i < 12; ++i)  // floats are no bytes
      CHECK(images.data()[i] == static_cast<float>(7 * i % 100) / (name[0] == 'f' ? 1.0f : 255.0f));
  }
  std::string fours = idx_header({2, 1, 2}) + std::string(16, '\0');
  fours[2] = 0x0c;
  check_every_truncation(gzip(fours), [](const std::string& path) { read_idx_images(path); });
  const TemporaryFolder folder;
  CHECK(has(image_error(folder.write("f", gzip(fours.substr(0, 31)))), "received it at 31"));
  std::string pixels = idx_header({1, 1, 2}) + "\xff\xff";
  pixels[2] = 0x09;
  CHECK(has(image_error(folder.write("f", pixels)), "expected whole numbers 0 to 255 as pixels, received -1"));
  std::string labels = idx_header({1}) + std::string("\xff\xff\xff\xfe", 4);
  labels[2] = 0x0c;
  CHECK(has(label_error(folder.write("f", labels)), "expected labels 0, 1 ..., received -2"));
  CHECK(read_idx_labels(folder.write("f", idx_labels(9)), 2) == std::vector<int>{0, 1});
}

TEST_CASE("a header that lies takes no memory") {
  const TemporaryFolder folder;
  rusage before{}, after{};
  getrusage(RUSAGE_SELF, &before);
  for (const bool packed : {false, true}) {
    const auto pack = [&](const std::string& bytes) { return packed ? gzip(bytes) : bytes; };
    CHECK(
        has(image_error(folder.write("f", pack(idx_header({0x80000000, 28, 28}) + "pixels"))), "(2147483648, 28, 28)"));
    image_error(folder.write("f", pack(idx_header({0xffffffff, 0xffffffff, 0xffffffff}))));
    image_error(folder.write("f", pack(idx_header({0x10000, 0x10000, 0x10000}))));
    image_error(folder.write("f", pack(idx_header({0x80000000, 0x80000000, 4}))));  // 2^64, which is 0 in 64 bits
    CHECK(has(image_error(folder.write("f", pack(idx_header({1 << 20, 28, 28}) + "pixels"))), "received it at 22"));
    label_error(folder.write("f", pack(idx_header({0xffffffff}))));
    label_error(folder.write("f", pack(idx_header({1 << 30}))));
  }
  getrusage(RUSAGE_SELF, &after);
  CHECK(after.ru_maxrss - before.ru_maxrss < 100 * 1024);  // KiB
}
