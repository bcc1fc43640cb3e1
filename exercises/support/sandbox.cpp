#include "sandbox.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#if __has_include(<linux/seccomp.h>)
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

#include <cerrno>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>

#include "latent/core/text.hpp"

namespace marks {
namespace {

/// What the child sends: this, then the values (kind 0) or the characters of a problem (kind 1).
struct Header {
  char magic[8];
  int kind;
  std::size_t count;
};
constexpr char magic[9] = "marks-1\n";
constexpr std::size_t largest_message = std::size_t{1} << 26;

template <class Resource>
void limit(Resource what, double most) {
  struct rlimit both;
  if (getrlimit(what, &both) != 0) return;
  both.rlim_cur = both.rlim_max = static_cast<rlim_t>(std::min(most, static_cast<double>(both.rlim_max)));
  setrlimit(what, &both);
}

/// From here on there are threads, but no further processes: fork() fails. A limit of their number would count all processes of
/// the user, and none of root's.
void forbid_processes() {
#if __has_include(<linux/seccomp.h>) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  constexpr auto refuse = [](unsigned error) { return SECCOMP_RET_ERRNO | error; };
  // A program of the kernel's filter: a jump says how many instructions to pass over if the test is true, and if it is not.
  struct sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
#ifdef SYS_fork
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fork, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, refuse(EAGAIN)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_vfork, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, refuse(EAGAIN)),
#endif
#ifdef SYS_clone3  // its flags cannot be looked at; the C library then takes clone
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, refuse(ENOSYS)),
#endif
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 3),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args)),
      BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, refuse(EAGAIN)),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog program = {static_cast<unsigned short>(std::size(filter)), filter};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0) prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
#endif
}

/// Closed in processes that the student's code starts.
bool make_pipe(int (&ends)[2]) {
  if (pipe(ends) != 0) return false;
  for (const int end : ends) fcntl(end, F_SETFD, FD_CLOEXEC);
  return true;
}

void send(int to, int kind, const void* bytes, std::size_t count, std::size_t size) {
  Header header{{}, kind, count};
  std::memcpy(header.magic, magic, sizeof header.magic);
  std::string message(reinterpret_cast<const char*>(&header), sizeof header);
  message.append(static_cast<const char*>(bytes), count * size);
  for (std::size_t sent = 0; sent < message.size();) {
    const ssize_t n = write(to, message.data() + sent, message.size() - sent);
    if (n <= 0) break;
    sent += static_cast<std::size_t>(n);
  }
}

[[noreturn]] void be_the_child(const std::function<std::vector<double>()>& job, const Limits& limits, int results,
                               int output) {
  setpgid(0, 0);  // so that what it starts ends with it
  const int nothing = open("/dev/null", O_RDONLY);
  dup2(nothing, STDIN_FILENO), dup2(output, STDOUT_FILENO), dup2(output, STDERR_FILENO);
  limit(RLIMIT_CPU, std::ceil(limits.seconds));
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_FSIZE, 1e6);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // these reserve terabytes
  limit(RLIMIT_AS, limits.bytes);
#endif
  forbid_processes();
  std::string problem;
  try {
    const std::vector<double> values = job();
    std::fflush(nullptr);
    send(results, 0, values.data(), values.size(), sizeof(double));
    _exit(0);
  } catch (const std::bad_alloc&) {
    problem = latent::text("it wanted more than ", latent::with_decimals(limits.bytes / 1e9, 0), " GB of memory");
  } catch (const Problem& seen) {
    problem = seen.what();
  } catch (const std::exception& error) {
    problem = latent::text("it threw an exception: ", error.what());
  } catch (...) {
    problem = "it threw an exception";
  }
  std::fflush(nullptr);
  send(results, 1, problem.data(), problem.size(), 1);
  _exit(0);
}

std::string after_signal(int signal, const Limits& limits) {
  switch (signal) {
    case SIGSEGV:
    case SIGBUS: return "it crashed (segmentation fault): an index outside of its array, or a recursion without end?";
    case SIGFPE: return "it crashed: a division of whole numbers by zero?";
    case SIGABRT: return "it was aborted: a failed assertion, or memory that was overwritten?";
    case SIGILL:
    case SIGTRAP: return "it crashed: a function that ends without a return?";
    case SIGKILL:
    case SIGXCPU:
      return latent::text("it did not end within ", latent::with_decimals(limits.seconds, 0), " s: an endless loop?");
    case SIGXFSZ: return "it wrote a large file";
    default: return latent::text("it ended with signal ", signal);
  }
}

/// Reads what is there; false at the end.
bool read_some(int from, std::string& to, std::size_t most) {
  char bytes[65536];
  const ssize_t n = read(from, bytes, sizeof bytes);
  if (n <= 0) return false;
  to.append(bytes, std::min(static_cast<std::size_t>(n), most - std::min(most, to.size())));
  return true;
}

}  // namespace

Outcome run_apart(const std::function<std::vector<double>()>& job, const Limits& limits) {
  std::fflush(nullptr);
  int results[2], output[2];
  if (!make_pipe(results) || !make_pipe(output)) return {{}, "no pipe could be made", {}};
  const pid_t child = fork();
  if (child < 0) return {{}, "no process could be made", {}};
  if (child == 0) {
    close(results[0]), close(output[0]);
    be_the_child(job, limits, results[1], output[1]);
  }
  setpgid(child, child);
  close(results[1]), close(output[1]);

  Outcome outcome;
  std::string message;
  struct pollfd both[2] = {{results[0], POLLIN, 0}, {output[0], POLLIN, 0}};
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::duration<double>(4 * limits.seconds);
  bool late = false;
  while (both[0].fd >= 0 || both[1].fd >= 0) {
    const double left = std::chrono::duration<double>(end - Clock::now()).count();
    late = left <= 0;
    if (late) break;
    if (poll(both, 2, static_cast<int>(left * 1e3) + 1) <= 0) continue;
    if (both[0].revents && !read_some(results[0], message, largest_message)) both[0].fd = -1;
    if (both[1].revents && !read_some(output[0], outcome.output, limits.output_size)) both[1].fd = -1;
  }
  kill(-child, SIGKILL);
  int status = 0;
  waitpid(child, &status, 0);
  close(results[0]), close(output[0]);

  Header header{};
  if (message.size() >= sizeof header) std::memcpy(&header, message.data(), sizeof header);
  const std::size_t size = header.kind == 0 ? sizeof(double) : 1, payload = message.size() - sizeof header;
  const bool whole = message.size() >= sizeof header && std::memcmp(header.magic, magic, sizeof header.magic) == 0 &&
                     header.count <= payload / size && header.count * size == payload;
  if (whole && header.kind == 0) {
    outcome.values.resize(header.count);
    if (payload > 0) std::memcpy(outcome.values.data(), message.data() + sizeof header, payload);
  } else if (whole) {
    outcome.problem = message.substr(sizeof header);
  } else if (late) {
    outcome.late = true;
    outcome.problem = after_signal(SIGKILL, limits);
  } else {
    outcome.late = WIFSIGNALED(status) && (WTERMSIG(status) == SIGKILL || WTERMSIG(status) == SIGXCPU);
    outcome.problem = WIFSIGNALED(status) ? after_signal(WTERMSIG(status), limits)
                                          : "it ended the program (exit) before there was a result";
  }
  return outcome;
}

}  // namespace marks
