# The library's targets. Used by the project itself and, installed, by find_package(latent).
#
#   latent::latent    layers, losses, optimisers, training, checks     needs Eigen; OpenMP if it is there
#   latent::pictures  + PNGs, grids, plots                             needs stb
#   latent::datasets  + idx files, plain and .gz, single images        needs zlib, and stb for images
#   latent::files     + archives, folders of images, .npy, CSV         needs zlib, stb, libarchive and libcsv
#   latent::io        + weights as safetensors                         needs nlohmann-json
#   latent::report    + a page for every run                           needs stb and zlib
#   latent::mpi       + training on several processes                  needs an MPI library
#
# The last six are made where their libraries are found; each links latent::latent. What is found is decided on the machine
# that compiles, not on the one that installed latent: the package is nothing but headers.
#
#   latent::precompiled   all of them but mpi, and a library of what no program needs to compile for itself: programs compile faster
#
# The library is compiled once for the project, if something links it, with the project's flags. Flags that only a target has go to
# the library as well: target_compile_options(latent_precompiled PRIVATE -march=native).

if(TARGET latent::latent)  # find_package(latent) a second time, or after add_subdirectory
  return()
endif()

find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(OpenMP COMPONENTS CXX)

if(NOT DEFINED LATENT_INCLUDE_DIR)
  set(LATENT_INCLUDE_DIR "${CMAKE_CURRENT_LIST_DIR}/../include")
endif()

# Makes latent::<room> and sets `target` to the name it is filled under. Installed, the targets are imported: a library that
# links them can export itself, and latent's headers count as system headers.
macro(latent_add_room room)
  if(LATENT_INSTALLED)
    set(target latent::${room})
    add_library(${target} INTERFACE IMPORTED)
  else()
    set(target latent_${room})
    add_library(${target} INTERFACE)
    add_library(latent::${room} ALIAS ${target})
  endif()
endmacro()

latent_add_room(latent)
target_compile_features(${target} INTERFACE cxx_std_20)
target_include_directories(${target} INTERFACE "${LATENT_INCLUDE_DIR}")
target_link_libraries(${target} INTERFACE Eigen3::Eigen)
if(OpenMP_CXX_FOUND)
  target_link_libraries(${target} INTERFACE OpenMP::OpenMP_CXX)
else()
  find_package(Threads REQUIRED)
  target_link_libraries(${target} INTERFACE Threads::Threads)
  target_compile_options(${target} INTERFACE -fopenmp-simd -Wno-unknown-pragmas)
endif()
# Eigen would start threads of its own inside latent's parallel regions.
target_compile_definitions(${target} INTERFACE EIGEN_DONT_PARALLELIZE)

find_path(LATENT_STB_INCLUDE_DIR stb_image_write.h PATH_SUFFIXES stb)
if(LATENT_STB_INCLUDE_DIR)
  latent_add_room(pictures)
  target_link_libraries(${target} INTERFACE latent::latent)
  target_include_directories(${target} SYSTEM INTERFACE "${LATENT_STB_INCLUDE_DIR}")
endif()

find_package(ZLIB QUIET)
if(ZLIB_FOUND)
  latent_add_room(datasets)
  target_link_libraries(${target} INTERFACE latent::latent ZLIB::ZLIB)
  if(LATENT_STB_INCLUDE_DIR)  # datasets/image_reader.hpp reads images with it
    target_include_directories(${target} SYSTEM INTERFACE "${LATENT_STB_INCLUDE_DIR}")
  endif()
endif()

if(LATENT_STB_INCLUDE_DIR AND ZLIB_FOUND)
  latent_add_room(report)
  target_link_libraries(${target} INTERFACE latent::pictures latent::datasets)
endif()

find_package(LibArchive QUIET)
find_path(LATENT_CSV_INCLUDE_DIR csv.h)
find_library(LATENT_CSV_LIBRARY csv)
if(ZLIB_FOUND AND LATENT_STB_INCLUDE_DIR AND LibArchive_FOUND AND LATENT_CSV_INCLUDE_DIR AND LATENT_CSV_LIBRARY)
  latent_add_room(files)
  target_link_libraries(${target} INTERFACE latent::datasets LibArchive::LibArchive "${LATENT_CSV_LIBRARY}")
  target_include_directories(${target} SYSTEM INTERFACE "${LATENT_CSV_INCLUDE_DIR}")
  # datasets/find.hpp reads Keras's mnist.npz where it can.
  target_compile_definitions(${target} INTERFACE LATENT_FILES)
endif()

find_package(nlohmann_json QUIET)
if(nlohmann_json_FOUND)
  latent_add_room(io)
  target_link_libraries(${target} INTERFACE latent::latent nlohmann_json::nlohmann_json)
endif()

# Looking for MPI takes CMake a few seconds: not for packages that do not ask for it.
if(NOT LATENT_INSTALLED OR "mpi" IN_LIST latent_FIND_COMPONENTS)
  find_package(MPI QUIET COMPONENTS CXX)
endif()
if(MPI_CXX_FOUND)
  latent_add_room(mpi)
  target_link_libraries(${target} INTERFACE latent::latent MPI::MPI_CXX)
endif()

# The library has all headers of the rooms that are found. (Another folder of the project may have made it.)
if(NOT TARGET latent_precompiled)
  set(headers latent/latent.hpp)
  set(found latent::latent)
  foreach(room checks evaluation pictures datasets io report)
    if(TARGET latent::${room} OR room MATCHES "checks|evaluation")
      file(GLOB of_room RELATIVE "${LATENT_INCLUDE_DIR}" CONFIGURE_DEPENDS "${LATENT_INCLUDE_DIR}/latent/${room}/*.hpp")
      if(room STREQUAL "datasets" AND NOT TARGET latent::files)
        set(of_room latent/datasets.hpp latent/sources.hpp)
      endif()
      list(APPEND headers ${of_room})
    endif()
  endforeach()
  foreach(room pictures datasets files io report)
    if(TARGET latent::${room})
      list(APPEND found latent::${room})
    endif()
  endforeach()
  list(TRANSFORM headers REPLACE "(.+)" "#include <\\1>\n")
  list(JOIN headers "" headers)
  file(CONFIGURE OUTPUT latent_precompiled.cpp CONTENT "${headers}" @ONLY)
  add_library(latent_precompiled STATIC EXCLUDE_FROM_ALL "${CMAKE_CURRENT_BINARY_DIR}/latent_precompiled.cpp")
  add_library(latent::precompiled ALIAS latent_precompiled)
  target_compile_definitions(latent_precompiled PRIVATE LATENT_PRECOMPILES INTERFACE LATENT_PRECOMPILED)
  target_link_libraries(latent_precompiled PUBLIC ${found})
endif()
