// The machine, the compiler, the command and times, in words.
#include <doctest/doctest.h>
#include <sys/utsname.h>

#include <cstdlib>
#include <limits>
#include <thread>

#include "latent/core/files.hpp"
#include "latent/report/machine.hpp"

using namespace latent;
using namespace latent::report;

TEST_CASE("words of a command are quoted where a shell would read them otherwise") {
  CHECK(shell_word("./denoise") == "./denoise");
  CHECK(shell_word("--noise=0.5") == "--noise=0.5");
  CHECK(shell_word("") == "''");
  CHECK(shell_word("two words") == "'two words'");
  CHECK(shell_word("it's") == "'it'\\''s'");
  for (const char c : std::string("\t\n\"\\$&|;<>()*?[]#~`!{}"))
    CHECK(shell_word(std::string("a") + c) == std::string("'a") + c + "'");
}

TEST_CASE("the command, the machine and the system are those of the files that Linux has of them") {
#ifdef __linux__
  std::ifstream in("/proc/self/cmdline", std::ios::binary);
  std::string expected, word;
  for (char c = 0; in.get(c);)
    if (c == '\0')
      expected += shell_word(word) + " ", word.clear();
    else
      word += c;
  REQUIRE(!expected.empty());
  expected.pop_back();
  CHECK(command_line() == expected);

  std::ifstream file("/proc/cpuinfo");
  const std::string all((std::istreambuf_iterator<char>(file)), {});
  std::string name = "unknown";
  if (const std::size_t at = all.find("model name"); at != std::string::npos) {
    const std::size_t begin = all.find(": ", at) + 2;
    name = all.substr(begin, all.find('\n', begin) - begin);
  }
  CHECK(processor() == name + ", " + processors(std::thread::hardware_concurrency()));
#endif
  CHECK(processors(1) == "1 processor");
  CHECK(processors(2) == "2 processors");
  utsname system{};
  REQUIRE(uname(&system) == 0);
  CHECK(operating_system() == std::string(system.sysname) + " " + system.release + ", " + system.machine);
}

TEST_CASE("the compiler with its version, and the vectors that it uses") {
#if defined(__clang__)
  const std::string name = text("Clang ", __clang_major__, ".", __clang_minor__, ".", __clang_patchlevel__);
#else
  const std::string name = text("GCC ", __GNUC__, ".", __GNUC_MINOR__, ".", __GNUC_PATCHLEVEL__);
#endif
  CHECK(compiler().starts_with(name));
#if defined(__x86_64__) || defined(__aarch64__)
  CHECK(compiler().starts_with(name + ", vectors of "));
#endif
}

TEST_CASE("times of the day, with the difference from Greenwich") {
  setenv("TZ", "XYZ-1", 1);
  tzset();
  CHECK(local_time(1795680900) == "2026-11-26 09:15:00 +0100");
  setenv("TZ", "UTC0", 1);
  tzset();
  CHECK(local_time(1795680900) == "2026-11-26 08:15:00 +0000");
  CHECK(local_time(std::numeric_limits<std::time_t>::max()) == "unknown");  // in no year that there is a number for
}

TEST_CASE("durations change their units at whole minutes and hours") {
  CHECK(duration(0) == "0.0 s");
  CHECK(duration(7.44) == "7.4 s");
  CHECK(duration(59.949) == "59.9 s");
  CHECK(duration(59.95) == "1 min 0 s");
  CHECK(duration(83.4) == "1 min 23 s");
  CHECK(duration(83.6) == "1 min 24 s");
  CHECK(duration(3599.4) == "59 min 59 s");
  CHECK(duration(3599.5) == "1 h 0 min");
  CHECK(duration(3720) == "1 h 2 min");
  CHECK(duration(90061) == "25 h 1 min");
}
