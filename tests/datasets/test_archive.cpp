#include <sys/resource.h>

#include <clocale>

#include "datasets/idx_files.hpp"
#include "datasets/test_files.hpp"
#include "files.hpp"
#include "latent/core/files.hpp"
#include "latent/datasets/archive.hpp"

using namespace latent;
using namespace latent::datasets;

namespace {

std::string error(const std::string& path) {
  return file_error(path, [&] { read_archive(path); });
}

/// A number of so many digits of base 8.
std::string octal(std::size_t number, std::size_t count) {
  std::string digits(count, '0');
  for (std::size_t at = count; at-- > 0; number /= 8) digits[at] = static_cast<char>('0' + number % 8);
  return digits;
}
/// GNU's header of an entry of a tar.
std::string tar_header(const std::string& name, char type, std::size_t size) {
  std::string header(512, '\0');
  const auto put = [&](std::size_t at, const std::string& what) { header.replace(at, what.size(), what); };
  put(0, name), put(100, "0000644"), put(108, "0000000"), put(116, "0000000"), put(124, octal(size, 11));
  put(136, "00000000000"), put(156, std::string(1, type)), put(257, "ustar  ");
  std::size_t sum = 8 * ' ';
  for (const char c : header) sum += static_cast<unsigned char>(c);
  put(148, octal(sum, 6) + std::string("\0 ", 2));
  return header;
}
/// An entry with its content.
std::string tar_entry(const std::string& name, char type, const std::string& content) {
  return tar_header(name, type, content.size()) + content + std::string(512 - content.size() % 512, '\0');
}

/// The bytes of one gzip member, packed piece by piece.
std::string packed_zeros(std::size_t megabytes) {
  std::string bytes;
  const std::string member = gzip(std::string(1 << 20, '\0'));
  for (std::size_t i = 0; i < megabytes; ++i) bytes += member;
  return bytes;
}

}  // namespace

TEST_CASE("archives are read whatever the program's locale") {
  const char* before = std::setlocale(LC_ALL, nullptr);
  REQUIRE(std::string(before) == "C");
  std::vector<std::string> left_out;
  const NamedBytes files = read_archive(
      test_file("pax.tar.gz"), [](const std::string& name) { return name.ends_with(".png"); },
      [&](const std::string& name) { left_out.push_back(name); });
  CHECK(files.size() == 6);
  CHECK(files.contains("train/क/0.png"));
  CHECK(files.contains("test/क/0.png"));
  CHECK(left_out.size() == 3);
  CHECK(std::string(std::setlocale(LC_ALL, nullptr)) == "C");
  CHECK(uselocale(nullptr) == LC_GLOBAL_LOCALE);
}

TEST_CASE("the later of two files with one name counts, and links that lead nowhere are left out") {
  const TemporaryFolder folder;
  const auto run = [&](const std::string& command) {
    return std::system(("cd '" + folder.path.string() + "' && " + command).c_str());
  };
  folder.write("a", "first");
  REQUIRE(run("tar -cf t.tar a") == 0);
  folder.write("a", "second");
  REQUIRE(run("ln -s a b && ln -s b c && ln -s nowhere d && ln -s f e && ln -s e f && tar -rf t.tar a b c d e f") == 0);
  std::vector<std::string> left_out;
  const NamedBytes files =
      read_archive((folder.path / "t.tar").string(), {}, [&](const std::string& name) { left_out.push_back(name); });
  CHECK(files == NamedBytes{{"a", "second"}, {"b", "second"}, {"c", "second"}});
  CHECK(left_out == std::vector<std::string>{"d", "e", "f"});
}

TEST_CASE("archives that are cut short or damaged are errors") {
  const TemporaryFolder folder;
  for (const std::string name : {"by_gnu.tar.gz", "by_zip.zip", "gnutar.tar.xz", "pax.tar.bz2", "by_7z.7z"}) {
    CAPTURE(name);
    const std::string good = read_file(test_file(name));
    for (const double part : {0.0, 0.1, 0.3, 0.5, 0.7}) {
      CAPTURE(part);
      const auto length = static_cast<std::size_t>(part * static_cast<double>(good.size()));
      error(folder.write("cut", good.substr(0, length)));
    }
  }
  CHECK(has(error(folder.write("f", std::string(2000, 'x'))), "is no tar, zip or 7z archive"));
  CHECK(has(error(folder.path.string()), "is a folder"));
  CHECK(has(error((folder.path / "none").string()), "No such file"));
  std::string zip = read_file(test_file("by_zip.zip"));
  // A local header has the packed size at 18, the lengths of the name and of the extra field at 26 and 28.
  std::size_t at = 0;
  const auto byte = [&](std::size_t offset) { return std::size_t{static_cast<unsigned char>(zip[at + offset])}; };
  while (byte(18) == 0) at = zip.find("PK\3\4", at + 1);
  const std::size_t data = at + 30 + byte(26) + byte(28);
  zip[data + byte(18) / 2] ^= 1;
  CHECK(has(error(folder.write("f", zip)), "cannot be unpacked"));
}

TEST_CASE("a small file that unpacks to something enormous is refused, and takes no memory") {
  const TemporaryFolder folder;
  // A tar of one file of 4 GB, of zeros.
  const std::string path =
      folder.write("bomb.tar.gz", gzip(tar_header("a.png", '0', std::size_t{1} << 32)) + packed_zeros(1100));
  rusage before{}, after{};
  getrusage(RUSAGE_SELF, &before);
  CHECK(has(file_error(path, [&] { read_archive(path, [](const std::string&) { return false; }); }),
            "unpacks to more than 1073741824 bytes"));
  getrusage(RUSAGE_SELF, &after);
  CHECK(after.ru_maxrss - before.ru_maxrss < 200 * 1024);  // KiB; a gigabyte is packed
}

TEST_CASE("an archive may hold so many bytes, of a kind that is wanted") {
  const std::string zip = test_file("by_zip.zip"), tar = test_file("by_gnu.tar.gz");
  const auto count = [&](std::size_t largest) {
    ArchiveReader archive(zip, ArchiveReader::Kind::zip, largest);
    std::vector<unsigned char> out(2000);
    std::size_t read = 0;
    while (archive.next()) read += archive.read(out.data(), 50) + archive.read(out.data(), out.size());
    return read;
  };
  const std::size_t all = count(largest_archive);
  REQUIRE(all > 1000);
  CHECK(count(all) == all);
  CHECK(file_error(zip, [&] { count(all - 1); }) ==
        text(zip, ": unpacks to more than ", all - 1, " bytes, the most that is read"));
  CHECK(has(file_error(tar,
                       [&] {
                         ArchiveReader archive(tar, ArchiveReader::Kind::zip);
                         archive.next();
                       }),
            ": is no tar, zip or 7z archive (near offset "));
  CHECK(read_archive(tar).size() == 9);
  CHECK(ArchiveReader(tar).path() == tar);
}

TEST_CASE("links in folders, files over links, links over files, and what is neither") {
  const TemporaryFolder folder;
  const auto run = [&](const std::string& command) {
    return std::system(("cd '" + folder.path.string() + "' && " + command).c_str());
  };
  folder.write("d/a", "one"), folder.write("d/e/b", std::string(70000, 'b'));
  REQUIRE(run("ln d/a d/hard && ln -s ../a d/e/up && ln -s e/up d/twice && mkfifo d/pipe && ln -s pipe d/to_pipe && "
              "tar -cf t.tar d") == 0);
  REQUIRE(run("rm d/twice d/a && ln -s e/b d/a && cp d/e/b d/twice && tar -rf t.tar d/a d/twice") == 0);
  std::vector<std::string> left_out;
  const std::string path = (folder.path / "t.tar").string();
  const auto left = [&](const std::string& name) { left_out.push_back(name); };
  const NamedBytes files = read_archive(path, {}, left);
  const std::string b(70000, 'b');
  CHECK(files == NamedBytes{{"d/a", b}, {"d/e/b", b}, {"d/e/up", b}, {"d/hard", files.at("d/hard")}, {"d/twice", b}});
  CHECK(left_out == std::vector<std::string>{"d/pipe", "d/to_pipe"});
  left_out.clear();
  CHECK(read_archive(path, [](const std::string& name) { return name == "d/e/b"; }, left).size() == 1);
  CHECK(left_out == std::vector<std::string>{"d/a", "d/e/up", "d/hard", "d/pipe", "d/to_pipe", "d/twice"});
  CHECK(read_archive(path).size() == 5);
}

TEST_CASE("what links repeat counts as what is unpacked, and many links are followed at once") {
  const TemporaryFolder folder;
  const auto link = [](const std::string& name, char type, const std::string& target) {
    std::string header = tar_header(name, type, 0);
    header.replace(157, target.size(), target);
    std::size_t sum = 0;
    for (std::size_t i = 0; i < header.size(); ++i)
      sum += i >= 148 && i < 156 ? ' ' : static_cast<unsigned char>(header[i]);
    return header.replace(148, 8, octal(sum, 6) + std::string("\0 ", 2));
  };
  const std::string end(1024, '\0'), large = tar_entry("a", '0', std::string((4 << 20) + 1, 'x'));
  std::string links;
  for (int i = 0; i < 300; ++i) links += link(text("b", i), i % 2 == 0 ? '1' : '2', "a");
  const std::string bomb = folder.write("bomb", large + links + end);
  CHECK(error(bomb) == bomb + ": unpacks to more than 1073741824 bytes, the most that is read");
  CHECK(read_archive(bomb, [](const std::string& name) { return name < "b1"; }).size() == 2);

  // Each stands for the next one, the last for a file, or for the first.
  std::string chain;
  for (int i = 100000; i < 120000; ++i) chain += link(text(i), '2', text(i + 1));
  const NamedBytes files = read_archive(folder.write("chain", chain + tar_entry("120000", '0', "end") + end));
  CHECK(files.size() == 20001);
  CHECK(files.at("100000") == "end");
  std::size_t left = 0;
  const auto count = [&](const std::string&) { ++left; };
  CHECK(read_archive(folder.write("circle", chain + link("120000", '2', "100000") + end), {}, count).empty());
  CHECK(left == 20001);

  // Links to folders, as they are followed on a disk; tar -P keeps the first / of names.
  const std::string cats =
      tar_entry("cats/0.png", '0', "0") + tar_entry("cats/more/1.png", '0', "1") + tar_entry("catsup", '0', "c");
  const std::string to_folders = link("d", '2', "cats") + link("cats/loop", '2', "../cats") +
                                 link("here", '2', "./cats/") + link("again", '2', "d") +
                                 link("hard", '1', "/cats/0.png") + link("all", '2', ".");
  std::vector<std::string> rest;
  const auto add = [&](const std::string& name) { rest.push_back(name); };
  CHECK(read_archive(folder.write("folders", cats + to_folders + end), {}, add) ==
        NamedBytes{{"again/0.png", "0"},
                   {"again/more/1.png", "1"},
                   {"cats/0.png", "0"},
                   {"cats/more/1.png", "1"},
                   {"catsup", "c"},
                   {"d/0.png", "0"},
                   {"d/more/1.png", "1"},
                   {"hard", "0"},
                   {"here/0.png", "0"},
                   {"here/more/1.png", "1"}});
  CHECK(rest == std::vector<std::string>{"all", "cats/loop"});
}

TEST_CASE("names that are not in UTF-8 are an error; what libarchive only warns of is read") {
  const TemporaryFolder folder;
  const std::string file = tar_entry("a", '0', "one"), end(1024, '\0');
  const auto with = [&](const std::string& record) {
    return folder.write("t", tar_entry("x", 'x', record) + file + end);
  };
  CHECK(read_archive(with("10 path=b\n")) == NamedBytes{{"b", "one"}});
  CHECK(has(error(with("10 path=\xff\n")), "/t: has a name that (near offset "));
  CHECK(has(error(with("10 path=\xff\n")), "Pathname can't be converted from UTF-8"));
  CHECK(read_archive(with("no record")) == NamedBytes{{"a", "one"}});
  CHECK(has(error(folder.write("t", file + std::string(1024, 'x'))), "/t: is damaged (near offset "));
  const std::string packed = gzip(file + std::string(4096, 'x'));  // the offset is that in the file as it lies there
  CHECK(has(error(folder.write("t", packed)), text("/t: is damaged (near offset ", packed.size(), "): ")));
  CHECK(has(error(folder.write("t", "PK\3\4" + std::string(40, 'x'))),
            "/t: is a zip archive that is cut short or damaged: it has no list of its contents at its end"));
  CHECK(has(error(folder.write("t", "PK\5\6" + std::string(18, '\0'))), "/t: is a zip archive without anything in it"));
  CHECK(has(error(folder.write("t", "7z\xbc\xaf\x27\x1c" + std::string(40, 'x'))),
            "/t: is a 7z archive that is cut short"));
  CHECK(has(error(folder.write("t", file.substr(0, 514))), "/t: the data of a cannot be unpacked (near offset "));
}
