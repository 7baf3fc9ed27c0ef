#!/usr/bin/python3
"""Proves how the folders of src/ may depend on each other. docs/ARCHITECTURE.md says why.

    includes.py [ROOT]    prints what breaks a rule, one line each, and exits 1 if anything does

The rules:
  - a file includes its own folder and what MAY_INCLUDE allows, always as "folder/file.h";
  - nothing in core/ names a socket, a clock or randomness: all three are handed in;
  - only store/ speaks SQL;
  - no select() and none of the string functions that do not know where their target ends;
  - each .c includes its own header first, which proves that the header stands alone;
  - each meson.build lists exactly the files of its folder.
A folder below a folder of src/ belongs to it: what holds for protocols/ holds for protocols/irc/, and
protocols/meson.build lists 'irc/line.c'.
"""

import pathlib
import re
import sys

EVERYBODY = None
MAY_INCLUDE = {
    "base": [],
    "net": ["base"],
    "core": ["base"],
    "store": ["core/event.h", "base"],
    "eventlog": ["store", "core/event.h", "base"],
    "protocols": ["core", "net", "base"],
    "client": ["protocols", "net", "base"],
    "bench": ["net", "base"],
    "server": EVERYBODY,
    "": EVERYBODY,  # main.c
}

# What core/ may use of the system: nothing that knows of time, files, sockets or threads.
CORE_SYSTEM_HEADERS = {
    "assert.h", "ctype.h", "errno.h", "inttypes.h", "limits.h", "stdalign.h", "stdarg.h",
    "stdatomic.h", "stdbool.h", "stddef.h", "stdint.h", "stdio.h", "stdlib.h", "stdnoreturn.h",
    "string.h", "strings.h", "utf8proc.h",
}
CORE_FORBIDDEN_HEADERS = {"base/clock.h"}
# Forbidden wherever they stand, and forbidden when called (but not as a field: ports->send()).
CORE_FORBIDDEN_WORDS = re.compile(
    r"\b(sockaddr\w*|epoll_\w+|eventfd|timerfd_\w+|setsockopt|getaddrinfo|sqlite3\w*|"
    r"clock_\w+|gettimeofday|nanosleep|timespec|timeval|time_t|localtime\w*|gmtime\w*|strftime|"
    r"getrandom|randombytes\w*|arc4random\w*|pthread_\w+)\b")
CORE_FORBIDDEN_CALLS = re.compile(
    r"(?<![\w.>])(socket|connect|bind|listen|accept4?|send(?:to|msg)?|recv(?:from|msg)?|poll|"
    r"read|write|writev|time|clock|sleep|usleep|rand|srand|random|printf|fprintf|fopen)\s*\(")

SQL = re.compile(
    r"\b(SELECT\s|INSERT\s+(OR|INTO)\b|DELETE\s+FROM\b|UPDATE\s+\w+\s+SET\b|PRAGMA\s|"
    r"(CREATE|DROP|ALTER)\s+(TABLE|INDEX|VIEW|TRIGGER|VIRTUAL)\b|BEGIN\s+IMMEDIATE\b)")

FORBIDDEN_EVERYWHERE = re.compile(
    r"(?<![\w.>])(select|pselect|strcpy|strcat|sprintf|vsprintf|gets)\s*\(|\b(FD_SET|FD_ZERO|fd_set)\b")

COMMENT_OR_TEXT = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:"([^"]*)"|<([^>]*)>)', re.M)
LISTED = re.compile(r"'([^']+\.[ch])'")
PROGRAM = re.compile(r"^\s*'([^']+)'\s*:", re.M)


def blank(text):
    """As long as text and with its line ends, so that places stay where they are."""
    return re.sub(r"[^\n]", " ", text)


def without(source, what):
    """The source with its comments ("c") or also its strings ("cs") blanked out."""
    def replace(match):
        text = match[0]
        is_comment = text.startswith("/")
        return blank(text) if is_comment or "s" in what else text
    return COMMENT_OR_TEXT.sub(replace, source)


class Checker:
    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.src = self.root / "src"
        self.problems = []

    def problem(self, path, source, at, text):
        line = source.count("\n", 0, at) + 1
        self.problems.append(f"{path.relative_to(self.root)}:{line}: {text}")

    def check_include(self, path, source, at, name):
        folder = self.folder(path)
        target = name.partition("/")[0] if "/" in name else None
        made = name.endswith(".sql.h") and (self.src / name[:-2]).exists()
        if target is None or not ((self.src / name).exists() or made):
            self.problem(path, source, at, f'"{name}" is no file of src/; write "folder/file.h"')
            return
        allowed = MAY_INCLUDE[folder]
        if allowed is EVERYBODY or target in [folder, *allowed] or name in allowed:
            return
        self.problem(path, source, at,
                     f"{folder}/ may not include {name}, only {', '.join(allowed) or 'nobody'}")

    def folder(self, path):
        parts = path.relative_to(self.src).parts
        return parts[0] if len(parts) > 1 else ""

    def check_core(self, path, source):
        code = without(source, "c")
        for match in INCLUDE.finditer(code):
            system = match[2]
            if system and system not in CORE_SYSTEM_HEADERS or match[1] in CORE_FORBIDDEN_HEADERS:
                self.problem(path, source, match.start(),
                             f"core/ has no use for {match[1] or system}: it is handed what it needs")
        code = without(source, "cs")
        for pattern in (CORE_FORBIDDEN_WORDS, CORE_FORBIDDEN_CALLS):
            for match in pattern.finditer(code):
                self.problem(path, source, match.start(),
                             f"core/ must not name {match[1]}: sockets, clocks, files, randomness "
                             "and threads are other folders' business")

    def check_sql(self, path, source):
        code = without(source, "c")
        for match in INCLUDE.finditer(code):
            if match[2] == "sqlite3.h":
                self.problem(path, source, match.start(), "only store/ includes sqlite3.h")
        for text in COMMENT_OR_TEXT.finditer(code):
            if SQL.search(text[0]):
                self.problem(path, source, text.start(), "only store/ speaks SQL")

    def check_own_header(self, path, source):
        own = path.with_suffix(".h").relative_to(self.src).as_posix()
        first = INCLUDE.search(without(source, "c"))
        if path.with_suffix(".h").exists():
            if not first or first[1] != own:
                self.problem(path, source, first.start() if first else 0,
                             f'"{own}" has to be included first')
        elif self.folder(path) and (not first or not (first[1] or "").startswith(
                self.folder(path) + "/")):
            self.problem(path, source, first.start() if first else 0,
                         f"it has no header {own}; then one of its folder has to be included first")

    def check_file(self, path):
        source = path.read_text()
        folder = self.folder(path)
        if folder not in MAY_INCLUDE:
            self.problem(path, source, 0, f"there is no rule for {folder}/; add one to MAY_INCLUDE")
            return
        for match in INCLUDE.finditer(without(source, "c")):
            if match[1] is not None:
                self.check_include(path, source, match.start(), match[1])
        if folder == "core":
            self.check_core(path, source)
        if folder != "store":
            self.check_sql(path, source)
        for match in FORBIDDEN_EVERYWHERE.finditer(without(source, "cs")):
            self.problem(path, source, match.start(), f"{match[1] or match[2]} is not used here")
        if path.suffix == ".c":
            self.check_own_header(path, source)

    def check_lists(self):
        """A file that nobody builds passes every other test."""
        folders = {self.src / self.folder(path) for path in self.src.rglob("*.c")} - {self.src}
        for folder in sorted(folders):
            there = {path.relative_to(folder).as_posix() for path in folder.rglob("*.c")}
            self.check_list(folder, there, LISTED)
        for kind in ("unit", "fuzz"):
            folder = self.root / "tests" / kind
            prefix = {"unit": "test_", "fuzz": "fuzz_"}[kind]
            programs = {path.stem for path in folder.glob(prefix + "*.c")}
            if programs:
                self.check_list(folder, programs, PROGRAM)

    def check_list(self, folder, there, pattern):
        meson = folder / "meson.build"
        text = re.sub(r"#[^\n]*", "", meson.read_text()) if meson.exists() else ""
        listed = {name for name in pattern.findall(text) if pattern is PROGRAM or name.endswith(".c")}
        for name in sorted(there - listed):
            self.problem(meson, "", 0, f"{name} is not listed")
        for name in sorted(listed - there):
            self.problem(meson, "", 0, f"{name} is listed and not there")

    def check(self):
        paths = sorted(path for path in self.src.rglob("*.[ch]"))
        if not paths:
            self.problems.append("src: there is nothing to check")
        for path in paths:
            self.check_file(path)
        self.check_lists()
        return self.problems


def main():
    here = pathlib.Path(__file__).resolve().parent.parent.parent
    problems = Checker(sys.argv[1] if len(sys.argv) > 1 else here).check()
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
