# What every target of the house shares, and the two shapes of target it has: rooms and test binaries.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

# -O3 takes g++ a quarter more time to build and makes none of the benchmarks faster.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O1 -g1")

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()

add_library(sosw_flags INTERFACE)
target_compile_options(sosw_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor
                       -Woverloaded-virtual -Wno-missing-field-initializers
                       $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)  # g++ 12 sees overlaps in std::string that are none
# Many sources in one (all presets but debug): what headers hold is compiled once, and a full build takes about half
# the time. Names in the unnamed namespaces of a room must differ for it, and g++ takes each source for a header.
if(CMAKE_UNITY_BUILD)
  target_compile_options(sosw_flags INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
endif()
if(SOSW_WARNINGS_AS_ERRORS)
  target_compile_options(sosw_flags INTERFACE -Werror)
endif()
if(SOSW_SANITIZE)
  add_compile_options(-fsanitize=${SOSW_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${SOSW_SANITIZE})
  if(SOSW_SANITIZE MATCHES "address")
    add_compile_definitions(SOSW_ADDRESS_SANITIZER)  # g++ and clang name it differently
  endif()
  add_compile_options($<$<CXX_COMPILER_ID:Clang>:-fno-sanitize=function>)  # clang 14 cannot assemble it with coroutines
endif()

# sosw_room(NAME LINK public... PRIVATE private... FOLDERS folders...): the library sosw_NAME from the sources of src/NAME and
# its folders that are no rooms themselves; a slash in NAME becomes an underscore.
function(sosw_room name)
  cmake_parse_arguments(ROOM "" "" "LINK;PRIVATE;FOLDERS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${name}/*.cpp)
  foreach(folder ${ROOM_FOLDERS})
    file(GLOB more CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${name}/${folder}/*.cpp)
    list(APPEND sources ${more})
  endforeach()
  string(REPLACE "/" "_" target sosw_${name})
  if(sources)
    add_library(${target} STATIC ${sources})
    set(scope PUBLIC)
    target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:sosw_flags> ${ROOM_PRIVATE})
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_include_directories(${target} ${scope} $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
                             $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/src>)
  target_link_libraries(${target} ${scope} ${ROOM_LINK})
  set_property(GLOBAL APPEND PROPERTY SOSW_ROOMS ${target})
endfunction()

# sosw_test(NAME SHARDS n LINK libraries...): the test binary NAME_test from the *_test.cpp files of tests/NAME. ctest
# runs it in n processes, each with its share of the tests: a process for each test would cost more than most tests.
function(sosw_test name)
  cmake_parse_arguments(TEST "" "SHARDS" "LINK" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/${name}/*.cpp)
  if(NOT sources)
    return()
  endif()
  string(REPLACE "/" "_" target ${name}_test)
  add_executable(${target} ${sources})
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/tests ${PROJECT_SOURCE_DIR}/src)
  target_compile_definitions(${target} PRIVATE SOSW_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  target_link_libraries(${target} PRIVATE sosw_flags ${TEST_LINK} GTest::gmock GTest::gtest_main)
  target_compile_options(${target} PRIVATE -O0)  # built oftener than run
  if(NOT TEST_SHARDS)
    set(TEST_SHARDS 1)
  endif()
  foreach(shard RANGE 1 ${TEST_SHARDS})
    math(EXPR index "${shard} - 1")
    add_test(NAME "${name} ${shard}/${TEST_SHARDS}" COMMAND ${target})
    set_tests_properties("${name} ${shard}/${TEST_SHARDS}" PROPERTIES TIMEOUT 600 COST ${TEST_SHARDS}
                         ENVIRONMENT "GTEST_TOTAL_SHARDS=${TEST_SHARDS};GTEST_SHARD_INDEX=${index}")
  endforeach()
endfunction()
