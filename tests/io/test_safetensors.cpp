#include <cmath>
#include <limits>

#include "files.hpp"
#include "latent/io/safetensors.hpp"

using namespace latent;

namespace {

/// A file with this header, unpadded, and so many bytes of data.
std::string with_header(const std::string& header, std::size_t data_size) {
  std::string bytes(8, '\0');
  for (std::size_t i = 0; i < 8; ++i) bytes[i] = static_cast<char>(header.size() >> (8 * i));
  return bytes + header + std::string(data_size, '\1');
}

std::string error_of(const std::string& bytes) {
  const TemporaryFolder folder;
  const std::string path = folder.write("file", bytes);
  return file_error(path, [&] { read_safetensors(path); });
}

std::string error_of(const std::string& header, std::size_t data_size) {
  return error_of(with_header(header, data_size));
}

std::string entry(const std::string& dtype, const std::string& shape, const std::string& offsets) {
  return R"({"dtype":")" + dtype + R"(","shape":)" + shape + R"(,"data_offsets":)" + offsets + "}";
}

}  // namespace

TEST_CASE("what is written is read again, in float and double") {
  const TemporaryFolder folder;
  const std::string path = (folder.path / "new/folder/f.safetensors").string();
  float a[] = {1, -2.5f, 3e-40f, 4, 5, 6}, scalar[] = {7};
  const std::vector<NamedTensor<float>> floats{
      {"z/kernel", {2, 3}, a}, {"a \"quoted\\\" \n", {}, scalar}, {"none", {0, 3}, a}};
  write_safetensors(path, floats, {{"key", "a \"value\" \t\\"}, {"other", ""}});
  const SafeTensors file = read_safetensors(path);
  CHECK(file.tensors.size() == 3);
  CHECK(file.metadata == std::map<std::string, std::string>{{"key", "a \"value\" \t\\"}, {"other", ""}});
  CHECK(file.at("z/kernel").dtype == "F32");
  CHECK(file.at("z/kernel").shape == std::vector<Index>{2, 3});
  CHECK(file.get<float>("z/kernel") == std::vector<float>(a, a + 6));
  CHECK(file.get<double>("z/kernel") == std::vector<double>(a, a + 6));
  CHECK(file.at("a \"quoted\\\" \n").shape.empty());
  CHECK(file.get<float>("a \"quoted\\\" \n") == std::vector<float>{7});
  CHECK(file.get<float>("none").empty());
  CHECK(file.bytes("z/kernel").size() == 24);

  const double d[] = {0.1, 1e-300, -3};
  write_safetensors(path, std::vector<NamedTensor<const double>>{{"d", {3}, d}});
  const SafeTensors doubles = read_safetensors(path);
  CHECK(doubles.metadata.empty());
  CHECK(doubles.at("d").dtype == "F64");
  CHECK(doubles.get<double>("d") == std::vector<double>(d, d + 3));
  CHECK(doubles.get<float>("d") == std::vector<float>{0.1f, 0, -3});
}

TEST_CASE("the bytes of a file") {
  const TemporaryFolder folder;
  const std::string path = (folder.path / "f").string();
  float x[] = {1};
  write_safetensors(path, std::vector<NamedTensor<float>>{{"x", {1}, x}});
  const std::string header = R"({"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}  )";
  REQUIRE(header.size() == 56);
  CHECK(read_file(path) == std::string("\x38\0\0\0\0\0\0\0", 8) + header + std::string("\0\0\x80\x3f", 4));
  write_safetensors(path, std::vector<NamedTensor<float>>{});
  CHECK(read_file(path) == std::string("\x08\0\0\0\0\0\0\0{}      ", 16));
  CHECK(read_safetensors(path).tensors.empty());
}

TEST_CASE("names are given once") {
  const TemporaryFolder folder;
  const std::string path = (folder.path / "f").string();
  float x[] = {1};
  const std::vector<NamedTensor<float>> twice{{"x", {1}, x}, {"x", {1}, x}}, reserved{{"__metadata__", {1}, x}};
  CHECK_THROWS_WITH_AS(write_safetensors(path, twice), doctest::Contains("the name x"), std::invalid_argument);
  CHECK_THROWS_AS(write_safetensors(path, reserved), std::invalid_argument);
  CHECK(!std::filesystem::exists(path));
}

TEST_CASE("what is not in UTF-8 is not written, for it could not be read again") {
  const TemporaryFolder folder;
  const std::string path = (folder.path / "file").string();
  const float number = 1;
  const auto written = [&](const std::string& name, const io::Metadata& metadata) {
    write_safetensors(path, {io::bytes_of(name, {1}, &number)}, metadata);
    return read_safetensors(path).contains(name);
  };
  CHECK(written("gr\u00f6\u00dfe", {{"\u0905", "\u0905"}}));
  for (const io::Metadata& metadata :
       {io::Metadata{}, io::Metadata{{"class", "\xF6"}}, io::Metadata{{"\xF6", "class"}}})
    CHECK_THROWS_WITH_AS(written(metadata.empty() ? "gr\xF6ss" : "x", metadata),
                         doctest::Contains("in UTF-8, received"), std::invalid_argument);
  CHECK(read_safetensors(path).contains("gr\u00f6\u00dfe"));
}

TEST_CASE("every truncation is an error, and so is a byte too many") {
  const TemporaryFolder folder;
  const std::string path = (folder.path / "f").string();
  double x[] = {1, 2, 3}, y[] = {4};
  write_safetensors(path, std::vector<NamedTensor<double>>{{"x", {3}, x}, {"y", {1, 1}, y}}, {{"a", "b"}});
  const std::string bytes = read_file(path);
  check_every_truncation(bytes, [](const std::string& cut) { read_safetensors(cut); });
  CHECK(has(error_of(bytes + "x"), text("at offset ", bytes.size(), ", received ", bytes.size() + 1)));
}

TEST_CASE("a changed byte never does harm") {
  const TemporaryFolder folder;
  const std::string path = (folder.path / "f").string();
  float x[] = {1, 2, 3};
  write_safetensors(path, std::vector<NamedTensor<float>>{{"x", {3}, x}}, {{"a", "b"}});
  const std::string good = read_file(path);
  int errors = 0;
  for (std::size_t bit = 0; bit < 8 * good.size(); ++bit) {
    std::string bad = good;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << (bit % 8)));
    try {
      read_safetensors(folder.write("bad", bad));
    } catch (const FileError&) {
      ++errors;
    }
  }
  CHECK(errors > 400);
}

TEST_CASE("a header of any length: 640 and 1152 bytes begin as pickles do") {
  const TemporaryFolder folder;
  const std::string path = (folder.path / "f").string();
  int pickles = 0;
  for (const std::size_t note : {605u, 1117u}) {
    io::write_safetensors(path, std::vector<io::TensorBytes>{}, {{"note", std::string(note, 'x')}});
    const std::string bytes = read_file(path);
    pickles += bytes.starts_with("\x80\2") || bytes.starts_with("\x80\4");
    CHECK(read_safetensors(path).metadata.at("note").size() == note);
  }
  CHECK(pickles == 2);
}

TEST_CASE("headers that lie") {
  CHECK(has(error_of(""), "expected at least 8 bytes, received 0"));
  CHECK(has(error_of("\x89HDF\r\n\x1a\nx"), "is an HDF5 file, not safetensors; scripts/keras_weights.py converts"));
  CHECK(has(error_of("PK\3\4aaaax"), "is a zip archive, not safetensors"));
  for (const std::string protocol : {"\2", "\4"})
    CHECK(has(error_of("\x80" + protocol + "aaaaaax"), "is a Python pickle, not safetensors"));
  for (const std::string page : {"<!DOCTYPE html>", "<html lang>"})
    CHECK(has(error_of(page), "is a web page, not safetensors: the download may have failed"));
  CHECK(
      has(error_of("version https://git-lfs.github.com/spec/v1"), "is a note of Git LFS, not the file: git lfs pull"));
  CHECK(has(error_of(std::string(8, '\xff')),
            "expected a header of at most 0 bytes, received the length "
            "18446744073709551615 at offset 0"));
  CHECK(has(error_of(std::string("\x09\0\0\0\0\0\0\0{}", 10)), "at most 2 bytes, received the length 9"));
  CHECK(has(error_of("{]", 0), "no JSON at offset 10"));
  CHECK(has(error_of("[]", 0), "expected a JSON object"));
  CHECK(has(error_of("", 0), "no JSON"));
  CHECK(has(error_of("{\"\xff\":1}", 0), "no JSON"));
  CHECK(has(error_of(std::string(1000000, '['), 0), "nested"));
  CHECK(has(error_of(R"({"x":[[[1]]]})", 0), "nested"));
  const std::string x = R"({"x":)";
  CHECK(has(error_of(x + "1}", 0), "x: expected a JSON object, received 1"));
  CHECK(has(error_of(x + R"({"dtype":"F32","shape":[1]}})", 4), "expected dtype, shape and data_offsets"));
  CHECK(has(error_of(x + entry("F31", "[1]", "[0,4]") + "}", 4), "received \"F31\""));
  CHECK(has(error_of(x + R"({"dtype":4,"shape":[1],"data_offsets":[0,4]}})", 4), "received 4"));
  CHECK(has(error_of(x + entry("F32", "[-1]", "[0,4]") + "}", 4), "received [-1]"));
  CHECK(has(error_of(x + entry("F32", "[1.0]", "[0,4]") + "}", 4), "received [1.0]"));
  CHECK(has(error_of(x + entry("F32", "1", "[0,4]") + "}", 4), "expected a shape"));
  CHECK(has(error_of(x + entry("F32", "[1]", "[0]") + "}", 4), "two data_offsets, received [0]"));
  CHECK(has(error_of(x + entry("F32", "[1]", "[-4,0]") + "}", 4), "two data_offsets, received [-4,0]"));
  CHECK(has(error_of(x + entry("F32", "[1]", "[4,0]") + "}", 4), "within [0, 4], received [4, 0]"));
  CHECK(has(error_of(x + entry("F32", "[2]", "[0,8]") + "}", 4), "within [0, 4], received [0, 8]"));
  CHECK(has(error_of(x + entry("F32", "[2]", "[0,4]") + "}", 4), "expected 8 bytes for F32 (2,)"));
  CHECK(has(error_of(x + entry("F32", "[4294967296,4294967296]", "[0,0]") + "}", 0), "too large"));
  CHECK(has(error_of(x + entry("F32", "[18446744073709551615,4]", "[0,4]") + "}", 4), "too large"));
  const std::string two = x + entry("F32", "[1]", "[0,4]") + R"(,"y":)";
  CHECK(has(error_of(two + entry("F32", "[1]", "[2,6]") + "}", 6), "tensor y: expected its data at offset"));
  CHECK(has(error_of(two + entry("F32", "[1]", "[0,4]") + "}", 4), "expected its data at offset"));
  CHECK(has(error_of(two + entry("F32", "[1]", "[5,9]") + "}", 9), "expected its data at offset"));
  CHECK(has(error_of(two + entry("F32", "[1]", "[4,8]") + "}", 9), "expected the end of the data"));
  CHECK(has(error_of(x + entry("F32", "[1]", "[0,4]") + R"(,"x":)" + entry("F32", "[1]", "[0,4]") + "}", 4), "twice"));
  CHECK(has(error_of(x + R"({"dtype":"F32","dtype":"F32","shape":[],"data_offsets":[0,4]}})", 4), "twice"));
  CHECK(has(error_of(R"({"__metadata__":{"a":1}})", 0), "expected a text for a, received 1"));
  CHECK(has(error_of(R"({"__metadata__":[]})", 0), "__metadata__: expected a JSON object"));
}

TEST_CASE("a header that is longer than any should be") {
  const TemporaryFolder folder;
  const std::string path = folder.write("f", std::string("\0\x5e\xd0\xb2\0\0\0\0{}", 10));  // 3 * 10^9
  std::filesystem::resize_file(path, 4'000'000'000);                                        // takes no room
  CHECK(has(file_error(path, [&] { read_safetensors(path); }),
            "at most 100000000 bytes, received the length 3000000000"));
}

TEST_CASE("no file, a folder, a device") {
  const TemporaryFolder folder;
  const std::string none = (folder.path / "none").string(), here = folder.path.string();
  CHECK(has(file_error(none, [&] { read_safetensors(none); }), "No such file"));
  file_error(here, [&] { read_safetensors(here); });
  file_error("/dev/zero", [&] { read_safetensors("/dev/zero"); });
}

TEST_CASE("other types are kept, and refused where numbers are asked for") {
  const TemporaryFolder folder;
  const std::string path = folder.write("f", with_header(R"({"i":)" + entry("I64", "[2]", "[0,16]") + "}", 16));
  const SafeTensors file = read_safetensors(path);
  CHECK(file.at("i").dtype == "I64");
  CHECK(file.bytes("i") == std::string(16, '\1'));
  CHECK(has(file_error(path, [&] { file.get<float>("i"); }), "expected the type F32 or F64, received I64"));
  CHECK(has(file_error(path, [&] { file.get<float>("j"); }), "has no tensor j"));
}

TEST_CASE("a double that no float can hold") {
  const TemporaryFolder folder;
  const std::string path = (folder.path / "f").string();
  double x[] = {std::numeric_limits<double>::infinity(), std::nan(""), -1e39};
  write_safetensors(path, std::vector<NamedTensor<double>>{{"x", {3}, x}, {"y", {2}, x}});
  const SafeTensors file = read_safetensors(path);
  CHECK(has(file_error(path, [&] { file.get<float>("x"); }), "element 2: -1e+39"));
  CHECK(std::isinf(file.get<float>("y")[0]));
  CHECK(std::isnan(file.get<float>("y")[1]));
}

TEST_CASE("a file that another program wrote: y = x kernel + bias, as Keras computed it") {
  const std::string path = LATENT_SHARED_DIR "/keras_reference/layers/dense.safetensors";
  if (!std::filesystem::exists(path)) {
    MESSAGE("skipped: there is no " << path);
    return;
  }
  const SafeTensors file = read_safetensors(path);
  const std::string name = "3x7_u5_bias1/";
  CHECK(file.at(name + "kernel").dtype == "F64");
  CHECK(file.at(name + "kernel").shape == std::vector<Index>{7, 5});
  const auto x = file.get<double>(name + "x"), kernel = file.get<double>(name + "kernel"),
             bias = file.get<double>(name + "bias"), y = file.get<double>(name + "y");
  REQUIRE(y.size() == 15);
  for (std::size_t row = 0; row < 3; ++row) {
    for (std::size_t unit = 0; unit < 5; ++unit) {
      double sum = bias[unit];
      for (std::size_t i = 0; i < 7; ++i) sum += x[row * 7 + i] * kernel[i * 5 + unit];
      CHECK(sum == doctest::Approx(y[row * 5 + unit]).epsilon(1e-12));
    }
  }
}

TEST_CASE("how many bytes an element of each type has, and how much of a text a message shows") {
  const std::pair<const char*, std::size_t> sizes[] = {
      {"BOOL", 1}, {"U8", 1},  {"I8", 1},   {"F8_E5M2", 1}, {"F8_E4M3", 1}, {"U16", 2},
      {"I16", 2},  {"F16", 2}, {"BF16", 2}, {"U32", 4},     {"I32", 4},     {"F32", 4},
      {"U64", 8},  {"I64", 8}, {"F64", 8},  {"F128", 0},    {"", 0}};
  for (const auto& [type, size] : sizes) CHECK(io::dtype_size(type) == size);
  CHECK(io::excerpt(std::string(99, 'x')) == std::string(99, 'x'));
  CHECK(io::excerpt(std::string(100, 'x')) == std::string(100, 'x'));
  CHECK(io::excerpt(std::string(101, 'x')) == std::string(100, 'x') + "...");
  CHECK(io::excerpt("abc", 2) == "ab...");
  CHECK(io::excerpt("abc", 3) == "abc");
}

TEST_CASE("headers at the edge of what is read, and the whole text of what is wrong") {
  const TemporaryFolder folder;
  const auto problem = [&](const std::string& bytes) -> std::string {
    const std::string path = folder.write("file", bytes);
    try {
      read_safetensors(path);
    } catch (const FileError& error) {
      return std::string(error.what()).substr(path.size() + 2);
    }
    return "";
  };
  const auto shape = [&](const std::string& numbers, std::size_t bytes = 4, const std::string& offsets = "[0,4]") {
    return problem(with_header(R"({"x":)" + entry("F32", numbers, offsets) + "}", bytes));
  };
  CHECK(shape("[1]") == "");
  CHECK(shape("[]") == "");
  CHECK(shape("[1,1,1]") == "");
  CHECK(shape("[0,1152921504606846975]", 0, "[0,0]") == "");
  CHECK(shape("[1152921504606846975,0]", 0, "[0,0]") == "");
  const std::string in_header = "in the header, at offset 8: x: ";
  CHECK(shape("[1152921504606846976]") == in_header + "the shape [1152921504606846976] is too large");
  CHECK(shape("[1152921504606846976,0]") == in_header + "the shape [1152921504606846976,0] is too large");
  CHECK(shape("[576460752303423488,2]") == in_header + "the shape [576460752303423488,2] is too large");
  CHECK(shape("[576460752303423487,2]") ==
        in_header + "expected 4611686018427387896 bytes for F32 (576460752303423487, 2), received data_offsets [0, 4]");
  CHECK(shape("[2]") == in_header + "expected 8 bytes for F32 (2,), received data_offsets [0, 4]");
  std::string ones = "1";
  for (int i = 1; i < 64; ++i) ones += ",1";
  CHECK(shape("[" + ones + "]") == "");
  CHECK(shape("[" + ones + ",1]") == in_header + "expected at most 64 numbers for shape");
  CHECK(shape("[1]", 4, "[0,5]") == in_header + "expected data_offsets within [0, 4], received [0, 5]");
  CHECK(shape("[1]", 4, "[4,3]") == in_header + "expected data_offsets within [0, 4], received [4, 3]");
  CHECK(shape("[1]", 4, "[0,4,4]") == in_header + "expected two data_offsets, received [0,4,4]");
  CHECK(shape("[0]", 4, "[4,4]") ==
        text("tensor x: expected its data at offset ", 8 + 54, ", the end of the one before, received ", 12 + 54));
  const auto keys = [&](const std::string& object) { return problem(with_header("{\"x\":" + object + "}", 4)); };
  CHECK(keys(R"({"dtype":"F32","shape":[1],"offsets":[0,4]})") ==
        in_header + "expected dtype, shape and data_offsets, received offsets");
  CHECK(keys(R"({"dtype":"F32","shape":[1]})") ==
        in_header + R"(expected dtype, shape and data_offsets, received {"dtype":"F32","shape":[1]})");
  CHECK(keys("{}") == in_header + "expected dtype, shape and data_offsets, received {}");
  CHECK(keys(R"({"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]})") ==
        in_header + "dtype is there twice");
  CHECK(keys("[1]") == in_header + "expected a JSON object, received [1]");
  CHECK(keys("[[[1]]]") == in_header + "the header is nested deeper than 3 levels");
  CHECK(keys(R"({"shape":[[1]]})") == in_header + "the header is nested deeper than 3 levels");
  // The same key in two tensors, and in a tensor and the metadata, is not twice.
  const std::string y = entry("F32", "[1]", "[4,8]"), z = entry("F32", "[0]", "[8,8]");
  CHECK(problem(with_header(R"({"x":)" + entry("F32", "[1]", "[0,4]") + R"(,"y":)" + y + R"(,"z":)" + z +
                                R"(,"__metadata__":{"dtype":"a","shape":"b"}})",
                            8)) == "");
  CHECK(problem(with_header(R"({"__metadata__":{"a":"b"}})", 0)) == "");
  const std::string of_metadata = "in the header, at offset 8: __metadata__: ";
  CHECK(problem(with_header(R"({"__metadata__":{"a":{}}})", 0)) == of_metadata + "expected a text for a");
  CHECK(problem(with_header(R"({"__metadata__":{"a":null}})", 0)) ==
        of_metadata + "expected a text for a, received null");
  CHECK(problem(with_header(R"({"__metadata__":{"a":"b","a":"b"}})", 0)) == of_metadata + "a is there twice");
  CHECK(problem(with_header(R"({"__metadata__":{},"__metadata__":{}})", 0)) ==
        of_metadata + "the header has this name twice");
  CHECK(problem(with_header("7", 0)) == "in the header, at offset 8: expected a JSON object, received 7");
  CHECK(problem(with_header("[7]", 0)) == "in the header, at offset 8: expected a JSON object, received 7");
  CHECK(problem(with_header(std::string("{\0}", 3), 0)) == "the header is no JSON at offset 9: a byte 0");
  CHECK(problem(with_header(std::string("\0{}", 3), 0)) == "the header is no JSON at offset 8: a byte 0");
  CHECK(problem(std::string(7, 'x')) == "expected at least 8 bytes, received 7");
  CHECK(problem(with_header("{}", 0)) == "");
  CHECK(problem(with_header("{}", 1)) == "expected the end of the data at offset 10, received 11");
  CHECK(problem(with_header("{} ", 0).substr(0, 10)) ==
        "expected a header of at most 2 bytes, received the length 3 at offset 0");
  // Tensors without elements lie between others, whatever their names.
  CHECK(problem(with_header(R"({"b":)" + entry("F32", "[0]", "[4,4]") + R"(,"a":)" + entry("F32", "[1]", "[4,8]") +
                                R"(,"c":)" + entry("F32", "[1]", "[0,4]") + "}",
                            8)) == "");
}

TEST_CASE("a tensor of single bytes; where the next tensor has to begin") {
  const TemporaryFolder folder;
  const std::string bytes = R"({"b":)" + entry("U8", "[3]", "[0,3]"), b = bytes + R"(,"c":)";
  CHECK(read_safetensors(folder.write("f", with_header(bytes + "}", 3))).bytes("b") == "\1\1\1");
  const std::string gap = b + entry("BOOL", "[1]", "[4,5]") + "}";
  CHECK(has(error_of(gap, 5), text("tensor c: expected its data at offset ", 8 + gap.size() + 3,
                                   ", the end of the one before, received ", 8 + gap.size() + 4)));
}

TEST_CASE("a double becomes a float up to the largest") {
  const TemporaryFolder folder;
  const std::string path = (folder.path / "f").string();
  constexpr double largest = std::numeric_limits<float>::max(), beyond = 3.4028234663852888e38;
  const double fits[] = {largest, -largest, 1}, over[] = {0, beyond}, under[] = {-beyond};
  write_safetensors(
      path, std::vector<NamedTensor<const double>>{{"fits", {3}, fits}, {"over", {2}, over}, {"under", {1}, under}});
  const SafeTensors file = read_safetensors(path);
  CHECK(file.get<float>("fits") ==
        std::vector<float>{std::numeric_limits<float>::max(), std::numeric_limits<float>::lowest(), 1});
  CHECK(file.get<double>("over") == std::vector<double>{0, beyond});
  CHECK(file_error(path, [&] { file.get<float>("over"); }) ==
        path + ": tensor over, element 1: 3.40282e+38 is too large for a float");
  CHECK(file_error(path, [&] { file.get<float>("under"); }) ==
        path + ": tensor under, element 0: -3.40282e+38 is too large for a float");
  CHECK(file.contains("fits"));
  CHECK(!file.contains("fit"));
  CHECK(file.at("over").begin == 24);
  CHECK(file.at("over").end == 40);
}

TEST_CASE("texts in JSON: every character, and a header that is filled up to a multiple of 8") {
  for (int code = 0; code < 0x20; ++code) {
    const char hexadecimal[] = "0123456789abcdef";
    CHECK(io::json_text(std::string(1, static_cast<char>(code))) ==
          std::string("\"\\u00") + hexadecimal[code / 16] + hexadecimal[code % 16] + '"');
  }
  for (int code = 0x20; code < 0x80; ++code) {
    const std::string letter(1, static_cast<char>(code));
    CHECK(io::json_text(letter) == (letter == "\"" || letter == "\\" ? "\"\\" : "\"") + letter + '"');
  }
  CHECK(io::json_text("") == "\"\"");
  const TemporaryFolder folder;
  const std::string path = (folder.path / "f").string();
  const double number = 3;
  for (std::size_t length = 1; length <= 9; ++length) {
    const std::string name(length, 'n');
    write_safetensors(path, {io::bytes_of(name, {1, 1}, &number)}, {{"a", "b"}, {"c", "d"}});
    std::string header =
        R"({"__metadata__":{"a":"b","c":"d"},")" + name + R"(":{"dtype":"F64","shape":[1,1],"data_offsets":[0,8]}})";
    while (header.size() % 8 != 0) header += ' ';
    CHECK(read_file(path) == std::string{static_cast<char>(header.size()), 0, 0, 0, 0, 0, 0, 0} + header +
                                 std::string(reinterpret_cast<const char*>(&number), 8));
  }
  write_safetensors(path, std::vector<io::TensorBytes>{}, {{"a", "b"}});
  CHECK(read_file(path).substr(8) == R"({"__metadata__":{"a":"b"}}      )");
}
