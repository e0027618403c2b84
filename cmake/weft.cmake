# The functions with which every folder says what it is made of.

# weft_module(<name> PUBLIC <h>... SOURCES <c>... USES <module>... LINKS <lib>...)
#
# One static library a module, of the files of the folder that calls it.  The PUBLIC headers are offered to others as
# "<name>/<header>"; everything else in the folder stays private.  A module can include only the modules that it USES:
# each gets a folder of symbolic links to its PUBLIC headers, and only that folder is on its users' include path, so
# that any other include does not compile.
function(weft_module name)
  cmake_parse_arguments(M "" "" "PUBLIC;SOURCES;USES;LINKS" ${ARGN})
  add_library(${name} STATIC ${M_SOURCES})
  set(view "${CMAKE_BINARY_DIR}/include/${name}")
  file(REMOVE_RECURSE "${view}")
  file(MAKE_DIRECTORY "${view}/${name}")
  foreach(header ${M_PUBLIC})
    get_filename_component(leaf "${header}" NAME)
    file(CREATE_LINK "${CMAKE_CURRENT_SOURCE_DIR}/${header}" "${view}/${name}/${leaf}" SYMBOLIC)
  endforeach()
  target_include_directories(${name} PUBLIC "${view}" PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}")
  target_link_libraries(${name} PRIVATE ${M_USES} ${M_LINKS})
endfunction()

# weft_embed(<module> <symbol> <file>...)
#
# Put files into the program: generates `const struct embedded_file <symbol>[]`, ended by a row without a name (see
# base/embedded.h).  A row's name is the file's path as it is given here.
function(weft_embed module symbol)
  set(output "${CMAKE_CURRENT_BINARY_DIR}/${symbol}.c")
  set(inputs ${ARGN})
  list(TRANSFORM inputs PREPEND "${CMAKE_CURRENT_SOURCE_DIR}/")
  add_custom_command(
    OUTPUT "${output}"
    COMMAND ${CMAKE_COMMAND} "-DSYMBOL=${symbol}" "-DOUTPUT=${output}" "-DFOLDER=${CMAKE_CURRENT_SOURCE_DIR}"
            "-DFILES=${ARGN}" -P "${CMAKE_SOURCE_DIR}/cmake/embed.cmake"
    DEPENDS ${inputs} "${CMAKE_SOURCE_DIR}/cmake/embed.cmake"
    VERBATIM)
  target_sources(${module} PRIVATE "${output}")
endfunction()

# weft_test(<name> SOURCES <c>... USES <module>... [PRIVATE_OF <folder>...] [LINKS <lib>...])
#
# One cmocka program.  A test may look into the private rooms that it names with PRIVATE_OF (folders from the top).
function(weft_test name)
  cmake_parse_arguments(T "" "" "SOURCES;USES;PRIVATE_OF;LINKS" ${ARGN})
  add_executable(${name} ${T_SOURCES})
  list(TRANSFORM T_PRIVATE_OF PREPEND "${CMAKE_SOURCE_DIR}/")
  target_include_directories(${name} PRIVATE ${T_PRIVATE_OF} "${CMAKE_SOURCE_DIR}/tests/unit")
  target_compile_definitions(${name} PRIVATE WEFT_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  target_link_libraries(${name} PRIVATE ${T_USES} ${T_LINKS} PkgConfig::PQ cmocka)
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}")
endfunction()

# weft_test_on_postgres(<name>)
#
# The same program once more, as <name>_postgres, with WEFT_TEST_STORE set to a PostgreSQL that ctest starts for all of
# them (tests/CMakeLists.txt); nothing where none is installed.
function(weft_test_on_postgres name)
  if(WEFT_POSTGRES)
    add_test(NAME ${name}_postgres
      COMMAND "${CMAKE_SOURCE_DIR}/tests/services/on_postgres.sh" "${WEFT_POSTGRES_DIR}" $<TARGET_FILE:${name}>
      WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}")
    set_tests_properties(${name}_postgres PROPERTIES FIXTURES_REQUIRED postgres)
  endif()
endfunction()
