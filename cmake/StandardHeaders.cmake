# The standard headers that most files take, compiled once: reading them is a third of what a file of ours costs. Every
# file still includes what it uses: the dev, lint and sanitizer presets, and clang-tidy with them, compile without this.
#
# `stalemate_take_standard_headers(target)` for targets that link stalemate_compile.
if(STALEMATE_STANDARD_HEADERS_ONCE)
  set(empty ${CMAKE_BINARY_DIR}/standard_headers.cpp)
  file(CONFIGURE OUTPUT ${empty} CONTENT "// Only its precompiled header is of use.\n")
  add_library(stalemate_standard_headers OBJECT ${empty})
  target_link_libraries(stalemate_standard_headers PRIVATE stalemate_compile)
  target_precompile_headers(stalemate_standard_headers PRIVATE
    <algorithm> <array> <atomic> <bit> <charconv> <chrono> <cmath> <coroutine> <cstdint> <cstring> <deque> <expected>
    <filesystem> <fstream> <functional> <limits> <map> <memory> <mutex> <optional> <set> <span> <string> <string_view>
    <thread> <tuple> <unordered_map> <utility> <variant> <vector>)
endif()

function(stalemate_take_standard_headers target)
  if(TARGET stalemate_standard_headers)
    target_precompile_headers(${target} REUSE_FROM stalemate_standard_headers)
  endif()
endfunction()
