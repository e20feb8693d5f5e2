# Embeds web/* (the front end of the pages that the program writes) into the report room. As a script (-P) it writes OUTPUT
# from the files in FOLDER; included, it gives `stalemate_embed_web(target)`.
if(CMAKE_SCRIPT_MODE_FILE)
  file(GLOB files ${FOLDER}/*.html ${FOLDER}/*.css ${FOLDER}/*.js)
  list(SORT files)
  set(entries "")
  list(LENGTH files count)
  foreach(file ${files})
    get_filename_component(name ${file} NAME)
    # As text, each byte stays as it is: CMake's lists would split at semicolons.
    file(READ ${file} text)
    string(APPEND entries "    WebFile{\"${name}\", R\"webfile~(${text})webfile~\"},\n")
  endforeach()
  file(WRITE ${OUTPUT} "// Written by cmake/Web.cmake from web/*.\n"
    "#include \"report/page/web_files.hpp\"\n\n#include <array>\n\nnamespace stalemate {\nnamespace {\n\n"
    "constexpr std::array<WebFile, ${count}> files = {\n${entries}};\n\n}  // namespace\n\n"
    "std::span<const WebFile> web_files() { return files; }\n\n}  // namespace stalemate\n")
  return()
endif()

set(STALEMATE_WEB_SCRIPT ${CMAKE_CURRENT_LIST_FILE})

function(stalemate_embed_web target)
  file(GLOB files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/web/*.html ${CMAKE_SOURCE_DIR}/web/*.css ${CMAKE_SOURCE_DIR}/web/*.js)
  set(output ${CMAKE_CURRENT_BINARY_DIR}/embedded_web.cpp)
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DFOLDER=${CMAKE_SOURCE_DIR}/web -DOUTPUT=${output} -P ${STALEMATE_WEB_SCRIPT}
    DEPENDS ${files} ${STALEMATE_WEB_SCRIPT}
    COMMENT "Embedding web/*")
  set_source_files_properties(${output} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)  # clang-tidy reads before it is made
  target_sources(${target} PRIVATE ${output})
endfunction()
