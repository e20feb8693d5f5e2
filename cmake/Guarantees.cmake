# Embeds docs/guarantees.md into the explore room. As a script (-P) it writes OUTPUT from PAGE; included, it gives
# `stalemate_embed_guarantees(target)`.
if(CMAKE_SCRIPT_MODE_FILE)
  file(READ ${PAGE} text)
  file(WRITE ${OUTPUT} "// Written by cmake/Guarantees.cmake from docs/guarantees.md.\n"
    "#include \"explore/matrix/guarantees.hpp\"\n\nnamespace stalemate {\n\n"
    "std::string_view embedded_guarantees() { return R\"page~(${text})page~\"; }\n\n}  // namespace stalemate\n")
  return()
endif()

set(STALEMATE_GUARANTEES_SCRIPT ${CMAKE_CURRENT_LIST_FILE})

function(stalemate_embed_guarantees target)
  set(page ${CMAKE_SOURCE_DIR}/docs/guarantees.md)
  set(output ${CMAKE_CURRENT_BINARY_DIR}/embedded_guarantees.cpp)
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DPAGE=${page} -DOUTPUT=${output} -P ${STALEMATE_GUARANTEES_SCRIPT}
    DEPENDS ${page} ${STALEMATE_GUARANTEES_SCRIPT}
    COMMENT "Embedding docs/guarantees.md")
  set_source_files_properties(${output} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)  # clang-tidy reads before it is made
  target_sources(${target} PRIVATE ${output})
endfunction()
