#include "files.hpp"
#include "latent/core/files.hpp"

using namespace latent;

namespace {
std::size_t files_in(const std::filesystem::path& folder) {
  std::size_t count = 0;
  for (const auto& file : std::filesystem::recursive_directory_iterator(folder)) count += file.is_regular_file();
  return count;
}
}  // namespace

TEST_CASE("bytes come back as they were written, and a file is replaced as a whole") {
  const TemporaryFolder folder;
  const std::string path = (folder.path / "f").string();
  std::string bytes(100'000, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * i);  // every byte, \r and \n too
  for (const std::string& content : {bytes, std::string("short"), std::string()}) {
    write_atomically(path, content);
    CHECK(read_file(path) == content);
    CHECK(files_in(folder.path) == 1);  // nothing temporary stays
  }
}

TEST_CASE("missing folders are made") {
  const TemporaryFolder folder;
  const std::string path = (folder.path / "a" / "b" / "c").string();
  write_atomically(path, "x");
  CHECK(read_file(path) == "x");
}

TEST_CASE("where nothing can be written there is an error, and what was there stays") {
  const TemporaryFolder folder;
  const std::string file = folder.write("file", "old"), below = file + "/below";
  CHECK(has(file_error(below, [&] { write_atomically(below, "new"); }), "cannot make the folder"));
  CHECK(read_file(file) == "old");
  folder.write("full/inside", "old");
  const std::string full = (folder.path / "full").string();
  CHECK(has(file_error(full, [&] { write_atomically(full, "new"); }), "cannot be put in place"));
  CHECK(read_file(full + "/inside") == "old");
  CHECK(files_in(folder.path) == 2);
}

TEST_CASE("what cannot be read") {
  const TemporaryFolder folder;
  const std::string nothing = (folder.path / "nothing").string(), whole = folder.path.string();
  CHECK(has(file_error(nothing, [&] { read_file(nothing); }), "cannot be read: No such file"));
  CHECK(has(file_error(whole, [&] { read_file(whole); }), "is a folder, not a file"));
}
