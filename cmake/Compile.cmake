# How everything of ours is compiled: warnings are errors, assertions stay on.
find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

add_library(stalemate_compile INTERFACE)
target_compile_options(stalemate_compile INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wredundant-decls -Werror)
if(NOT STALEMATE_TOGETHER)
  # Of files compiled as one, each may use the names that another has for itself.
  target_compile_options(stalemate_compile INTERFACE -Wshadow)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # It warns of what stable_sort of GCC's library does inside itself.
  target_compile_options(stalemate_compile INTERFACE -Wno-deprecated-declarations)
endif()
# A plan is the same on every machine: no fused multiply-add where the source has none.
target_compile_options(stalemate_compile INTERFACE -ffp-contract=off)
target_include_directories(stalemate_compile INTERFACE ${CMAKE_SOURCE_DIR}/src)
target_compile_definitions(stalemate_compile INTERFACE
  BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_DISABLE_BOOST_COROUTINE)
# hiredis asks for it of those who use it; so all files agree.
target_compile_definitions(stalemate_compile INTERFACE _FILE_OFFSET_BITS=64)

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 reports these for values of std::optional and std::expected that are read only where they are set, as soon
  # as it inlines; the sanitizers and clang-tidy look for the real ones.
  target_compile_options(stalemate_compile INTERFACE -Wno-maybe-uninitialized)
  target_compile_options(stalemate_compile INTERFACE -fcoroutines)
endif()

if(STALEMATE_FUZZ)
  # What guides libFuzzer to new input; without a harness it does nothing.
  target_compile_options(stalemate_compile INTERFACE -fsanitize=fuzzer-no-link)
endif()

if(STALEMATE_SANITIZE)
  target_compile_definitions(stalemate_compile INTERFACE STALEMATE_SANITIZED)
  target_compile_options(stalemate_compile INTERFACE -fsanitize=${STALEMATE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(stalemate_compile INTERFACE -fsanitize=${STALEMATE_SANITIZE})
  if(STALEMATE_SANITIZE STREQUAL "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(stalemate_compile INTERFACE -Wno-tsan)
  endif()
endif()
