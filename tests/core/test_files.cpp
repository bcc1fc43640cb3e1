#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <csignal>
#include <future>
#include <memory>
#include <thread>
#include <vector>

#include "files.hpp"
#include "latent/core/files.hpp"

using namespace latent;

namespace {
std::size_t files_in(const std::filesystem::path& folder) {
  std::size_t count = 0;
  for (const auto& file : std::filesystem::recursive_directory_iterator(folder)) count += file.is_regular_file();
  return count;
}
/// Without the rights of root in its scope: a broken function cannot replace a device of the system, and what is write-protected is.
struct AsNobody {
  uid_t before = geteuid();
  AsNobody() { CHECK((before != 0 || setresuid(65534, 65534, 0) == 0)); }
  ~AsNobody() { CHECK((before != 0 || setresuid(0, 0, 0) == 0)); }
};
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

TEST_CASE("a name without a folder is a file of the current one") {
  const TemporaryFolder folder;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path);
  write_atomically("new", "x");
  write_atomically("new", "y");
  CHECK(read_file("new") == "y");
  std::filesystem::current_path(before);
  CHECK(files_in(folder.path) == 1);
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
  CHECK(has(file_error(full, [&] { write_atomically(full, "new"); }), "is a folder, not a file"));
  CHECK(read_file(full + "/inside") == "old");
  CHECK(files_in(folder.path) == 2);
}

TEST_CASE("threads that write one file: a reader sees one of their contents, whole, and nothing stays beside it") {
  const TemporaryFolder folder;
  const std::string path = (folder.path / "f").string();
  write_atomically(path, std::string(20'000, 'a'));
  std::vector<std::thread> writers;
  std::atomic<int> errors{0}, mixed{0};
  for (const char letter : {'a', 'b', 'c', 'd'})
    writers.emplace_back([&, letter] {
      for (int i = 0; i < 25; ++i) try {
          write_atomically(path, std::string(20'000, letter));
        } catch (const FileError&) {
          ++errors;
        }
    });
  std::thread reader([&] {
    for (int i = 0; i < 100; ++i) {
      const std::string bytes = read_file(path);
      mixed += bytes.size() != 20'000 || bytes.find_first_not_of(bytes[0]) != std::string::npos;
    }
  });
  for (std::thread& writer : writers) writer.join();
  reader.join();
  CHECK(errors == 0);
  CHECK(mixed == 0);
  CHECK(files_in(folder.path) == 1);
}

TEST_CASE("what a killed process has left is removed by the next that writes the file, what another writes is not") {
  const TemporaryFolder folder;
  const std::string path = (folder.path / "f").string();
  const pid_t child = fork();
  if (child == 0) {
    std::raise(SIGSTOP);  // until the parent has made its file look like the child's
    _exit(0);
  }
  const std::string abandoned = folder.write(text("f.latent-", child, "-1.part"), "half"),
                    others = folder.write(text("g.latent-", child, "-1.part"), "half");
  // Downloads in several parts and people have names like these, and version 1.0.0 wrote f.12-3.part.
  std::vector<std::string> own;
  for (const std::string name :
       {"f.old.part", "f..part", "f.1.part", "f.00.part", "f.2024-11-27.part", "f.0-1023.part", "f.-.part", "f.part",
        "f.latent-.part", "f.latent-12.part", "f.latent-12-.part", "f.latent--3.part", "f.latent-1-2-3.part",
        "f.latent-12-3.part2", "f.latent-12-3", "f.latent-a-3.part", "f.latent-12-b.part", "g.f.latent-12-3.part"})
    own.push_back(folder.write(name, "the user's own"));
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);

  const std::string alive = folder.write("f.latent-123-4.part", "being written");
  {
    const detail::Descriptor writer(alive, detail::write_only);
    CHECK(detail::lock(writer.get()));
    write_atomically(path, "new");
  }
  CHECK(read_file(path) == "new");
  CHECK(!std::filesystem::exists(abandoned));
  CHECK(std::filesystem::exists(alive));
  CHECK(std::filesystem::exists(others));
  for (const std::string& stays : own) {
    CAPTURE(stays);
    CHECK(std::filesystem::exists(stays));
  }
  write_atomically(path, "newer");  // its writer is gone
  CHECK(!std::filesystem::exists(alive));
}

TEST_CASE("a process killed in the middle of writing leaves the old file whole, and nothing for long") {
  const TemporaryFolder folder;
  const std::string path = (folder.path / "f").string();
  write_atomically(path, "old");
  for (int attempt = 0; attempt < 10; ++attempt) {
    const pid_t child = fork();
    if (child == 0) {
      const std::string large(50'000'000, 'x');
      for (;;) write_atomically(path, large);
    }
    usleep(static_cast<useconds_t>(5'000 + 7'000 * attempt));
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    const auto size = std::filesystem::file_size(path);
    CHECK((size == 3 || size == 50'000'000));
  }
  write_atomically(path, "new");
  CHECK(read_file(path) == "new");
  CHECK(files_in(folder.path) == 1);
}

TEST_CASE("a symbolic link stays one: the file that it names is written") {
  const TemporaryFolder folder;
  const std::string file = folder.write("there/file", "old"), link = (folder.path / "link").string(),
                    dangling = (folder.path / "dangling").string();
  std::filesystem::create_symlink("there/file", link);
  std::filesystem::create_symlink(folder.path / "later/file", dangling);
  write_atomically(link, "new");
  write_atomically(dangling, "made");
  CHECK(std::filesystem::is_symlink(link));
  CHECK(read_file(file) == "new");
  CHECK(std::filesystem::is_symlink(dangling));
  CHECK(read_file((folder.path / "later/file").string()) == "made");

  const std::string loop = (folder.path / "loop").string();
  std::filesystem::create_symlink("loop", loop);
  CHECK(has(file_error(loop, [&] { write_atomically(loop, "lost"); }), "cannot be reached: "));
  CHECK(std::filesystem::is_symlink(loop));
}

TEST_CASE("a device and a pipe are written to, and stay what they are") {
  {
    const AsNobody nobody;
    CHECK_NOTHROW(write_atomically("/dev/null", "nothing"));
    CHECK(std::filesystem::is_character_file("/dev/null"));
    CHECK(has(file_error("/dev/full", [&] { write_atomically("/dev/full", "lost"); }),
              "writing 4 bytes failed: No space"));
    CHECK(std::filesystem::is_character_file("/dev/full"));
  }

  const TemporaryFolder folder;
  const std::string pipe = (folder.path / "pipe").string();
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  auto reader = std::async(std::launch::async, [&] { return read_file(pipe); });
  write_atomically(pipe, "through the pipe");
  CHECK(reader.get() == "through the pipe");
  CHECK(std::filesystem::is_fifo(pipe));

  // What standard output was sent to keeps its place, too: only so does the rest of the output come after it.
  const std::string out = (folder.path / "out").string();
  const std::string file = text("/proc/self/fd/", 0);
  const int before = dup(0), opened = open(out.c_str(), O_RDWR | O_CREAT, 0600);
  REQUIRE(dup2(opened, 0) == 0);
  write_atomically(file, "first");
  dup2(before, 0);
  CHECK(pwrite(opened, "F", 1, 0) == 1);
  close(opened), close(before);
  CHECK(read_file(out) == "First");
}

TEST_CASE("a signal while it waits for a reader makes nothing of what is written fail") {
  const TemporaryFolder folder;
  const std::string pipe = (folder.path / "pipe").string();
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  static std::atomic<int> signals;
  struct sigaction count{}, before;  // without SA_RESTART
  count.sa_handler = [](int) { ++signals; };
  REQUIRE(sigaction(SIGUSR1, &count, &before) == 0);
  auto reader = std::async(std::launch::async, [&, writer = pthread_self()] {
    const int opened = open(pipe.c_str(), O_RDONLY);
    for (int full = 0, i = 0; full < 65'536 && i < 1'000'000; ++i) {
      ioctl(opened, FIONREAD, &full);
      std::this_thread::yield();
    }
    for (int sent = 1; sent <= 50; ++sent) {
      pthread_kill(writer, SIGUSR1);
      for (int i = 0; signals < sent && i < 1'000'000; ++i) std::this_thread::yield();
    }
    std::string all(300'000, '\0');
    std::size_t size = 0;
    for (ssize_t more = 1; more > 0; size += static_cast<std::size_t>(std::max<ssize_t>(more, 0)))
      more = read(opened, all.data() + size, all.size() - size);
    close(opened);
    return all.substr(0, size);
  });
  const std::string bytes(200'000, 'x');
  CHECK_NOTHROW(write_atomically(pipe, bytes));
  CHECK(reader.get() == bytes);
  CHECK(signals == 50);
  sigaction(SIGUSR1, &before, nullptr);
}

TEST_CASE("a file keeps its permissions; one that is write-protected is not replaced") {
  const TemporaryFolder folder;
  const std::string file = folder.write("file", "old");
  const auto set = [&](unsigned bits) { std::filesystem::permissions(file, std::filesystem::perms(bits)); };
  set(0640);
  write_atomically(file, "new");
  CHECK(std::filesystem::status(file).permissions() == std::filesystem::perms(0640));
  set(0440);
  const AsNobody nobody;
  CHECK(has(file_error(file, [&] { write_atomically(file, "newer"); }), "cannot be written: Permission denied"));
}

TEST_CASE("a disk that is full: an error, the old file, and nothing beside it") {
  const TemporaryFolder folder;
  const std::string file = folder.write("file", "old");
  rlimit before;
  REQUIRE(getrlimit(RLIMIT_FSIZE, &before) == 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);  // the write fails instead
  const rlimit small{20'000, before.rlim_max};
  REQUIRE(setrlimit(RLIMIT_FSIZE, &small) == 0);
  const std::string error = file_error(file, [&] { write_atomically(file, std::string(50'000, 'x')); });
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  CHECK(has(error, "writing 50000 bytes failed: File too large"));
  CHECK(read_file(file) == "old");
  CHECK(files_in(folder.path) == 1);
}

TEST_CASE("temporary names that others hold are left to them") {
  const TemporaryFolder folder;
  const std::string file = (folder.path / "f").string();
  std::vector<std::unique_ptr<detail::Descriptor>> held;
  for (int number = 1; number <= 500; ++number) {
    held.push_back(std::make_unique<detail::Descriptor>(
        folder.write(text("f.latent-", getpid(), "-", number, ".part"), "half"), detail::write_only));
    REQUIRE(detail::lock(held.back()->get()));
  }
  write_atomically(file, "whole");
  CHECK(read_file(file) == "whole");
  CHECK(files_in(folder.path) == 501);
}

TEST_CASE("a descriptor may have the number 0") {
  const int before = dup(0);
  close(0);
  {
    const detail::Descriptor null("/dev/null", detail::write_only);
    CHECK(null.get() == 0);
    CHECK(bool(null));
    CHECK_FALSE(bool(detail::Descriptor("/dev/null/nothing", detail::write_only)));
  }
  CHECK(fcntl(0, F_GETFD) == -1);  // it is closed at the end of the scope
  dup2(before, 0), close(before);
}

TEST_CASE("a process that does not write files neither writes nor removes one") {
  const TemporaryFolder folder;
  const std::string file = folder.write("file", "old"), other = (folder.path / "other").string();
  writes_files() = false;
  write_atomically(file, "new");
  write_atomically(other, "new");
  remove_file(file);
  writes_files() = true;
  CHECK(read_file(file) == "old");
  CHECK(files_in(folder.path) == 1);
  remove_file(file);
  remove_file(file);  // there is none any more
  CHECK(files_in(folder.path) == 0);
}

TEST_CASE("what cannot be read") {
  const TemporaryFolder folder;
  const std::string nothing = (folder.path / "nothing").string(), whole = folder.path.string();
  CHECK(has(file_error(nothing, [&] { read_file(nothing); }), "cannot be read: No such file"));
  CHECK(has(file_error(whole, [&] { read_file(whole); }), "is a folder, not a file"));
}

TEST_CASE("a name with the ending of another format is warned of, in whatever letters, and the right one is said") {
  const auto wrong = [](const std::string& path) { return wrong_ending(path, "PNG", ".png", {".jpg", ".pdf"}); };
  CHECK(wrong("a.jpg") == "a.jpg is PNG in spite of its name; call it a.png");
  CHECK(wrong("b.c/a.x.PDF") == "b.c/a.x.PDF is PNG in spite of its name; call it b.c/a.x.png");
  for (const char* path : {"a.png", "a", "", "a.jpg/b", "jpg", "a.jpgs", ".", "a."}) CHECK(wrong(path) == "");
  CHECK(wrong(".jpg") == ".jpg is PNG in spite of its name; call it .png");
}
