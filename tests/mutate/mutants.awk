# Prints the mutants of C++ sources, one a line, tab-separated: file, line, column, what is there, what to put there.
# A mutant changes one operator, constant or statement. Comments, texts, includes, templates, declarations of constants
# and assertions are left alone, for what changes there does not compile, or does not matter.

function add(column, old, new) {
  printf "%s\t%d\t%d\t%s\t%s\n", FILENAME, FNR, column, old, new
}

# Every place of `old` outside of texts.
function replace(old, new,    from, at, before) {
  from = 1
  while ((at = index(substr(code, from), old)) > 0) {
    at += from - 1
    before = substr(code, 1, at - 1)
    if (gsub(/"/, "\"", before) % 2 == 0) add(at, old, new)
    from = at + length(old)
  }
}

FNR == 1 { in_comment = 0 }
/^[ ]*\/\*/ { in_comment = 1 }
in_comment { if ($0 ~ /\*\//) in_comment = 0; next }
/^[ ]*(\/\/|#|template|using|namespace|static_assert|class|struct|enum|constexpr|inline constexpr)/ { next }
/STALEMATE_ASSERT|__builtin|#include/ { next }
/registered =/ { in_registration = 1 }
in_registration { if ($0 ~ /;$/) in_registration = 0; next }
{
  code = $0
  sub(/[ ]*\/\/.*$/, "", code)
  if (code ~ /^[ ]*$/) next

  replace(" < ", " <= "); replace(" <= ", " < "); replace(" > ", " >= "); replace(" >= ", " > ")
  replace(" == ", " != "); replace(" != ", " == "); replace(" && ", " || "); replace(" || ", " && ")
  replace(" + 1", ""); replace(" - 1", ""); replace(" + ", " - "); replace(" - ", " + ")
  replace("std::min(", "std::max("); replace("std::max(", "std::min(")
  replace("true", "false"); replace("false", "true")
  replace("(!", "("); replace("&& !", "&& "); replace("|| !", "|| "); replace("return !", "return ")
  replace("? 1 : 0", "? 0 : 1"); replace("? 1U : 0U", "? 0U : 1U")

  # A statement of one line that does something.
  if (code ~ /^[ ]+[a-z_][a-z_0-9.\[\]>-]*(\(.*\)| [-+|&]?= [^{]*);$/ && code !~ /^[ ]*(return|auto|const|break|continue)/) {
    match(code, /[^ ]/)
    add(RSTART, substr(code, RSTART), ";")
  }
  if (code ~ /^[ ]*(break|continue);$/) {
    match(code, /[^ ]/)
    add(RSTART, substr(code, RSTART), ";")
  }
}
