# Embeds scenarios/*.toml into the scenario room. As a script (-P) it writes OUTPUT from the files in FOLDER; included, it
# gives `stalemate_embed_scenarios(target)`.
if(CMAKE_SCRIPT_MODE_FILE)
  file(GLOB files ${FOLDER}/*.toml)
  list(SORT files)
  set(entries "")
  set(count 0)
  foreach(file ${files})
    get_filename_component(name ${file} NAME_WLE)
    file(READ ${file} text)
    string(APPEND entries "    EmbeddedText{\"${name}\", R\"scenario~(${text})scenario~\"},\n")
    math(EXPR count "${count} + 1")
  endforeach()
  file(WRITE ${OUTPUT} "// Written by cmake/Scenarios.cmake from scenarios/*.toml.\n"
    "#include \"scenario/embedded.hpp\"\n\n#include <array>\n\nnamespace stalemate {\nnamespace {\n\n"
    "constexpr std::array<EmbeddedText, ${count}> scenarios = {\n${entries}};\n\n}  // namespace\n\n"
    "std::span<const EmbeddedText> embedded_scenarios() { return scenarios; }\n\n}  // namespace stalemate\n")
  return()
endif()

set(STALEMATE_SCENARIOS_SCRIPT ${CMAKE_CURRENT_LIST_FILE})

function(stalemate_embed_scenarios target)
  file(GLOB files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/scenarios/*.toml)
  set(output ${CMAKE_CURRENT_BINARY_DIR}/embedded_scenarios.cpp)
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DFOLDER=${CMAKE_SOURCE_DIR}/scenarios -DOUTPUT=${output} -P ${STALEMATE_SCENARIOS_SCRIPT}
    DEPENDS ${files} ${STALEMATE_SCENARIOS_SCRIPT}
    COMMENT "Embedding scenarios/*.toml")
  set_source_files_properties(${output} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)  # clang-tidy reads before it is made
  target_sources(${target} PRIVATE ${output})
endfunction()
