// The reader of archives, packed or not. libarchive itself is not compiled for the fuzzer, but by the sanitizers' malloc.
#include <algorithm>
#include <vector>

#include "as_file.hpp"
#include "latent/datasets/archive.hpp"

using namespace latent;

/// Gives every tar header the sum it should have, which the fuzzer would seldom guess; one file in eight keeps what it has.
static void mend(std::vector<std::uint8_t>& bytes) {
  if (bytes.size() % 8 == 7) return;
  for (std::size_t at = 0; bytes.size() >= at + 512; at += 512) {
    if (!std::equal(&bytes[at + 257], &bytes[at + 262], "ustar")) continue;
    std::size_t sum = 0;
    for (std::size_t i = 0; i < 512; ++i) sum += i >= 148 && i < 156 ? ' ' : bytes[at + i];
    for (std::size_t i = 0; i < 6; ++i) bytes[at + 153 - i] = static_cast<std::uint8_t>('0' + (sum >> (3 * i)) % 8);
    bytes[at + 154] = 0, bytes[at + 155] = ' ';
  }
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* made_up, std::size_t size) {
  std::vector<std::uint8_t> bytes(made_up, made_up + size);
  mend(bytes);
  const MemoryFile file(bytes.data(), bytes.size());
  reads(file, [&](const std::string& path) {
    const auto files = datasets::read_archive(
        path, [](const std::string& name) { return !name.ends_with(".txt"); },
        [](const std::string& name) { expect(name.size() < (1 << 20)); });
    for (const auto& entry : files) expect(entry.second.size() <= datasets::largest_archive);
  });
  return 0;
}
