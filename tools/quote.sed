# Turns a text file into a C header that holds it as schema_sql, a constant string.
1i\
#pragma GCC diagnostic ignored "-Woverlength-strings"\
static const char schema_sql[] =
s/[\\"]/\\&/g
s/.*/"&\\n"/
$a\
;
