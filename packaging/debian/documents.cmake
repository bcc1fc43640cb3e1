# Run by cpack before it packs: puts the licence and the changelog where Debian's policy has them (chapter 12).
if(NOT CPACK_GENERATOR STREQUAL "DEB")
  return()
endif()
file(GLOB_RECURSE licence "${CPACK_TEMPORARY_INSTALL_DIRECTORY}/LICENSE")
get_filename_component(folder "${licence}" DIRECTORY)
get_filename_component(doc "${folder}" DIRECTORY)
set(documents "${doc}/${CPACK_DEBIAN_PACKAGE_NAME}")
file(MAKE_DIRECTORY "${documents}")
file(RENAME "${licence}" "${documents}/copyright")
file(REMOVE_RECURSE "${folder}")
get_filename_component(source "${CMAKE_CURRENT_LIST_DIR}/../.." ABSOLUTE)
string(TIMESTAMP now "%a, %d %b %Y %H:%M:%S +0000" UTC)  # or that of SOURCE_DATE_EPOCH
file(WRITE "${documents}/changelog.Debian"
     "latent (${CPACK_PACKAGE_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE}) unstable; urgency=medium\n\n"
     "  * What is new: changelog.gz.\n\n -- ${CPACK_PACKAGE_CONTACT}  ${now}\n")
file(COPY_FILE "${source}/CHANGELOG.md" "${documents}/changelog")
execute_process(COMMAND gzip -9n "${documents}/changelog" "${documents}/changelog.Debian" COMMAND_ERROR_IS_FATAL ANY)
