# How the many small files of a target are compiled with little effort: a dozen at a time as one ("unity build"), since
# most of what a file costs is reading the headers that its neighbours read as well. It takes a fifth of the time. The
# dev preset compiles every file by itself, so that each includes what it uses.
#
# `stalemate_compile_together(target)`. Files that register what they hold use the same few names (`registered`,
# `example`, `prove`), so they are compiled alone, and so is what a target lists after APART.
function(stalemate_compile_together target)
  if(NOT STALEMATE_TOGETHER)
    return()
  endif()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 12)
  # A file's own types are then used outside the main file.
  target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
  get_target_property(sources ${target} SOURCES)
  foreach(source ${sources})
    if(source MATCHES "\\.cpp$" AND EXISTS ${source})
      file(STRINGS ${source} registers REGEX "^(\\[\\[maybe_unused\\]\\] )?const bool registered" LIMIT_COUNT 1)
      if(registers)
        set_source_files_properties(${source} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
      endif()
    endif()
  endforeach()
endfunction()
