// ByteReader: what it reads does not depend on the pieces that are asked for, and what zlib packs comes out again.
#include <zlib.h>

#include <vector>

#include "as_file.hpp"
#include "latent/datasets/byte_reader.hpp"

using namespace latent;

namespace {

/// The content of a file, read `piece` bytes at a time; of endless content the first 16 MB.
std::string content(const std::string& path, std::size_t piece) {
  datasets::ByteReader reader(path);
  std::string all;
  std::vector<unsigned char> buffer(piece);
  while (all.size() < (std::size_t{1} << 24)) {
    const std::size_t received = reader.read(buffer.data(), piece);
    all.append(reinterpret_cast<const char*>(buffer.data()), received);
    expect(reader.offset() == all.size());
    if (received < piece) break;
  }
  return all;
}

std::string packed(const std::uint8_t* bytes, std::size_t size) {
  z_stream stream{};
  expect(deflateInit2(&stream, 1, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&stream, size), '\0');
  stream.next_in = const_cast<std::uint8_t*>(bytes);
  stream.avail_in = static_cast<uInt>(size);
  stream.next_out = reinterpret_cast<unsigned char*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  expect(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const MemoryFile file(bytes, size);
  std::string large, small;
  const bool is_read = reads(file, [&](const std::string& path) { large = content(path, 1 << 16); });
  expect(reads(file, [&](const std::string& path) { small = content(path, 1 + size % 1000); }) == is_read);
  const std::size_t both = std::min(large.size(), small.size());
  expect(large.compare(0, both, small, 0, both) == 0);

  // Two members, one after the other.
  const std::string member = packed(bytes, size), twice = member + member;
  const MemoryFile good(twice.data(), twice.size());
  const std::string expected(reinterpret_cast<const char*>(bytes), size);
  expect(reads(good, [&](const std::string& path) { expect(content(path, 777) == expected + expected); }));
  return 0;
}
