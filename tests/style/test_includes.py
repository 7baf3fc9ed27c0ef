"""The include rules catch what they are there for: each case breaks one in a made-up tree."""

import sys
from pathlib import Path

import pytest

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).parent))

from includes import Checker  # noqa: E402: the line above must come first

GOOD = {
    "src/base/err.h": "#include <stdbool.h>\n",
    "src/base/err.c": '#include "base/err.h"\n#include <time.h>\n',
    "src/base/clock.h": "int clock_ms(void);\n",
    "src/base/clock.c": '#include "base/clock.h"\n',
    "src/net/loop.h": "",
    "src/net/loop.c": '#include "net/loop.h"\n#include "base/err.h"\n#include <sys/socket.h>\n',
    "src/core/event.h": '#include "base/err.h"\n',
    "src/core/event.c": '#include "core/event.h"\n#include <string.h>\n',
    "src/core/room.h": "",
    "src/core/room.c": '#include "core/room.h"\n'
                       "/* Nobody calls socket(), time() or SELECT * FROM here. */\n"
                       "int room_send(void) { p->send(1); q.time(2); return resend(3) + time_ms; }\n"
                       'static const char *text = "time(x), select (the room)";\n',
    "src/store/history.h": "",
    "src/store/history.c": '#include "store/history.h"\n#include "core/event.h"\n'
                           '#include "store/schema.sql.h"\n#include <sqlite3.h>\n'
                           'const char *q = "SELECT id FROM message";\n',
    "src/store/schema.sql": "CREATE TABLE message(id);\n",
    "src/eventlog/local.h": "",
    "src/eventlog/local.c": '#include "eventlog/local.h"\n#include "store/history.h"\n'
                            '#include "core/event.h"\n',
    "src/protocols/plain.h": "",
    "src/protocols/plain.c": '#include "protocols/plain.h"\n#include "net/loop.h"\n'
                             '#include "core/room.h"\n',
    "src/protocols/words.c": '#include "protocols/plain.h"\n',
    "src/protocols/irc/line.h": "",
    "src/protocols/irc/line.c": '#include "protocols/irc/line.h"\n#include "protocols/plain.h"\n',
    "src/server/serve.h": "",
    "src/server/serve.c": '#include "server/serve.h"\n#include "store/history.h"\n'
                          '#include "protocols/plain.h"\n',
    "src/main.c": '#include "server/serve.h"\n',
    "src/base/meson.build": "'err.c', 'clock.c', # and no 'gone.c'\n",
    "src/net/meson.build": "'loop.c'",
    "src/core/meson.build": "'event.c', 'room.c'",
    "src/store/meson.build": "'history.c'",
    "src/eventlog/meson.build": "'local.c'",
    "src/protocols/meson.build": "'irc/line.c', 'plain.c', 'words.c'",
    "src/server/meson.build": "'serve.c'",
    "tests/unit/test_err.c": "",
    "tests/unit/meson.build": "u = {\n\t'test_err': [base_dep],\n}\n",
    "tests/fuzz/fuzz_plain.c": "",
    "tests/fuzz/meson.build": "f = {\n\t'fuzz_plain': protocols_dep,\n}\n",
}

# What is added to which file, and what the checker has to say to it.
BAD = [
    ("src/base/err.c", '#include "net/loop.h"\n', "base/ may not include net/loop.h"),
    ("src/base/err.h", '#include "core/room.h"\n', "base/ may not include core/room.h"),
    ("src/net/loop.c", '#include "core/event.h"\n', "net/ may not include core/event.h"),
    ("src/net/loop.c", '# include\t"protocols/plain.h"\n', "net/ may not include protocols/plain.h"),
    ("src/core/room.c", '#include "net/loop.h"\n', "core/ may not include net/loop.h"),
    ("src/core/room.h", '#include "eventlog/local.h"\n', "core/ may not include eventlog/local.h"),
    ("src/store/history.c", '#include "core/room.h"\n', "store/ may not include core/room.h"),
    ("src/store/history.c", '#include "eventlog/local.h"\n', "store/ may not include eventlog/"),
    ("src/eventlog/local.c", '#include "core/room.h"\n', "eventlog/ may not include core/room.h"),
    ("src/eventlog/local.c", '#include "protocols/plain.h"\n', "eventlog/ may not include protocols"),
    ("src/protocols/plain.c", '#include "store/history.h"\n', "protocols/ may not include store/"),
    ("src/protocols/plain.c", '#include "server/serve.h"\n', "protocols/ may not include server/"),
    ("src/protocols/irc/line.c", '#include "store/history.h"\n', "protocols/ may not include store/"),
    ("src/protocols/irc/line.c", '#include "irc/line.h"\n', '"irc/line.h" is no file of src/'),
    ("src/client/join.c", '#include "core/room.h"\n', "client/ may not include core/room.h"),
    ("src/bots/bot.c", "", "there is no rule for bots/"),
    ("src/server/serve.c", '#include "serve.h"\n', '"serve.h" is no file of src/'),
    ("src/server/serve.c", '#include "base/gone.h"\n', '"base/gone.h" is no file of src/'),
    ("src/core/room.c", "#include <sys/socket.h>\n", "no use for sys/socket.h"),
    ("src/core/room.c", "#include <time.h>\n", "no use for time.h"),
    ("src/core/room.c", "#include <sqlite3.h>\n", "no use for sqlite3.h"),
    ("src/core/room.h", '#include "base/clock.h"\n', "no use for base/clock.h"),
    ("src/core/room.c", "int f = socket(AF_INET, 0, 0);\n", "must not name socket"),
    ("src/core/room.c", "x = send (fd, p, 1, 0);\n", "must not name send"),
    ("src/core/room.c", "x = time(NULL);\n", "must not name time"),
    ("src/core/room.c", "clock_gettime(0, &now);\n", "must not name clock_gettime"),
    ("src/core/room.c", "struct timespec *now;\n", "must not name timespec"),
    ("src/core/room.c", "extern struct sqlite3 *db;\n", "must not name sqlite3"),
    ("src/core/room.c", "x = rand();\n", "must not name rand"),
    ("src/core/room.c", 'x = "INSERT INTO message VALUES(1)";\n', "only store/ speaks SQL"),
    ("src/server/serve.c", 'x = "SELECT 1";\n', "only store/ speaks SQL"),
    ("src/server/serve.c", "#include <sqlite3.h>\n", "only store/ includes sqlite3.h"),
    ("src/net/loop.c", "select(1, 0, 0, 0, 0);\n", "select is not used here"),
    ("src/net/loop.c", "FD_SET(1, &set);\n", "FD_SET is not used here"),
    ("src/base/err.c", "strcpy(a, b);\n", "strcpy is not used here"),
    ("src/base/err.c", "strcat(a, b);\n", "strcat is not used here"),
    ("src/store/history.c", "sprintf(a, b);\n", "sprintf is not used here"),
    ("src/core/late.c", "", "then one of its folder has to be included first"),
    ("src/core/extra.c", '#include "core/room.h"\n', "extra.c is not listed"),
    ("src/net/meson.build", ", 'gone.c'", "gone.c is listed and not there"),
    ("src/protocols/meson.build", ", 'irc/gone.c'", "irc/gone.c is listed and not there"),
    ("tests/unit/test_new.c", "", "test_new is not listed"),
    ("tests/fuzz/fuzz_new.c", "", "fuzz_new is not listed"),
]


def problems(root, files):
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return Checker(root).check()


def test_a_good_tree_has_no_problem(tmp_path):
    assert problems(tmp_path, GOOD) == []


@pytest.mark.parametrize("name, text, says", BAD, ids=lambda value: value.strip()[:40])
def test_each_rule_catches_who_breaks_it(tmp_path, name, text, says):
    found = problems(tmp_path, {**GOOD, name: GOOD.get(name, "") + text})
    assert any(says in problem and problem.startswith(str(Path(name).parent)) for problem in found)


def test_the_own_header_comes_first(tmp_path):
    tree = {**GOOD, "src/net/loop.c": '#include "base/err.h"\n#include "net/loop.h"\n'}
    assert problems(tmp_path, tree) == ['src/net/loop.c:1: "net/loop.h" has to be included first']


def test_the_own_header_of_a_sub_folder_comes_first_too(tmp_path):
    tree = {**GOOD, "src/protocols/irc/line.c": '#include "protocols/plain.h"\n'}
    assert problems(tmp_path, tree) == [
        'src/protocols/irc/line.c:1: "protocols/irc/line.h" has to be included first']


def test_a_folder_lists_the_files_of_its_sub_folders(tmp_path):
    tree = {**GOOD, "src/protocols/irc/late.c": '#include "protocols/irc/line.h"\n'}
    assert problems(tmp_path, tree) == ["src/protocols/meson.build:1: irc/late.c is not listed"]


def test_a_place_is_named_by_its_line(tmp_path):
    tree = {**GOOD, "src/core/room.c": '#include "core/room.h"\n/* two\n lines */\ntime(0);\n'}
    assert problems(tmp_path, tree)[0].startswith("src/core/room.c:4: ")


def test_an_empty_tree_is_a_problem(tmp_path):
    assert problems(tmp_path, {}) != []
