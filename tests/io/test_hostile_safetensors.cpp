// Headers made to do harm. Whatever they say, the memory taken depends on the size of the file alone.
#include <cstdlib>
#include <new>

#include "files.hpp"
#include "latent/io/weights.hpp"

using namespace latent;

namespace {

std::size_t largest_piece = 0, in_use = 0, most_in_use = 0;

// The size lies in front of each piece.
constexpr std::size_t front = alignof(std::max_align_t);

}  // namespace

// noinline: GCC would take the pair of malloc and free, seen through these, for a mismatch.
[[gnu::noinline]] void* operator new(std::size_t size) {
  char* const piece = static_cast<char*>(std::malloc(size + front));
  if (piece == nullptr) throw std::bad_alloc();
  *reinterpret_cast<std::size_t*>(piece) = size;
  largest_piece = std::max(largest_piece, size);
  most_in_use = std::max(most_in_use, in_use += size);
  return piece + front;
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  if (memory == nullptr) return;
  char* const piece = static_cast<char*>(memory) - front;
  in_use -= *reinterpret_cast<std::size_t*>(piece);
  std::free(piece);
}
void operator delete(void* memory, std::size_t) noexcept { operator delete(memory); }

namespace {

/// 64 kB for what does not depend on the file: the stream's buffer, the messages.
constexpr std::size_t some = 65536;

std::string with_length(std::uint64_t length, const std::string& rest) {
  return std::string(reinterpret_cast<const char*>(&length), 8) + rest;
}
std::string file_of(const std::string& header, std::size_t data_size = 0) {
  return with_length(header.size(), header + std::string(data_size, '\1'));
}
std::string entry(const std::string& dtype, const std::string& shape, const std::string& offsets) {
  return R"({"dtype":")" + dtype + R"(","shape":)" + shape + R"(,"data_offsets":)" + offsets + "}";
}
std::string repeated(const std::string& piece, std::size_t times) {
  std::string out;
  out.reserve(piece.size() * times);
  for (std::size_t i = 0; i < times; ++i) out += piece;
  return out;
}

/// The message for a file of these bytes; checks what memory it took to find out. Strings grow by doubling, hence 2; a
/// header that is nothing but short names takes a node of two maps for each, hence 12.
std::string error_of(const std::string& bytes) {
  const TemporaryFolder folder;
  const std::string path = folder.write("weights.safetensors", bytes);
  std::string message;
  const std::size_t before = in_use;
  largest_piece = 0, most_in_use = in_use;
  try {
    (void)read_safetensors(path);
  } catch (const FileError& error) {
    CHECK(largest_piece <= 2 * bytes.size() + some);
    CHECK(most_in_use - before <= 12 * bytes.size() + some);
    message = error.what();
  }
  CHECK(has(message, path + ": "));
  CHECK(message.size() < path.size() + 500);
  return message;
}

}  // namespace

TEST_CASE("the memory of reading is measured: a good file takes its size, twice for a moment") {
  const TemporaryFolder folder;
  const std::string path = (folder.path / "f").string();
  const std::vector<float> x(1'000'000, 1.0f);
  write_safetensors(path, std::vector<NamedTensor<const float>>{{"x", {1000, 1000}, x.data()}});
  largest_piece = 0;
  const SafeTensors file = read_safetensors(path);
  CHECK(largest_piece >= 4'000'000);
  CHECK(largest_piece <= 4'000'000 + some);
}

TEST_CASE("header lengths that lie") {
  const std::string x = R"({"x":)" + entry("F32", "[1]", "[0,4]") + "}";
  for (const std::uint64_t length : {std::uint64_t(1) << 63, ~std::uint64_t(0), ~std::uint64_t(0) - 7,
                                     std::uint64_t(1) << 40, std::uint64_t(x.size() + 5)})
    CHECK(has(error_of(with_length(length, x + "1234")), text("expected a header of at most ", x.size() + 4,
                                                              " bytes, received the length ", length, " at offset 0")));
  CHECK(has(error_of(with_length(x.size() + 4, x + "1234")), "expected data_offsets within [0, 0], received [0, 4]"));
  CHECK(has(error_of(with_length(x.size() - 1, x + "1234")), "no JSON"));
  CHECK(has(error_of(with_length(0, x)), "no JSON"));
}

TEST_CASE("offsets that overlap, leave gaps, or point outside") {
  const auto two = [](const std::string& a, const std::string& b, std::size_t size) {
    return error_of(file_of(R"({"a":)" + entry("F32", "[2]", a) + R"(,"b":)" + entry("F32", "[2]", b) + "}", size));
  };
  CHECK(has(two("[0,8]", "[4,12]", 12), "tensor b: expected its data at offset"));
  CHECK(has(two("[0,8]", "[0,8]", 8), "tensor b: expected its data at offset"));
  CHECK(has(two("[0,8]", "[9,17]", 17), "tensor b: expected its data at offset"));
  CHECK(has(two("[1,9]", "[9,17]", 17), "tensor a: expected its data at offset"));
  CHECK(has(two("[0,8]", "[8,16]", 15), "b: expected data_offsets within [0, 15], received [8, 16]"));
  CHECK(has(two("[0,8]", "[8,16]", 17), "expected the end of the data at offset"));
  CHECK(has(two("[0,8]", "[18446744073709551608,18446744073709551615]", 16), "within [0, 16]"));
  CHECK(has(two("[0,8]", "[16,8]", 16), "within [0, 16], received [16, 8]"));
  CHECK(has(two("[0,8]", "[8,1e99]", 16), "two data_offsets"));
  CHECK(has(two("[0,8]", "[8,18446744073709551616]", 16), "two data_offsets"));
}

TEST_CASE("shapes that are negative, enormous, or multiply to a small number") {
  const auto shape = [](const std::string& numbers, const std::string& offsets = "[0,4]") {
    return error_of(file_of(R"({"x":)" + entry("F32", numbers, offsets) + "}", 4));
  };
  CHECK(has(shape("[-1]"), "expected a shape of numbers, received [-1]"));
  CHECK(has(shape("[-1,-1]"), "expected a shape of numbers"));
  CHECK(has(shape("[9223372036854775807]"), "too large"));
  CHECK(has(shape("[18446744073709551615]"), "too large"));
  CHECK(has(shape("[18446744073709551616]"), "expected a shape of numbers"));
  CHECK(has(shape("[4294967296,4294967296]"), "too large"));  // 2^64: 0 if it wrapped
  CHECK(has(shape("[4294967297,4294967297,4294967297]"), "too large"));
  CHECK(has(shape("[2305843009213693953,2,2,2]"), "too large"));  // (2^61 + 1) * 8: 8 if it wrapped
  CHECK(has(shape("[4611686018427387905]"), "too large"));        // times 4 bytes: 4 if it wrapped
  CHECK(has(shape("[1152921504606846975]"), "expected 4611686018427387900 bytes"));
  CHECK(has(shape("[18446744073709551615,0]"), "too large"));
  CHECK(has(shape("[0]"), "expected 0 bytes"));
  CHECK(has(shape("[1.5]"), "expected a shape of numbers"));
  CHECK(has(shape("[1e999]"), "number overflow"));
  CHECK(has(shape("[1e" + std::string(100'000, '9') + "]"), "number overflow"));
  CHECK(has(shape("[null]"), "expected a shape of numbers"));
  CHECK(has(shape("[true]"), "expected a shape of numbers"));
  CHECK(has(shape("{\"a\":1}"), "expected a shape of numbers"));
  CHECK(has(shape("[" + repeated("1,", 64) + "1]"), "expected at most 64 numbers for shape"));
  CHECK(has(shape("[" + repeated("1,", 1'000'000) + "1]"), "expected at most 64 numbers for shape"));
}

TEST_CASE("dtypes that are not what they should be") {
  const auto dtype = [](const std::string& word) {
    return error_of(file_of(R"({"x":{"dtype":)" + word + R"(,"shape":[1],"data_offsets":[0,4]}})", 4));
  };
  CHECK(has(dtype("\"F33\""), "expected a known dtype, received \"F33\""));
  CHECK(has(dtype("\"f32\""), "expected a known dtype"));
  CHECK(has(dtype("\"\""), "expected a known dtype"));
  CHECK(has(dtype("32"), "expected a known dtype, received 32"));
  CHECK(has(dtype("null"), "expected a known dtype"));
  CHECK(has(dtype("[]"), "expected a known dtype"));
  CHECK(has(dtype("\"F64\""), "expected 8 bytes for F64 (1,)"));
  CHECK(has(dtype("\"" + std::string(1'000'000, 'F') + "\""), "expected a known dtype, received \"FFF"));
}

TEST_CASE("names that are there twice") {
  const std::string x = entry("F32", "[1]", "[0,4]");
  CHECK(has(error_of(file_of(R"({"x":)" + x + R"(,"x":)" + x + "}", 4)), "x: the header has this name twice"));
  CHECK(has(error_of(file_of(R"({"x":)" + x + R"(,"\u0078":)" + x + "}", 4)), "twice"));
  CHECK(has(error_of(file_of(R"({"__metadata__":{},"__metadata__":{}})")), "twice"));
  CHECK(has(error_of(file_of(R"({"__metadata__":{"a":"b","a":"c"}})")), "__metadata__: a is there twice"));
  CHECK(has(error_of(file_of(R"({"x":{"shape":[1],"shape":[1],"dtype":"F32","data_offsets":[0,4]}})", 4)), "twice"));
  CHECK(has(error_of(file_of(R"({"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"shape":[1]}})", 4)), "twice"));
  CHECK(
      has(error_of(file_of(R"({"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"more":1}})", 4)), "received more"));
}

TEST_CASE("JSON that is deep, wide, long, or none") {
  CHECK(has(error_of(file_of(std::string(1'000'000, '['))), "nested"));
  CHECK(
      has(error_of(file_of(repeated("{\"a\":", 1'000'000))), "a: expected dtype, shape and data_offsets, received a"));
  CHECK(has(error_of(file_of(R"({"x":{"shape":[[[1]]]}})")), "nested"));
  CHECK(has(error_of(file_of(R"({"__metadata__":{"a":{"b":"c"}}})")), "expected a text for a"));
  CHECK(has(error_of(file_of(R"({"__metadata__":{"a":["b"]}})")), "expected a text for a"));
  CHECK(has(error_of(file_of(R"({"__metadata__":{"a":1}})")), "expected a text for a, received 1"));
  CHECK(has(error_of(file_of(R"({"__metadata__":"a"})")), "expected a JSON object"));
  CHECK(has(error_of(file_of("[" + repeated("1,", 1'000'000) + "1]")), "expected"));
  CHECK(has(error_of(file_of("1")), "expected a JSON object, received 1"));
  CHECK(has(error_of(file_of("{\"x\":" + repeated("{},\"x\":", 100'000) + "{}}")), "x: expected dtype"));
  CHECK(has(error_of(file_of("{\"" + std::string(1'000'000, 'n') + "\":1}")), "nnn...: expected a JSON object"));
  CHECK(has(error_of(file_of("{\"" + std::string(1'000'000, 'n'))), "no JSON at offset"));
  CHECK(has(error_of(file_of("{}" + std::string(100, '\0'))), "no JSON"));
  CHECK(has(error_of(file_of("{\"\xed\xa0\x80\":{}}")), "no JSON"));
  CHECK(has(error_of(file_of(R"({"\ud800":{}})")), "no JSON"));
  CHECK(has(error_of(file_of(R"({"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},})", 4)), "no JSON"));
}

TEST_CASE("many names: the memory stays a small multiple of the file's size") {
  std::string header = "{", texts = R"({"__metadata__":{)";
  for (int i = 0; i < 20'000; ++i) {
    header += text(i > 0 ? "," : "", '"', i, R"(":)") + entry("F32", "[0]", "[0,0]");
    texts += text(i > 0 ? "," : "", '"', i, R"(":"")");
  }
  CHECK(has(error_of(file_of(header + "}", 1)), "expected the end of the data"));
  CHECK(has(error_of(file_of(texts + "}}", 1)), "expected the end of the data"));
}

TEST_CASE("every truncation of a file that save_weights wrote") {
  const TemporaryFolder folder;
  const std::string path = (folder.path / "f").string();
  const float x[] = {1, 2, 3};
  write_safetensors(path,
                    std::vector<NamedTensor<const float>>{{"conv2d/kernel", {1, 1, 1, 3}, x}, {"conv2d/bias", {3}, x}},
                    {{"format", "latent"}, {"summary", "\u2501 \"x\"\n"}});
  const std::string bytes = read_file(path);
  for (std::size_t length = 0; length < bytes.size(); ++length) error_of(bytes.substr(0, length));
}
