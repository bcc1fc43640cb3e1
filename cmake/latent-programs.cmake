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
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 22)
  # doctest numbers its tests with __COUNTER__, which all compilers have and no standard before C2y.
  target_compile_options(latent_program_flags INTERFACE -Wno-c2y-extensions)
endif()
if(LATENT_SANITIZE)
  target_compile_options(latent_program_flags INTERFACE -fsanitize=${LATENT_SANITIZE} -fno-sanitize-recover=all -g)
  # With sanitizers GCC sees uninitialised values where there are none, as its manual says.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(latent_program_flags INTERFACE -Wno-maybe-uninitialized)
  elseif(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    # Between its checks Clang cannot vectorise some loops that ask for it.
    target_compile_options(latent_program_flags INTERFACE -Wno-pass-failed)
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
target_compile_options(latent_precompiled PRIVATE $<$<CONFIG:Release>:$<IF:$<BOOL:${LATENT_QUICK_BUILD}>,-O1,-O2>>)

if(LATENT_QUICK_BUILD)
  add_library(latent_quick_headers OBJECT EXCLUDE_FROM_ALL "${PROJECT_SOURCE_DIR}/cmake/precompiled.cpp")
  target_link_libraries(latent_quick_headers PRIVATE latent_program_flags)
  target_compile_options(latent_quick_headers PRIVATE $<$<CONFIG:Release>:-O0>)
  target_precompile_headers(latent_quick_headers PRIVATE <latent/latent.hpp>)
endif()

# Several files compiled as one: what they have in common takes the compiler half of its time. Each stands in a namespace of its
# own, after all that they include. latent_join(OUTPUT END FILES...): END is written after them.
function(latent_join output end)
  set(includes "")
  set(code "")
  foreach(file ${ARGN})
    get_filename_component(file "${file}" ABSOLUTE)
    get_filename_component(folder "${file}" DIRECTORY)
    file(STRINGS "${file}" of_file REGEX "^#include .*(hpp\"|>)")
    foreach(line ${of_file})
      string(REGEX MATCH "\"(.+)\"" quoted "${line}")
      if(quoted AND EXISTS "${folder}/${CMAKE_MATCH_1}")
        set(line "#include \"${folder}/${CMAKE_MATCH_1}\"")
      endif()
      list(APPEND includes "${line}")
    endforeach()
    get_filename_component(name "${file}" NAME_WE)
    string(APPEND code "namespace of_${name} {\n#include \"${file}\"\n}\n")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${file}")  # for what it includes
  endforeach()
  list(REMOVE_DUPLICATES includes)
  list(JOIN includes "\n" includes)
  file(CONFIGURE OUTPUT "${output}" CONTENT "${includes}\n${code}${end}" @ONLY)
endfunction()

# Several programs as one, which is each of them under its name: latent_programs_together(NAME FILES...) makes links to it.
function(latent_programs_together together)
  set(main "#include <cstdio>\n#include <cstring>\nint main(int argc, char** argv) {\n"
           "  const char* slash = std::strrchr(argv[0], '/')\;\n"
           "  const char* name = slash ? slash + 1 : argv[0]\;\n")
  set(folder "${CMAKE_CURRENT_BINARY_DIR}/${together}.of")
  set(links COMMAND ${CMAKE_COMMAND} -E make_directory "${folder}")
  foreach(file ${ARGN})
    get_filename_component(name "${file}" NAME_WE)
    list(APPEND main "  if (std::strcmp(name, \"${name}\") == 0) return of_${name}::main(argc, argv)\;\n")
    list(APPEND links COMMAND ${CMAKE_COMMAND} -E create_symlink ../${together} "${folder}/${name}")
    set_property(GLOBAL PROPERTY LATENT_PROGRAM_${name} "${folder}/${name}")
  endforeach()
  list(APPEND main "  std::fprintf(stderr, \"%s: no program of this name\\n\", name)\;\n  return 2\;\n}\n")
  list(JOIN main "" main)
  latent_join(${together}.cpp "${main}" ${ARGN})
  add_executable(${together} "${CMAKE_CURRENT_BINARY_DIR}/${together}.cpp")
  target_include_directories(${together} PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}")
  add_custom_command(TARGET ${together} POST_BUILD ${links} VERBATIM)
endfunction()

# Where a program is, of its own or together with others.
function(latent_program_path name variable)
  get_property(path GLOBAL PROPERTY LATENT_PROGRAM_${name})
  if(NOT path)
    set(path $<TARGET_FILE:${name}>)
  endif()
  set(${variable} "${path}" PARENT_SCOPE)
endfunction()
