/// What latent requires of a compiler, and replacements for what some compilers and systems lack. Tested compilers and results:
/// docs/portability.md.
#pragma once

#if !defined(__GNUC__) || (!defined(__clang__) && __GNUC__ < 11) || (defined(__clang__) && __clang_major__ < 14)
#error "latent needs g++ 11 or clang 14, or a newer one (on Windows: MinGW-w64's g++, or its clang)"
/// Defined after one of these errors.
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
#if defined(_OPENMP) && !__has_include(<omp.h>)
#error "latent: -fopenmp needs OpenMP's library (for Debian's clang: libomp-dev); or use -fopenmp-simd -pthread"
#define LATENT_REFUSES
#endif
#ifdef LATENT_REFUSES
#include "see the error above"  // what is not there ends the compilation: no thousand errors follow
#endif

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <version>

// Clang does not tell a program about -fassociative-math and -funsafe-math-optimizations. With sums in another order exp(-0.2) would be
// 1 (kernels/math.hpp): from here on they stay in theirs.
#ifdef __clang__
#pragma clang fp reassociate(off)
#endif

/// Whether there are threads: Emscripten has them with -pthread, MinGW-w64 in its posix variant.
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

// Macros of windows.h. Eigen undefines them as well, if it is included first.
#undef min
#undef max

/// Whether there is fork(), which copies a process without its threads.
#if defined(__unix__) || defined(__APPLE__)
#define LATENT_HAS_FORK 1
#else
#define LATENT_HAS_FORK 0
#endif

/// Whether folders can be listed. On WASI, latent uses single files only.
#if defined(__wasi__)
#define LATENT_HAS_FOLDERS 0
#else
#define LATENT_HAS_FOLDERS 1
#endif

/// Whether std::to_chars can write floating-point numbers. (libc++ can since version 14, but does not define the feature macro.)
#if defined(_LIBCPP_VERSION) && _LIBCPP_VERSION < 14000
#define LATENT_HAS_FLOAT_TO_CHARS 0
#else
#define LATENT_HAS_FLOAT_TO_CHARS 1
#endif

/// A lambda that holds vectors by reference has to be inlined: otherwise they lie in memory, not in registers. Left to
/// itself, the compiler stops inlining when a source file has grown by a certain share: a kernel would be fast in one
/// program and not in the next.
/// Of a parameter to which the result refers: Clang warns where the result outlives it.
#if defined(__clang__)
#define LATENT_LIFETIMEBOUND [[clang::lifetimebound]]
#else
#define LATENT_LIFETIMEBOUND
#endif

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
/// Ends the declaration of such a function.
#define LATENT_REFUSED
#else
#define LATENT_INSTEAD(sentence)
/// Ends the declaration of such a function.
#define LATENT_REFUSED = delete
#endif

/// Marks an inline function, not a template, that is called a few times and has nothing to compute: it is not compiled for speed.
/// scripts/latent and CMake's target latent::precompiled compile these functions once, into a library. A program that links it
/// (LATENT_PRECOMPILED) does not compile them again: the compiler reads what they are called with and skips the rest.
#if defined(LATENT_PRECOMPILES)  // the library itself
#define LATENT_COLD __attribute__((cold, used))
#elif !defined(LATENT_PRECOMPILED)
#define LATENT_COLD __attribute__((cold))
#elif defined(__clang__)
#define LATENT_COLD __attribute__((cold, gnu_inline, noinline, optnone))
#pragma clang diagnostic ignored "-Wgnu-inline-cpp-without-extern"
#pragma clang diagnostic ignored "-Wstatic-local-in-inline"
#else  // of a function that is not optimised, GCC does not look at a body that is compiled elsewhere
#define LATENT_COLD __attribute__((cold, gnu_inline, optimize(0)))
#endif
/// The same, in place of `static`, for functions that call stb's, of which every file has its own.
#if defined(LATENT_PRECOMPILES) || defined(LATENT_PRECOMPILED)
#define LATENT_COLD_STATIC LATENT_COLD inline
#else
#define LATENT_COLD_STATIC [[maybe_unused]] __attribute__((cold)) static
#endif

/// Around the class templates of which the library has an instance (training/compiled_once.hpp). To see whether it can inline their
/// members, Clang would compile them all the same: of those that it may not inline, Clang 17 and newer skip the bodies.
#if defined(LATENT_PRECOMPILED) && defined(__clang__)
#define LATENT_COMPILED_ONCE_BEGIN _Pragma("clang attribute push(__attribute__((noinline)), apply_to = function)")
/// Stands after these classes.
#define LATENT_COMPILED_ONCE_END _Pragma("clang attribute pop")
#else
#define LATENT_COMPILED_ONCE_BEGIN
/// Stands after these classes.
#define LATENT_COMPILED_ONCE_END
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
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));  // which is 0 where nobody knows
}
#else
inline int processors() { return 1; }
#endif
/// OMP_NUM_THREADS is respected without OpenMP, too.
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

/// std::bit_cast. libc++ has it since version 14, but the one of Emscripten 3.1.6 does not.
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
