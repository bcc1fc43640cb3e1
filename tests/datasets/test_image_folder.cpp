#include "datasets/idx_files.hpp"
#include "files.hpp"
#include "latent/datasets/image_folder.hpp"

using namespace latent;
using namespace latent::datasets;

namespace {

std::string big_endian(std::uint32_t number) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(number >> shift);
  return bytes;
}
std::string chunk(const std::string& type, const std::string& data) {
  const std::string body = type + data;
  return big_endian(static_cast<std::uint32_t>(data.size())) + body +
         big_endian(static_cast<std::uint32_t>(
             crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size()))));
}
std::string packed(const std::string& bytes) {
  std::string out(compressBound(bytes.size()), '\0');
  uLongf size = out.size();
  compress(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
  return out.substr(0, size);
}
const std::string signature = "\x89PNG\r\n\x1a\n";
std::string header(std::uint32_t width, std::uint32_t height, int bits = 8, int color = 0) {
  return chunk("IHDR", big_endian(width) + big_endian(height) +
                           std::string{static_cast<char>(bits), static_cast<char>(color)} + std::string(3, '\0'));
}

/// A PNG of 3 x 2 pixels: 0 10 20 / 30 40 `last`. Its pixels are in two chunks.
std::string png(int last = 50) {
  std::string rows{'\0', '\0', '\x0a', '\x14', '\1', '\x1e', '\x0a', '\0'};  // the second row holds differences (Sub)
  rows.back() = static_cast<char>(last - 40);
  const std::string pixels = packed(rows);
  return signature + header(3, 2) + chunk("IDAT", pixels.substr(0, 5)) + chunk("IDAT", pixels.substr(5)) +
         chunk("IEND", "");
}

/// An entry of a tar archive.
std::string tar_entry(const std::string& name, const std::string& bytes, char type = '0',
                      const std::string& before = "") {
  std::string block(512, '\0');
  const auto put = [&](std::size_t at, const std::string& what) { block.replace(at, what.size(), what); };
  const auto octal = [](std::size_t value) {
    std::string digits(11, '0');
    for (std::size_t at = 11; at-- > 0; value /= 8) digits[at] = static_cast<char>('0' + value % 8);
    return digits;
  };
  put(0, name), put(124, octal(bytes.size())), put(156, std::string(1, type)), put(257, "ustar"), put(345, before);
  std::size_t sum = 8 * ' ';
  for (const char c : block) sum += static_cast<unsigned char>(c);
  put(148, octal(sum).substr(5) + std::string("\0 ", 2));
  return block + bytes + std::string((512 - bytes.size() % 512) % 512, '\0');
}
const std::string tar_end(1024, '\0');

}  // namespace

TEST_CASE("a PNG becomes a tensor") {
  const TemporaryFolder folder;
  const Tensor<4> image = read_png(folder.write("a.png", png()));
  CHECK(image.dimensions() == Tensor<4>(1, 2, 3, 1).dimensions());
  for (Index i = 0; i < 6; ++i) CHECK(image.data()[i] == static_cast<float>(10 * i) / 255.0f);
  const std::string colours =
      signature + header(1, 1, 8, 2) + chunk("IDAT", packed(std::string("\0\xff\0\x33", 4))) + chunk("IEND", "");
  const Tensor<4> colour = read_png(folder.write("c.png", colours));
  CHECK(colour.dimension(3) == 3);
  CHECK(colour(0, 0, 0, 0) == 1);
  CHECK(colour(0, 0, 0, 2) == 0.2f);
}

TEST_CASE("damaged PNGs are errors that name the file") {
  check_every_truncation(png(), [](const std::string& path) { read_png(path); });
  const TemporaryFolder folder;
  const auto error = [&](const std::string& bytes) {
    const std::string path = folder.write("bad.png", bytes);
    return file_error(path, [&] { read_png(path); });
  };
  const std::string good = png();
  for (std::size_t at = 0; at < good.size(); ++at) {
    CAPTURE(at);
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x11);
    CHECK(error(bad) != "");
  }
  CHECK(has(error(good + "x"), "received more bytes"));
  CHECK(has(error("P5 1 1 255 x"), "is no PNG file"));
  const std::string end = chunk("IEND", ""), six = chunk("IDAT", packed(std::string(8, '\0')));
  CHECK(has(error(signature + six + end), "expected one PNG header"));
  CHECK(has(error(signature + header(3, 3) + six + end), "packed pixels are 8 bytes, expected 12"));
  CHECK(has(error(signature + header(3, 2) + chunk("IDAT", packed(std::string(1 << 22, '\0'))) + end),
            "more than the 8 bytes"));
  CHECK(has(error(signature + header(3, 2) + chunk("IDAT", "nothing") + end), "damaged: "));
  CHECK(has(error(signature + header(1u << 31, 2) + six + end), "received 2147483648 x 2"));
  CHECK(has(error(signature + header(3, 2, 16) + six + end), "8 bits a channel at offset 24, received 16"));
  CHECK(has(error(signature + header(3, 2, 8, 5) + six + end), "colour type 0, 2, 3, 4 or 6 at offset 25, received 5"));
}

TEST_CASE("folders are classes") {
  const TemporaryFolder folder;
  folder.write("tree/train/two/b.png", png(52));
  folder.write("tree/train/one/z.png", png(41));
  folder.write("tree/train/two/a.png", png(51));
  folder.write("tree/train/two/notes.txt", "no picture");
  folder.write("tree/test/one/q.png", png(43));
  const auto [train, test] = read_train_and_test_folders((folder.path / "tree").string());
  CHECK(train.classes == std::vector<std::string>{"one", "two"});
  CHECK(train.labels == std::vector<int>{0, 1, 1});
  REQUIRE(train.images.dimension(0) == 3);
  for (Index n = 0; n < 3; ++n) CHECK(train.images(n, 1, 2, 0) == static_cast<float>(n == 0 ? 41 : 50 + n) / 255.0f);
  CHECK(test.labels == std::vector<int>{0});

  const std::string other =
      folder.write("tree/train/two/c.png",
                   signature + header(7, 1) + chunk("IDAT", packed(std::string(8, '\0'))) + chunk("IEND", ""));
  CHECK(
      has(file_error(other, [&] { read_image_folder((folder.path / "tree/train").string()); }), "received 1 x 7 x 1"));
  const std::string nothing = (folder.path / "nothing").string();
  CHECK(has(file_error(nothing, [&] { read_image_folder(nothing); }), "is no folder"));
  std::filesystem::create_directory(nothing);
  CHECK(has(file_error(nothing, [&] { read_image_folder(nothing); }), "has no PNG files"));
}

TEST_CASE("the same from an archive, plain and packed") {
  const TemporaryFolder folder;
  const std::string long_name(90, 'n');
  const std::string bytes = tar_entry("train/", "", '5') + tar_entry("train/two/" + long_name.substr(4), png(52)) +
                            tar_entry("two/a.png", png(51), '0', "train") + tar_entry("train/one/b.png", png(41)) +
                            tar_entry("test/one/b.png", png(43)) + tar_end;
  for (const bool gz : {false, true}) {
    const auto [train, test] = read_train_and_test_folders(folder.write("t", gz ? gzip(bytes) : bytes));
    CHECK(train.classes == std::vector<std::string>{"one", "two"});
    CHECK(train.labels == std::vector<int>{0, 1});  // the file of the long name is no PNG
    CHECK(train.images(1, 1, 2, 0) == 51 / 255.0f);
    CHECK(test.images(0, 1, 2, 0) == 43 / 255.0f);
  }
  const auto error = [&](const std::string& wrong) {
    const std::string path = folder.write("bad", wrong);
    return file_error(path, [&] { read_tar(path); });
  };
  for (const std::size_t length : {1u, 511u, 513u, 600u, 1535u})
    CHECK(has(error(tar_entry("a/b.png", png() + std::string(900, 'x')).substr(0, length)), "ends at offset"));
  CHECK(has(error(""), "ends at offset 0"));
  CHECK(has(error(std::string(2000, 'x')), "is no tar archive"));
  std::string damaged = tar_entry("a/b.png", png());
  damaged[3] = 'X';
  CHECK(has(error(damaged), "the tar header at offset 0 is damaged"));
}

TEST_CASE("all Devanagari digits") {
  const std::string path = LATENT_SHARED_DIR "/data/dhcd_digits/dhcd_digits_png.tar.gz";
  if (!std::filesystem::exists(path)) {
    MESSAGE("skipped: " << path << " is not there");
    return;
  }
  const auto [train, test] = read_train_and_test_folders(path);
  CHECK(train.images.dimensions() == Tensor<4>(17000, 32, 32, 1).dimensions());
  CHECK(test.images.dimensions() == Tensor<4>(3000, 32, 32, 1).dimensions());
  CHECK(train.classes.front() == "digit_0");
  for (int label = 0; label < 10; ++label) {
    CHECK(std::count(train.labels.begin(), train.labels.end(), label) == 1700);
    CHECK(std::count(test.labels.begin(), test.labels.end(), label) == 300);
  }
  double sum = 0;
  for (Index i = 0; i < test.images.size(); ++i) sum += static_cast<double>(test.images.data()[i]);
  CHECK(255 * sum / static_cast<double>(test.images.size()) == doctest::Approx(61.80).epsilon(1e-4));
}
