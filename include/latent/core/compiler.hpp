/// What latent asks of a compiler, and what some compilers and systems lack, in one place. What is tried, and how it went:
/// docs/portability.md.
#pragma once

#if !defined(__GNUC__) || (!defined(__clang__) && __GNUC__ < 11) || (defined(__clang__) && __clang_major__ < 14)
#error "latent needs g++ 11 or clang 14, or a newer one (on Windows: MinGW-w64's g++, or its clang)"
#define LATENT_REFUSES
#elif __cplusplus < 202002L
#error "latent needs C++20: compile with -std=c++20"
#define LATENT_REFUSES
#elif !defined(__cpp_exceptions)
#error "latent reports errors as exceptions: compile without -fno-exceptions"
#define LATENT_REFUSES
#elif defined(__FAST_MATH__) || __FINITE_MATH_ONLY__ || defined(__ASSOCIATIVE_MATH__)
#error "latent's results would be wrong and NaN unseen: compile without -ffast-math (-O3 instead of -Ofast)"
#define LATENT_REFUSES
#endif
#ifdef LATENT_REFUSES
#include "see the error above"  // what is not there ends the compilation: no thousand errors follow
#endif

#include <atomic>
#include <cstdlib>
#include <version>

// Clang does not tell a program about -fassociative-math and -funsafe-math-optimizations. With sums in another order exp(-0.2) would be
// 1 (kernels/math.hpp): from here on they stay in theirs.
#ifdef __clang__
#pragma clang fp reassociate(off)
#endif

/// Emscripten has threads with -pthread, MinGW-w64 where it is made for posix's.
#if (defined(__EMSCRIPTEN__) && !defined(__EMSCRIPTEN_PTHREADS__)) || defined(__wasi__) || \
    defined(_LIBCPP_HAS_NO_THREADS) || (defined(__GLIBCXX__) && !defined(_GLIBCXX_HAS_GTHREADS))
#define LATENT_HAS_THREADS 0
#else
#define LATENT_HAS_THREADS 1
#endif

// OpenMP's variables say how many threads a program is to have, where there is OpenMP. Without it, -fopenmp-simd keeps the vectors
// of `#pragma omp simd`.
#ifdef _OPENMP
#include <omp.h>
#elif LATENT_HAS_THREADS
#include <thread>
#endif

// Those of windows.h, from which Eigen frees a program, too, where it comes first.
#undef min
#undef max

/// A process can make another one, a copy of itself but for its threads.
#if defined(__unix__) || defined(__APPLE__)
#define LATENT_HAS_FORK 1
#else
#define LATENT_HAS_FORK 0
#endif

/// A file has others beside it, in a folder that can be read; of WASI only files are taken.
#if defined(__wasi__)
#define LATENT_HAS_FOLDERS 0
#else
#define LATENT_HAS_FOLDERS 1
#endif

/// std::to_chars writes numbers with a fraction. (Clang's library has that since version 14, without saying so.)
#if defined(_LIBCPP_VERSION) && _LIBCPP_VERSION < 14000
#define LATENT_HAS_FLOAT_TO_CHARS 0
#else
#define LATENT_HAS_FLOAT_TO_CHARS 1
#endif

/// A lambda that holds vectors by reference has to be inlined: otherwise they lie in memory, not in registers. Left to
/// itself, the compiler stops inlining when a source file has grown by a certain share: a kernel would be fast in one
/// program and not in the next.
/// `[&](Index i) LATENT_INLINED { ... }`: before C++23, [[gnu::always_inline]] does not reach a lambda's operator().
#define LATENT_INLINED __attribute__((always_inline))

/// A function that takes any arguments and refuses them, to say what to write instead of it:
///
///     template <class hint = write_trainer_fit>
///     LATENT_INSTEAD("write trainer.fit(x, y)") void fit(...) LATENT_REFUSED;
///
/// The sentence is Clang's error. GCC would complain first of arguments in braces, but not where the function is deleted; its error
/// shows the argument of the template, whose name is the hint. So does a constructor with Clang.
#if defined(__clang__)
#define LATENT_INSTEAD(sentence)                                                        \
  _Pragma("clang diagnostic push") _Pragma("clang diagnostic ignored \"-Wgcc-compat\"") \
      __attribute__((diagnose_if(true, "latent: " sentence, "error"))) _Pragma("clang diagnostic pop")
#define LATENT_REFUSED
#else
#define LATENT_INSTEAD(sentence)
#define LATENT_REFUSED = delete
#endif

namespace latent {

namespace detail {

#ifdef _OPENMP
inline int processors() { return omp_get_num_procs(); }
inline int offered_threads() { return omp_get_max_threads(); }
inline void offer_threads(int number) { omp_set_num_threads(number); }
inline bool in_parallel() { return omp_in_parallel(); }
inline int this_thread() { return omp_get_thread_num(); }
#else
#if LATENT_HAS_THREADS
inline int processors() {
  const auto number = std::thread::hardware_concurrency();  // 0 where nobody knows
  return number > 0 ? static_cast<int>(number) : 1;
}
#else
inline int processors() { return 1; }
#endif
/// OpenMP's variable counts here, too.
inline int threads_of_environment() {
  const char* value = std::getenv("OMP_NUM_THREADS");
  const int number = value ? std::atoi(value) : 0;
  return number >= 1 && number <= 1024 ? number : processors();
}
inline std::atomic<int> offered{threads_of_environment()};
inline int offered_threads() { return offered; }
inline void offer_threads(int number) { offered = number; }
inline bool in_parallel() { return false; }
inline int this_thread() { return 0; }
#endif

/// std::bit_cast, which Clang's library has since version 14, and Emscripten's of that time has not.
template <class To, class From>
[[gnu::always_inline]] constexpr To bit_cast(const From& value) {
  return __builtin_bit_cast(To, value);
}

/// The lanes of two vectors (simd::Vec) put together in another order: lane i of the result is lane Lanes[i] of a followed by b.
template <int... Lanes, class V>
[[gnu::always_inline]] inline V shuffle(V a, V b) {
#if __has_builtin(__builtin_shufflevector)
  return __builtin_shufflevector(a, b, Lanes...);
#else  // g++ 11
  return __builtin_shuffle(a, b, decltype(a < b){Lanes...});
#endif
}

}  // namespace detail

// All files of a program have to be compiled for the same vectors: Eigen's tensors and latent's functions have the same names
// in all of them, and of several versions the linker keeps any. The memory of a tensor would be freed by another function than it
// was allocated with. Where the linker can tell, it refuses: of a symbol that has two values it says that there is a "multiple
// definition", and the symbol's name says what to do.
#if defined(__ELF__)
#define LATENT_SAME_FLAGS "\"latent: compile all files of a program with the same -march\""
#if defined(__FMA__)
#define LATENT_FLAGS_FMA "10000"
#else
#define LATENT_FLAGS_FMA "0"
#endif
#if defined(__AVX512F__)
#define LATENT_FLAGS_VECTORS "512"
#elif defined(__AVX__)
#define LATENT_FLAGS_VECTORS "256"
#else
#define LATENT_FLAGS_VECTORS "128"
#endif
__asm__(".globl " LATENT_SAME_FLAGS "\n\t.hidden " LATENT_SAME_FLAGS "\n\t.set " LATENT_SAME_FLAGS ", " LATENT_FLAGS_FMA
        " + " LATENT_FLAGS_VECTORS "\n");
#undef LATENT_SAME_FLAGS
#undef LATENT_FLAGS_FMA
#undef LATENT_FLAGS_VECTORS
#endif

}  // namespace latent
