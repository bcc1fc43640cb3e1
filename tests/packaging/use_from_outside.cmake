# Configures, builds and runs the project outside/ against latent, found by WAY: install, add_subdirectory, fetch_content.
function(run)
  execute_process(COMMAND ${ARGV} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  message("${output}")
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "failed (${result}): ${ARGV}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE ${FOLDER})  # nothing of an earlier run may help
if(WAY STREQUAL install)
  run(${CMAKE_COMMAND} --install ${LATENT_BUILD_DIR} --prefix ${FOLDER}/prefix)
  # Moved, to see that no path was written into the package.
  file(RENAME ${FOLDER}/prefix ${FOLDER}/moved)
  set(where -D latent_ROOT=${FOLDER}/moved)
else()
  set(where -D LATENT_SOURCE_DIR=${LATENT_SOURCE_DIR})
endif()
# Not optimised: what is tried here is finding and linking.
run(${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR}/outside -B ${FOLDER}/build -G ${GENERATOR} -D WAY=${WAY} ${where}
    -D CMAKE_CXX_COMPILER=${COMPILER} -D CMAKE_BUILD_TYPE=Debug -D CMAKE_CXX_FLAGS_DEBUG=-O0)
run(${CMAKE_COMMAND} --build ${FOLDER}/build)
run(${CMAKE_COMMAND} -E chdir ${FOLDER}/build ./program)
if(NOT output MATCHES "latent works: 6 = 6")
  message(FATAL_ERROR "the program printed: ${output}")
endif()
