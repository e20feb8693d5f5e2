# How the many small files of a target are compiled with little effort: two dozen at a time as one ("unity build"), since
# most of what a file costs is reading the headers that its neighbours read as well. It takes a fifth of the time. The
# dev preset compiles every file by itself, so that each includes what it uses.
#
# `stalemate_compile_together(target)`. What a file keeps to itself has a name that its neighbours do not use, such as
# `NAME_registered` for the file that registers NAME.
function(stalemate_compile_together target)
  if(NOT STALEMATE_TOGETHER)
    return()
  endif()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 24)
  # A file's own types are then used outside the main file.
  target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
endfunction()
