#include <sys/resource.h>
#include <sys/stat.h>

#include <array>
#include <bit>
#include <cstring>
#include <fstream>
#include <future>
#include <limits>

#include "datasets/batches.hpp"
#include "datasets/idx_files.hpp"
#include "datasets/test_files.hpp"
#include "files.hpp"
#include "latent/core/files.hpp"
#include "latent/datasets/idx_source.hpp"

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

TEST_CASE("behind padding there is no further member, not even where a piece of the file begins") {
  const TemporaryFolder folder;
  const std::string packed = gzip(idx_images(2, 3, 4)), padding(65536 - packed.size(), '\0');
  const std::string path = folder.write("f", packed + padding + packed);
  CHECK(image_error(path) ==
        path +
            ": the gzip data are whole but something follows them: expected nothing, zeros or white space at offset "
            "65536, received the byte 31");
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
  CHECK(has(image_error(folder.write("f", gzip(fours.substr(0, 31)))),
            "make 4 elements: expected the end of the data at offset 32, received it at 31"));
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

TEST_CASE("elements that a float or a double holds, and the first that it does not") {
  using Kind = ElementType::Kind;
  const std::string path = "f";
  const auto bytes_of = [](auto number) {  // the highest first
    std::array<unsigned char, sizeof number> bytes;
    std::memcpy(bytes.data(), &number, sizeof number);
    if (std::endian::native == std::endian::little) std::reverse(bytes.begin(), bytes.end());
    return bytes;
  };
  const auto read = [&]<class Scalar>(Kind kind, auto number, Scalar) -> std::string {
    const auto bytes = bytes_of(number);
    Scalar value = 77;
    try {
      ElementReader<Scalar>(path, {kind, sizeof number, true}).convert(bytes.data(), 1, &value);
    } catch (const FileError& error) {
      return error.what();
    }
    return value == static_cast<Scalar>(number) ? "as it is" : text("received ", value);
  };
  const std::string as_it_is = "as it is";
  constexpr std::int64_t float_end = 1 << 24, double_end = std::int64_t{1} << 53;
  const auto too_large = [](std::int64_t number, const char* type, std::int64_t end) {
    return text("f: holds the whole number ", number, ", which is too large for a ", type,
                ": the largest to be read is ", end);
  };
  CHECK(read(Kind::natural, std::uint8_t{255}, 0.0f) == as_it_is);
  CHECK(read(Kind::natural, std::uint16_t{65535}, 0.0f) == as_it_is);
  CHECK(read(Kind::integer, std::int8_t{-128}, 0.0f) == as_it_is);
  CHECK(read(Kind::integer, std::int16_t{-32768}, 0.0f) == as_it_is);
  CHECK(read(Kind::natural, static_cast<std::uint32_t>(float_end), 0.0f) == as_it_is);
  CHECK(read(Kind::natural, static_cast<std::uint32_t>(float_end + 1), 0.0f) ==
        too_large(float_end + 1, "float", float_end));
  for (const std::int64_t sign : {1, -1}) {
    CHECK(read(Kind::integer, static_cast<std::int32_t>(sign * float_end), 0.0f) == as_it_is);
    CHECK(read(Kind::integer, static_cast<std::int32_t>(sign * (float_end + 1)), 0.0f) ==
          too_large(sign * (float_end + 1), "float", float_end));
    CHECK(read(Kind::integer, sign * double_end, 0.0) == as_it_is);
    CHECK(read(Kind::integer, sign * (double_end + 1), 0.0) ==
          too_large(sign * (double_end + 1), "double", double_end));
    CHECK(read(Kind::integer, static_cast<std::int32_t>(sign * (float_end + 1)), 0.0) == as_it_is);
    const double largest = static_cast<double>(std::numeric_limits<float>::max()), sign_of = static_cast<double>(sign);
    CHECK(read(Kind::real, sign_of * largest, 0.0f) == as_it_is);
    CHECK(has(read(Kind::real, sign_of * std::nextafter(largest, 1e300), 0.0f), "f: holds the number "));
    CHECK(read(Kind::real, sign_of * std::numeric_limits<double>::infinity(), 0.0f) == as_it_is);
    CHECK(read(Kind::real, sign_of * 1e300, 0.0) == as_it_is);
    CHECK(read(Kind::real, static_cast<float>(sign) * 1e30f, 0.0) == as_it_is);
  }
  CHECK(read(Kind::natural, static_cast<std::uint64_t>(double_end), 0.0) == as_it_is);
  CHECK(read(Kind::natural, static_cast<std::uint64_t>(double_end + 1), 0.0) ==
        too_large(double_end + 1, "double", double_end));
  CHECK(has(read(Kind::real, 1e300, 0.0f), "f: holds the number 1e+300, which is too large for a float"));
  // Halves: 1.5 is 0x3e00, -2 is 0xc000, the lowest byte first here.
  const unsigned char halves[] = {0x00, 0x3e, 0x00, 0xc0}, truths[] = {0, 1, 2, 255};
  float two[2], four[4] = {77, 77, 77, 77};
  ElementReader<float>(path, {Kind::real, 2, false}).convert(halves, 2, two);
  CHECK(two[0] == 1.5f);
  CHECK(two[1] == -2);
  ElementReader<float>(path, {Kind::boolean, 1, false}).convert(truths, 2, four);
  CHECK(std::vector<float>(four, four + 4) == std::vector<float>{0, 1, 77, 77});
  ElementReader<float>(path, {Kind::boolean, 1, false}).convert(truths, 4, four);
  CHECK(std::vector<float>(four, four + 4) == std::vector<float>{0, 1, 1, 1});
  for (const Kind kind : {Kind::boolean, Kind::natural, Kind::integer, Kind::real})
    CHECK(ElementType{kind, 1, false}.holds_pixels() == (kind == Kind::natural || kind == Kind::integer));
}

TEST_CASE("pixels are 0 to 255") {
  std::vector<float> pixels{0, 51, 255};
  scale_pixels("f", pixels.data(), 3);
  CHECK(pixels == std::vector<float>{0, 0.2f, 1});
  for (const float wrong : {-1.0f, 256.0f, std::numeric_limits<float>::quiet_NaN()}) {
    std::vector<float> two{1, wrong};
    CHECK(file_error("f", [&] { scale_pixels("f", two.data(), 2); }) ==
          text("f: expected whole numbers 0 to 255 as pixels, received ", wrong));
    CHECK_NOTHROW(scale_pixels("f", two.data(), 1));
  }
}

TEST_CASE("how many elements an idx file may have, and how many samples of it are read") {
  const ElementType byte{ElementType::Kind::natural, 1, true};
  CHECK(idx_elements("f", {byte, {1 << 30}}) == 1 << 30);
  CHECK(idx_elements("f", {byte, {32768, 32768, 1}}) == 1 << 30);
  CHECK(idx_elements("f", {byte, {2, 3, 4}}) == 24);
  for (const std::vector<Index>& shape :
       {std::vector<Index>{(1 << 30) + 1}, {1 << 30, 2}, {32768, 32769}, {2, 1 << 30}})
    CHECK(file_error("f", [&] { idx_elements("f", {byte, shape}); }) ==
          text("f: the sizes ", shape_text(shape),
               " at offset 4 make more elements than 1073741824, the most that is read"));
  const TemporaryFolder folder;
  const std::string images = folder.write("images", idx_images(5, 3, 4)),
                    labels = folder.write("labels", idx_labels(5));
  for (const Index limit : {0, 1, 4, 5, 6}) {
    const Index count = limit == 0 ? 5 : std::min<Index>(limit, 5);
    const Tensor<4> read = read_idx_images(images, limit);
    REQUIRE(read.dimensions() == Tensor<4>(count, 3, 4, 1).dimensions());
    for (Index i = 0; i < read.size(); ++i) CHECK(read.data()[i] == static_cast<float>(7 * i % 256) / 255.0f);
    CHECK(read_idx_labels(labels, limit).size() == static_cast<std::size_t>(count));
  }
  // What follows is looked at only where all is read.
  const std::string more = folder.write("more", idx_images(5, 3, 4) + "x");
  CHECK(read_idx_images(more, 4).dimension(0) == 4);
  const std::string where =
      ": the sizes (5, 3, 4) at offset 4 make 60 elements: expected the end of the data at offset 76, received ";
  CHECK(image_error(more) == more + where + "more bytes");
  CHECK(file_error(more, [&] { read_idx_images(more, 5); }) == more + where + "more bytes");
  const std::string cut = folder.write("cut", idx_images(5, 3, 4).substr(0, 75));
  CHECK(image_error(cut) == cut + where + "it at 75");
  const std::string head = folder.write("head", idx_images(5, 3, 4).substr(0, 15));
  CHECK(image_error(head) == head + ": ends at offset 15, within the idx header: expected 16 bytes of header");
  CHECK(image_error(folder.write("f", std::string("\0\1\x08\3", 4))) ==
        (folder.path / "f").string() + ": is no idx file: expected the bytes 0 0 at offset 0, received 0 1");
  for (const int type : {0x07, 0x0a, 0x0f})
    CHECK(has(image_error(folder.write("f", std::string("\0\0", 2) + static_cast<char>(type) + "\3")),
              text("expected the type 8, 9, 11, 12, 13 or 14 at offset 2, received ", type)));
  // Labels are whole numbers up to 1e9; of floats these are 0 (00000000), 0.5 (3f000000), 1e9 (4e6e6b28) and the next (4e6e6b29).
  const auto of_float = [&](const std::string& bytes) {
    std::string file = idx_header({1}) + bytes;
    file[2] = 0x0d;
    return folder.write("label", file);
  };
  CHECK(read_idx_labels(of_float(std::string(4, '\0'))) == std::vector<int>{0});
  CHECK(read_idx_labels(of_float("\x4e\x6e\x6b\x28")) == std::vector<int>{1000000000});
  CHECK(has(label_error(of_float("\x4e\x6e\x6b\x29")), "expected labels 0, 1 ..., received 1e+09"));
  CHECK(has(label_error(of_float(std::string("\x3f\0\0\0", 4))), "expected labels 0, 1 ..., received 0.5"));
  CHECK(has(label_error(of_float(std::string("\x7f\xc0\0\0", 4))), "expected labels 0, 1 ..., received nan"));
}

TEST_CASE("a file is read piece by piece, and says how much it can hold at most") {
  const TemporaryFolder folder;
  std::string bytes;
  for (std::int64_t i = 0; i < 200000; ++i) bytes += static_cast<char>(i * i % 251);
  for (const bool packed : {false, true}) {
    CAPTURE(packed);
    const std::string content = packed ? gzip(bytes) : bytes;
    ByteReader file(folder.write("f", content));
    CHECK(file.is_packed() == packed);
    CHECK(file.largest_content() == content.size() * (packed ? 1032 : 1));
    CHECK(file.path() == (folder.path / "f").string());
    std::string read(bytes.size() + 10, '?');
    auto* out = reinterpret_cast<unsigned char*>(read.data());
    CHECK(file.read(out, 0) == 0);
    CHECK(file.offset() == 0);
    CHECK(file.read(out, 70000) == 70000);
    CHECK(file.offset() == 70000);
    CHECK(file.read(out + 70000, read.size() - 70000) == 130000);
    CHECK(file.offset() == 200000);
    CHECK(file.read(out + 200000, 10) == 0);
    CHECK(file.offset() == 200000);
    CHECK(read == bytes + std::string(10, '?'));
  }
  ByteReader more(folder.write("more", bytes.substr(0, 65537)));  // a byte more than are read at a time
  std::string read(65537, '?');
  CHECK(more.read(reinterpret_cast<unsigned char*>(read.data()), read.size()) == read.size());
  CHECK(read == bytes.substr(0, 65537));
  CHECK(ByteReader("/dev/zero").largest_content() == std::size_t{1} << 32);  // of which nobody knows the size
  for (const std::string start : {"", "\x1f", "\x1f\x8c", "\x1e\x8b", "ab"}) {
    ByteReader file(folder.write("plain", start));
    unsigned char out[4];
    CHECK(!file.is_packed());
    CHECK(file.read(out, 4) == start.size());
  }
  const std::string path = folder.write("cut", gzip(bytes).substr(0, 2));
  CHECK(file_error(path, [&] {
          unsigned char out[4];
          ByteReader(path).read(out, 4);
        }) == path + ": the gzip data are cut short: the file ends at offset 2 after 0 unpacked bytes");
  const std::string two = folder.write("two", gzip("abc") + gzip("defgh").substr(0, 22));
  std::string out(9, '?');
  CHECK(has(file_error(two,
                       [&] {
                         ByteReader file(two);
                         CHECK(file.read(reinterpret_cast<unsigned char*>(out.data()), 2) == 2);
                         file.read(reinterpret_cast<unsigned char*>(out.data()), 9);
                       }),
            text(": the gzip data are cut short: the file ends at offset ", gzip("abc").size() + 22,
                 " after 8 unpacked bytes")));
  std::string bad = gzip("abc") + gzip("def");
  bad[gzip("abc").size() + 10] ^= 7;
  const std::string damaged = folder.write("bad", bad);
  CHECK(has(file_error(damaged, [&] { ByteReader(damaged).read(reinterpret_cast<unsigned char*>(out.data()), 9); }),
            ": what follows the end of the gzip data is damaged near offset "));
  bad = gzip("abc");
  bad[10] ^= 7;
  const std::string first = folder.write("bad", bad + std::string(5000, 'x'));
  const std::string where =
      file_error(first, [&] { ByteReader(first).read(reinterpret_cast<unsigned char*>(out.data()), 9); });
  CHECK(std::stoul(where.substr(where.find("offset ") + 7)) < bad.size());
  CHECK(has(file_error(first, [&] { ByteReader(first).read(reinterpret_cast<unsigned char*>(out.data()), 9); }),
            ": the gzip data are damaged near offset "));
}

TEST_CASE("more numbers of 8 bytes than are read at once") {
  const TemporaryFolder folder;
  std::string bytes = idx_header({3, 100, 100});
  bytes[2] = 0x0e;
  for (int i = 0; i < 30000; ++i)  // the double i / 2, the highest byte first
    for (int shift = 56; shift >= 0; shift -= 8)
      bytes += static_cast<char>(latent::detail::bit_cast<std::uint64_t>(i / 2.0) >> shift);
  for (const bool packed : {false, true}) {
    const Tensor<4> read = read_idx_images(folder.write("f", packed ? gzip(bytes) : bytes));
    Index wrong = 0;
    for (Index i = 0; i < read.size(); ++i) wrong += read.data()[i] != static_cast<float>(i) / 2;
    CHECK(wrong == 0);
    CHECK(read.size() == 30000);
  }
}

TEST_CASE("an idx file, plain or packed, read a batch at a time") {
  const TemporaryFolder folder;
  const std::string images = idx_images(9, 2, 3), labels = idx_labels(9);
  for (const bool packed : {false, true}) {
    const std::string path = (folder.path / (packed ? "images.gz" : "images")).string();
    const std::string label_path = (folder.path / "labels").string();
    write_atomically(path, packed ? gzip(images) : images), write_atomically(label_path, labels);
    const Tensor<4> expected = datasets::read_idx_images(path);
    const std::vector<int> classes = datasets::read_idx_labels(label_path);
    IdxSource<> source(path, {.batch_size = 4, .shuffle = false});
    CHECK(source.samples() == 9);
    CHECK(all(source, 0) == values(expected));
    CHECK(all(source, 0, true) == values(expected));
    IdxSource<Tensor<1>> labelled(path, label_path, {.batch_size = 4, .seed = 3});
    labelled.on_epoch_begin(1);
    const auto batch = labelled.batch(1);
    for (Index n = 0; n < 4; ++n) {
      const Index number = batch.samples[static_cast<std::size_t>(n)];
      CHECK(batch.y(n) == static_cast<float>(classes[static_cast<std::size_t>(number)]));
      CHECK(values(slice(batch.x, n, 1)) == values(slice(expected, number, 1)));
    }
    const std::string cut = (folder.path / "cut").string();
    write_atomically(cut, packed ? gzip(images.substr(0, images.size() - 1)) : images.substr(0, images.size() - 1));
    CHECK(has(file_error(cut, [&] { IdxSource<> of(cut); }), "make 54 bytes of pixels, received 53"));
  }
  const std::string huge = (folder.path / "huge").string();  // the product of its sizes is no Index
  write_atomically(huge, idx_header({0xffffffff, 0xffffffff, 0xffffffff}));
  CHECK(has(file_error(huge, [&] { IdxSource<> of(huge); }), "make more elements than "));
  CHECK_THROWS_WITH_AS(datasets::read_idx_images((folder.path / "images").string(), -1),
                       doctest::Contains("expected a limit of at least 0, received -1"), std::invalid_argument);
  const std::string fewer = (folder.path / "fewer").string(), path = (folder.path / "images").string();
  write_atomically(fewer, idx_labels(8));
  CHECK(has(file_error(fewer, [&] { IdxSource<Tensor<2>> of(path, fewer); }), "expected 9 labels"));
}

TEST_CASE("an idx file of every type as a source, and one-hot rows of its labels") {
  const TemporaryFolder folder;
  const std::string labels = folder.write("labels", idx_header({2}) + std::string("\0\4", 2));
  for (const std::string type : {"u1", "i1", "i2", "i4", "f4", "f8"}) {
    CAPTURE(type);
    const std::string path = LATENT_SOURCE_DIR "/tests/datasets/files/idx_" + type;
    IdxSource<> source(path, {.batch_size = 1, .shuffle = false});
    CHECK(all(source, 0) == values(datasets::read_idx_images(path)));
    IdxSource<Tensor<2>> labelled(path, labels, {.batch_size = 2, .shuffle = false});
    CHECK(all(labelled, 0, true) == std::vector<float>{1, 0, 0, 0, 0, 0, 0, 0, 0, 1});
    const std::string bytes = read_file(path), sizes = ": the sizes (2, 3, 4) at offset 4 make ";
    for (const bool packed : {false, true}) {
      const std::string more = bytes + "x", cut = folder.write("cut", packed ? gzip(more) : more);
      CHECK(file_error(cut, [&] { IdxSource<> of(cut); }) ==
            text(cut, sizes, bytes.size() - 16, " bytes of pixels, received ", bytes.size() - 15));
    }
  }
  const std::string images = folder.write("images", idx_images(2, 3, 4)), three = folder.write("three", idx_labels(3));
  CHECK(file_error(three, [&] { IdxSource<Tensor<2>> of(images, three); }) ==
        three + ": expected 2 labels, as many as the images in " + images + ", received 3");
  const std::string large = folder.write("large", idx_images(3, 100, 100));
  IdxSource<> shrinks(large, {.batch_size = 1, .shuffle = false});
  std::filesystem::resize_file(large, 16 + 10'000 + 100);
  CHECK(shrinks.batch(0).x(0, 0, 1, 0) == 7 / 255.0f);
  CHECK(file_error(large, [&] { shrinks.batch(1); }) == large + ": reading image 1 failed");
}

TEST_CASE("a source reads a packed file through a pipe; one that is not packed would have to be opened again") {
  const TemporaryFolder folder;
  const std::string pipe = (folder.path / "pipe").string();
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  const auto through_pipe = [&](const std::string& bytes) {
    return std::async(std::launch::async, [&, bytes] { std::ofstream(pipe, std::ios::binary) << bytes; });
  };
  {
    const auto writer = through_pipe(gzip(idx_images(3, 4, 5)));
    CHECK(IdxSource(pipe, {.batch_size = 2}).samples() == 3);
  }
  const auto writer = through_pipe(idx_images(3, 4, 5));
  CHECK(file_error(pipe, [&] { IdxSource source(pipe); }) ==
        pipe + ": is a pipe or a device, expected a file, which can be read more than once");
}
