#include "datasets/png_files.hpp"
#include "datasets/test_files.hpp"
#include "files.hpp"
#include "latent/datasets/png_reader.hpp"

using namespace latent;
using namespace latent::datasets;

namespace {

/// What is wrong with a PNG, or "".
std::string problem(std::string_view bytes) {
  try {
    check_png("f", bytes);
  } catch (const FileError& error) {
    return error.what();
  }
  return "";
}
/// What is wrong with one of this header and of so many packed zeros.
std::string problem(const std::string& ihdr, std::size_t rows) {
  return problem(signature + ihdr + chunk("IDAT", packed(std::string(rows, '\0'))) + chunk("IEND", ""));
}

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
  CHECK(has(error("P5 1 1 255 x"), "is no PNG file"));
  const std::string end = chunk("IEND", ""), six = chunk("IDAT", packed(std::string(8, '\0')));
  CHECK(has(error(signature + six + end), "expected one PNG header"));
  CHECK(has(error(signature + header(3, 3) + six + end), "packed pixels are 8 bytes, expected 12"));
  CHECK(has(error(signature + header(3, 2) + chunk("IDAT", packed(std::string(1 << 22, '\0'))) + end),
            "more than the 8 bytes"));
  CHECK(has(error(signature + header(3, 2) + chunk("IDAT", "nothing") + end), "damaged: "));
  CHECK(has(error(signature + header(1u << 31, 2) + six + end), "received 2147483648 x 2"));
  CHECK(has(error(signature + header(3, 2, 16) + six + end), "packed pixels are 8 bytes, expected 14"));
  CHECK(has(error(signature + header(3, 2, 3) + six + end),
            "has 3 bits a channel at offset 24, which the colour type 0"));
  CHECK(has(error(signature + header(3, 2, 4, 2) + six + end), "which the colour type 2 cannot have"));
  CHECK(has(error(signature + header(3, 2, 8, 5) + six + end), "colour type 0, 2, 3, 4 or 6 at offset 25, received 5"));
}

TEST_CASE("PNGs of every kind are read as other programs read them") {
  int count = 0;
  for (const auto& entry : expected_images()) {
    const std::string& name = entry.first;
    if (!name.ends_with(".png") || name.find(':') != std::string::npos) continue;
    CAPTURE(name);
    CHECK(difference(read_png(test_file(name)), entry.second) <= 2e-6f);
    ++count;
  }
  CHECK(count == 25);
}

TEST_CASE(
    "the bytes of the rows: of each of Adam7's seven images the rows that it has, and a filter type in front of each") {
  // Where pixel (x, y) of each 8 x 8 comes: the figure in 8.2 of the specification.
  const char* passes[8] = {"16462646", "77777777", "56565656", "77777777",
                           "36463646", "77777777", "56565656", "77777777"};
  for (const std::uint64_t bits : {1u, 2u, 4u, 8u, 24u, 64u})
    for (std::uint64_t height = 1; height <= 17; ++height)
      for (std::uint64_t width = 1; width <= 17; ++width) {
        std::uint64_t interlaced = 0;
        for (char pass = '1'; pass <= '7'; ++pass)
          for (std::uint64_t y = 0; y < height; ++y) {
            std::uint64_t pixels = 0;
            for (std::uint64_t x = 0; x < width; ++x) pixels += passes[y % 8][x % 8] == pass;
            if (pixels > 0) interlaced += 1 + (bits * pixels + 7) / 8;
          }
        CAPTURE(width);
        CAPTURE(height);
        REQUIRE(png_row_bytes(width, height, bits, true) == interlaced);
        REQUIRE(png_row_bytes(width, height, bits, false) == height * (1 + (bits * width + 7) / 8));
      }
}

TEST_CASE("what a PNG's header says is held against what the format allows, at the edges") {
  const std::string sides = "f: expected 1 x 1 to 16384 x 16384 pixels at offset 16, received ";
  CHECK(problem(header(1, 1), 2) == "");
  CHECK(problem(header(0, 1), 1) == sides + "0 x 1");
  CHECK(problem(header(1, 0), 1) == sides + "1 x 0");
  CHECK(problem(header(16384, 1), 16385) == "");
  CHECK(problem(header(1, 16384), 2 * 16384) == "");
  CHECK(problem(header(16385, 1), 1) == sides + "16385 x 1");
  CHECK(problem(header(1, 16385), 1) == sides + "1 x 16385");
  // The bits a channel that each type of colour may have, in a row of 3 pixels: table 11.1 of the specification.
  const std::size_t channels[7] = {1, 0, 3, 1, 2, 0, 4};
  for (int color = 0; color < 8; ++color)
    for (int bits = 0; bits <= 17; ++bits) {
      CAPTURE(color);
      CAPTURE(bits);
      const bool small = bits == 1 || bits == 2 || bits == 4;
      const std::string found = problem(header(3, 2, bits, color), 2);
      const std::string of_type = text("f: has ", bits, " bits a channel at offset 24, which the colour type ", color);
      if (color > 6 || channels[color] == 0) {
        CHECK(found == text("f: expected the colour type 0, 2, 3, 4 or 6 at offset 25, received ", color));
      } else if (bits == 8 || (bits == 16 && color != 3) || (small && (color == 0 || color == 3))) {
        const std::size_t rows = 2 * (1 + (3 * channels[color] * static_cast<std::size_t>(bits) + 7) / 8);
        CHECK(found == text("f: its packed pixels are 2 bytes, expected ", rows));
        CHECK(problem(header(3, 2, bits, color), rows) == "");
        CHECK(problem(header(3, 2, bits, color), rows + 1) ==
              text("f: has more than the ", rows, " bytes its header promises"));
      } else {
        CHECK(found == of_type + " cannot have");
      }
    }
  CHECK(problem(header(3, 2, 8, 0, {'\0', '\0', '\2'}), 8) ==
        "f: expected 0 or 1 (interlaced) at offset 28, received 2");
  CHECK(problem(header(3, 2, 8, 0, {'\0', '\0', '\1'}), 10) == "");  // 2 + 2 + 2 + 4
}

TEST_CASE(
    "a PNG's chunks: one header, at the beginning; pixels in as many as one likes; nothing is read behind the end") {
  const std::string pixels = packed(std::string(8, '\0')), idat = chunk("IDAT", pixels), end = chunk("IEND", "");
  const std::string start = signature + header(3, 2);
  CHECK(problem(start + idat + end) == "");
  CHECK(problem(start + idat + end + "and more") == "");
  CHECK(problem(start + chunk("IDAT", "") + idat + chunk("IDAT", "") + end) == "");
  CHECK(problem(start + idat + chunk("IDAT", "more") + end) == "");  // behind the end of the stream
  CHECK(problem(start + end) == "f: its packed pixels are 0 bytes, expected 8");
  CHECK(problem(start + chunk("IDAT", pixels.substr(0, pixels.size() - 1)) + end) ==
        "f: its packed pixels are 8 bytes, expected 8");
  CHECK(problem(start + header(3, 2) + idat + end) ==
        "f: expected one PNG header of 13 bytes at offset 8, received IHDR at offset 33");
  CHECK(problem(signature + idat + end) ==
        "f: expected one PNG header of 13 bytes at offset 8, received IDAT at offset 8");
  CHECK(problem(signature + chunk("IHDR", std::string(12, '\1')) + end) ==
        "f: expected one PNG header of 13 bytes at offset 8, received IHDR at offset 8");
  CHECK(problem("\x89PNG\r\n\x1a") == "f: is no PNG file");
  CHECK(problem(signature) == "f: ends at offset 8, within the PNG chunk that begins at offset 8");
  CHECK(problem(start.substr(0, 20)) == "f: ends at offset 20, within the PNG chunk that begins at offset 8");
  CHECK(problem(start) == "f: ends at offset 33, within the PNG chunk that begins at offset 33");
  CHECK(problem(start + idat + end.substr(0, 11)) == text("f: ends at offset ", 44 + idat.size(),
                                                          ", within the PNG chunk that begins at offset ",
                                                          33 + idat.size()));
  std::string note = chunk("tEXt", "a note");
  note.back() ^= 1;  // the CRC of what one can do without
  CHECK(problem(start + note + idat + end) == "");
  std::string damaged = idat;
  damaged.back() ^= 1;
  CHECK(problem(start + damaged + end) == "f: the PNG chunk at offset 33 is damaged: its CRC is wrong");
  CHECK(problem(start + chunk("IDAT", "nothing") + end) ==
        "f: the packed pixels in the PNG chunk at offset 33 are damaged: incorrect header check");
  // Rows that fill zlib's buffer of 16,384 bytes to the last byte, and one more.
  for (const std::uint32_t width : {16383u, 16384u})
    CHECK(problem(signature + header(width, 1) + chunk("IDAT", packed(std::string(width + 1, '\0'))) + end) == "");
  CHECK(problem(signature + header(16383, 2) + chunk("IDAT", packed(std::string(2 * 16384, '\0'))) + end) == "");
}

TEST_CASE("a PNG of more than a gigabyte is refused before anything of it is read") {
  std::string begin = signature + std::string(12, '\0');
  const auto of = [&](std::size_t size) {
    return problem(std::string_view(begin.data(), size));
  };  // whose end nobody reads
  CHECK(of((1 << 30) + std::size_t{1}) == "f: has more than 1073741824 bytes, the most that is read");
  CHECK(of(1 << 30) == "f: the PNG chunk at offset 8 is damaged: its CRC is wrong");
}
