# Compiles PROGRAM with COMPILER and the folders INCLUDE_DIRS ("a|b"). Its first lines say what is expected:
#
#   // sentence: latent: a layer does not fit            is in the line of the first error; there is no second error
#   // names: Conv2D<8, {3, 3}>, Receives<Shape<10>>     is in the message, namespaces and some spaces taken out
#   // clang adds: latent: Dense's options are            and may be missing: with Clang there is this second error
#
# or, for a program that is right,
#
#   // compiles

file(READ "${PROGRAM}" text)
string(REPLACE "|" ";-I" folders "-I${INCLUDE_DIRS}")
set(ENV{LC_ALL} C)
execute_process(COMMAND "${COMPILER}" -std=c++20 -fsyntax-only ${folders} "${PROGRAM}"
                RESULT_VARIABLE result OUTPUT_VARIABLE message ERROR_VARIABLE message)

function(fail why)
  message("${message}")
  message(FATAL_ERROR "${PROGRAM}: ${why}; what the compiler said is above")
endfunction()

if(text MATCHES "^// compiles\n")
  if(NOT result EQUAL 0)
    fail("expected to compile")
  endif()
  return()
endif()

if(NOT text MATCHES "^// sentence: ([^\n]+)\n// names: ([^\n]+)\n")
  message(FATAL_ERROR "${PROGRAM} does not begin with '// compiles', or with '// sentence: ...' and '// names: ...'")
endif()
set(sentence "${CMAKE_MATCH_1}")
set(names "${CMAKE_MATCH_2}")

function(expect_in where part what)
  string(FIND "${where}" "${part}" position)
  if(position EQUAL -1)
    fail("expected '${part}' in ${what}")
  endif()
endfunction()

if(result EQUAL 0)
  message(FATAL_ERROR "expected '${sentence}', but it compiles")
endif()
if(NOT message MATCHES "[^\n]*error: [^\n]*")
  fail("expected an error")
endif()
expect_in("${CMAKE_MATCH_0}" "${sentence}" "the first error")
# GCC and Clang write types a little differently: Conv2D<8, latent::Size{3, 3}> and Conv2D<8, {3, 3}>.
string(REPLACE "latent::" "" plain "${message}")
string(REGEX REPLACE "(Size|Margin|Real){" "{" plain "${plain}")
string(REPLACE "> >" ">>" plain "${plain}")
string(REPLACE "> >" ">>" plain "${plain}")
expect_in("${plain}" "${names}" "the message")
string(REGEX REPLACE "error: " "" without_errors "${message}")
string(LENGTH "${message}" length)
string(LENGTH "${without_errors}" length_without_errors)
math(EXPR errors "(${length} - ${length_without_errors}) / 7")
set(expected 1)
execute_process(COMMAND "${COMPILER}" --version OUTPUT_VARIABLE version)
if(text MATCHES "\n// clang adds: ([^\n]+)\n" AND version MATCHES "clang")
  expect_in("${message}" "${CMAKE_MATCH_1}" "the message")
  set(expected 2)
endif()
if(NOT errors EQUAL expected)
  fail("errors: expected ${expected}, received ${errors}")
endif()
