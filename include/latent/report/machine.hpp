/// The machine, the compiler and the command line of a program, in words.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <string>
#include <thread>
#ifndef _WIN32
#include <sys/utsname.h>
#endif

#include "latent/core/text.hpp"

namespace latent::report {

/// "GCC 12.2.0, vectors of AVX-512".
LATENT_COLD inline std::string compiler() {
#if defined(__clang__)
  std::string words = text("Clang ", __clang_major__, ".", __clang_minor__, ".", __clang_patchlevel__);
#elif defined(__GNUC__)
  std::string words = text("GCC ", __GNUC__, ".", __GNUC_MINOR__, ".", __GNUC_PATCHLEVEL__);
#else
  std::string words = "unknown";
#endif
#if defined(__AVX512F__)
  words += ", vectors of AVX-512";
#elif defined(__AVX2__)
  words += ", vectors of AVX2";
#elif defined(__AVX__)
  words += ", vectors of AVX";
#elif defined(__SSE2__)
  words += ", vectors of SSE2";
#elif defined(__ARM_NEON)
  words += ", vectors of NEON";
#elif defined(__wasm_simd128__)
  words += ", vectors of WebAssembly";
#endif
  return words;
}

/// "1 processor", "2 processors".
LATENT_COLD inline std::string processors(unsigned count) {
  return text(count, count == 1 ? " processor" : " processors");
}

/// "AMD EPYC, 2 processors": the name that Linux gives for the first one.
LATENT_COLD inline std::string processor() {
  std::string name, line;
  for (std::ifstream in("/proc/cpuinfo"); name.empty() && std::getline(in, line);)
    if (line.starts_with("model name") && line.find(": ") != std::string::npos) name = line.substr(line.find(": ") + 2);
  return text(name.empty() ? "unknown" : name, ", ", processors(std::thread::hardware_concurrency()));
}

/// "Linux 6.1.0, x86_64".
LATENT_COLD inline std::string operating_system() {
#ifndef _WIN32
  utsname name{};
  if (uname(&name) == 0) return text(name.sysname, " ", name.release, ", ", name.machine);
#endif
  return "unknown";
}

/// A word of a command as a shell reads it: in quotes unless it is plain.
LATENT_COLD inline std::string shell_word(const std::string& word) {
  if (!word.empty() && word.find_first_of(" \t\n'\"\\$&|;<>()*?[]#~`!{}") == std::string::npos) return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

/// The command that started the program, quoted for a shell; empty where the system does not tell.
LATENT_COLD inline std::string command_line() {
  std::ifstream in("/proc/self/cmdline", std::ios::binary);
  std::string line;
  for (std::string word; std::getline(in, word, '\0');) line += (line.empty() ? "" : " ") + shell_word(word);
  return line;
}

/// "2026-11-26 08:15:00 +0100", in local time.
LATENT_COLD inline std::string local_time(std::time_t when) {
  char out[64];
  const std::tm* const parts = std::localtime(&when);
  return parts && std::strftime(out, sizeof out, "%Y-%m-%d %H:%M:%S %z", parts) > 0 ? out : "unknown";
}

/// "0.4 s", "7.4 s", "1 min 23 s", "1 h 2 min".
LATENT_COLD inline std::string duration(double seconds) {
  if (seconds < 59.95) return with_decimals(seconds, 1) + " s";  // what is more would be written as 60.0
  const long whole = static_cast<long>(seconds + 0.5);
  return whole < 3600 ? text(whole / 60, " min ", whole % 60, " s")
                      : text(whole / 3600, " h ", whole / 60 % 60, " min");
}

}  // namespace latent::report
