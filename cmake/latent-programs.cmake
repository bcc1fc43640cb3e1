# How latent's own tests, examples and benchmarks are compiled. Not for users of the library.
add_library(latent_program_flags INTERFACE)
target_compile_options(latent_program_flags INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow)
if(LATENT_NATIVE)
  target_compile_options(latent_program_flags INTERFACE -march=native)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 19)
  # Of some processors Clang warns of its own -march=native.
  target_compile_options(latent_program_flags INTERFACE -Wno-invalid-feature-combination)
endif()
if(LATENT_SANITIZE)
  target_compile_options(latent_program_flags INTERFACE -fsanitize=${LATENT_SANITIZE} -fno-sanitize-recover=all -g)
  # With sanitizers GCC sees uninitialised values where there are none, as its manual says.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(latent_program_flags INTERFACE -Wno-maybe-uninitialized)
  endif()
  target_link_options(latent_program_flags INTERFACE -fsanitize=${LATENT_SANITIZE})
endif()
foreach(room pictures datasets files io report)
  if(NOT TARGET latent::${room})
    message(FATAL_ERROR "latent's own programs need stb, zlib, libarchive, libcsv and nlohmann-json (latent::${room} is "
                        "missing). On Debian: apt-get install libstb-dev zlib1g-dev libarchive-dev libcsv-dev "
                        "nlohmann-json3-dev")
  endif()
endforeach()
target_link_libraries(latent_program_flags INTERFACE latent::latent latent::pictures latent::datasets latent::files
                      latent::io latent::report)

target_link_libraries(latent_precompiled PRIVATE latent_program_flags)
target_compile_options(latent_precompiled PRIVATE $<$<CONFIG:Release>:$<IF:$<BOOL:${LATENT_QUICK_BUILD}>,-O0,-O2>>)

if(LATENT_QUICK_BUILD)
  add_library(latent_quick_headers OBJECT EXCLUDE_FROM_ALL "${PROJECT_SOURCE_DIR}/cmake/precompiled.cpp")
  target_link_libraries(latent_quick_headers PRIVATE latent_program_flags)
  target_compile_options(latent_quick_headers PRIVATE $<$<CONFIG:Release>:-O0>)
  target_precompile_headers(latent_quick_headers PRIVATE <latent/latent.hpp>)
endif()
