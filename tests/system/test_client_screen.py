"""The client's screen in a real terminal: what is being written stays whole and in its place
whatever happens above it, and the terminal is put back however the client ends.

The client is screen_tool (tests/unit/screen_tool.c), which has screen and editor, and no chat."""

import os
import pty
import select
import signal
import subprocess
import termios
from pathlib import Path

import pytest

import teahouse
import tmux

pytestmark = pytest.mark.usefixtures("shim")

PROMPT = "茶馆> "
HALF_TYPED = "喝一杯龙井"


def tool_path():
    return Path(teahouse.SHIM).parents[1] / "unit" / "screen_tool"


class Tool:
    """screen_tool in a terminal of its own."""

    def __init__(self, folder, **size):
        self.folder = folder
        self.fifo = folder / "fifo"
        os.mkfifo(self.fifo)
        self.terminal = tmux.Tmux(folder, **size)

    def start(self):
        """Starts it in the shell, which has written down the terminal's modes."""
        self.terminal.shell("clear; ulimit -c 0; stty -a >before; "
                            f"sh -c 'echo $$ >pid; exec {tool_path()} fifo'")
        self.terminal.wait_shown(PROMPT.rstrip())

    def tell(self, command):
        with open(self.fifo, "w", encoding="utf-8") as fifo:
            fifo.write(f"{command}\n")

    def kill(self, name):
        os.kill(int((self.folder / "pid").read_text()), getattr(signal, name))

    def check_restored(self):
        """The shell goes on with a terminal as it was."""
        self.terminal.wait_shown("$")
        self.terminal.shell(f"stty -a >after; {self.terminal.signal('back')}")
        self.terminal.wait_signal("back")
        before, after = ((self.folder / name).read_text() for name in ("before", "after"))
        assert after == before
        self.terminal.shell("clear; echo tea''pot")
        self.terminal.wait(lambda rows: "teapot" in rows, "what the shell echoes")
        self.terminal.paste("echo pas''ted\n")
        self.terminal.wait(lambda rows: "pasted" in rows, "what was pasted, without marks")


@pytest.fixture
def start_tool(tmp_path):
    tools = []

    def go(**size):
        tools.append(Tool(tmp_path, **size))
        tools[-1].start()
        return tools[-1]

    yield go
    for tool in tools:
        tool.terminal.close()


@pytest.fixture
def tool(start_tool):
    return start_tool()


def numbered(first, last):
    return [f"line {i}" for i in range(first, last + 1)]


@pytest.mark.parametrize("command", ["lines", "at-once"])
def test_what_is_half_typed_stays_while_lines_arrive(tool, command):
    terminal = tool.terminal
    terminal.type(HALF_TYPED)
    terminal.keys("Left", "Left")
    terminal.wait_shown(PROMPT + HALF_TYPED)
    terminal.wait_cursor(12, 0)
    tool.tell(f"{command} 200")
    rows = terminal.wait_shown("line 200", PROMPT + HALF_TYPED)
    terminal.wait_cursor(12, len(rows) - 1)
    assert [row for row in terminal.everything() if row.startswith("line")] == numbered(1, 200)
    assert terminal.everything().count(PROMPT + HALF_TYPED) == 1
    terminal.type("壶")
    terminal.wait_shown("line 200", PROMPT + "喝一杯壶龙井")
    terminal.keys("Enter")
    terminal.wait_shown("line 200", "sent: 喝一杯壶龙井", PROMPT.rstrip())


def test_typing_goes_on_while_lines_arrive(tool):
    terminal = tool.terminal
    for i in range(10):
        tool.tell("lines 20")
        terminal.type(f"茶{i}")
    text = "".join(f"茶{i}" for i in range(10))
    terminal.wait_shown("line 200", PROMPT + text)
    assert [row for row in terminal.everything() if row.startswith("line")] == numbered(1, 200)


def test_a_long_line_takes_several_rows(tool):
    terminal = tool.terminal
    terminal.type("一二三四五六七八九十" * 3)
    terminal.wait_shown(PROMPT + "一二三四五六七八九十一二三四五六七", "八九十一二三四五六七八九十")
    tool.tell("lines 30")
    rows = terminal.wait_shown("line 30", PROMPT + "一二三四五六七八九十一二三四五六七",
                               "八九十一二三四五六七八九十")
    terminal.wait_cursor(26, len(rows) - 1)
    terminal.keys("C-a")
    terminal.wait_cursor(6, len(rows) - 2)
    terminal.keys("C-k")
    terminal.wait_shown("line 30", PROMPT.rstrip())


def test_a_long_message_wraps_above(tool):
    tool.terminal.type("茶")
    tool.tell("say " + "一二三四五六七八九十" * 3)
    rows = tool.terminal.wait_shown("一二三四五六七八九十" * 2, "一二三四五六七八九十", PROMPT + "茶")
    tool.terminal.wait_cursor(8, 2)
    assert len([row for row in rows if row]) == 3


def test_more_than_half_a_screen_shows_what_is_around_the_cursor(start_tool):
    tool = start_tool(cols=20, rows=8)
    tool.tell("lines 3")
    tool.terminal.type("".join(str(i) * 20 for i in range(10)))
    tool.terminal.wait_shown("line 3", "6" * 6 + "7" * 14, "7" * 6 + "8" * 14, "8" * 6 + "9" * 14,
                             "9" * 6)
    tool.terminal.keys("C-a")
    tool.terminal.wait_shown("line 3", PROMPT + "0" * 14, "0" * 6 + "1" * 14, "1" * 6 + "2" * 14,
                             "2" * 6 + "3" * 14)


def test_an_emoji_the_terminal_draws_otherwise_moves_nothing_else(tool):
    terminal = tool.terminal
    terminal.type("👨‍👩‍👧‍👦❤\uFE0Fx")
    terminal.wait_cursor(11, 0)
    terminal.keys("Left", "Left", "Left")
    terminal.wait_cursor(6, 0)
    terminal.keys("C-k", "C-y", "C-e", "BSpace", "BSpace", "BSpace")
    terminal.wait_shown(PROMPT.rstrip())
    terminal.wait_cursor(6, 0)


@pytest.mark.parametrize("cols", [30, 21, 13, 60])
def test_another_width_leaves_everything_whole(tool, cols):
    terminal = tool.terminal
    text = "一二三四五六七八九十" * 3
    rows = (PROMPT + text[:17], text[17:])
    tool.tell("lines 20")
    terminal.type(text)
    terminal.wait_shown("line 20", *rows)
    terminal.resize(cols, 12)
    terminal.wait(lambda shown: "".join(shown).endswith(PROMPT + text), "the line in that width")
    terminal.resize(40, 12)
    terminal.wait_shown("line 20", *rows)
    tool.tell("lines 20")
    terminal.wait_shown("line 40", *rows)
    assert [row for row in terminal.everything() if row.startswith("line")] == numbered(1, 40)
    assert terminal.everything().count(rows[0]) == 1


def test_one_cell_is_enough(tool):
    terminal = tool.terminal
    terminal.type(HALF_TYPED)
    terminal.wait_shown(PROMPT + HALF_TYPED)
    terminal.resize(1, 1)
    tool.tell("lines 20")
    terminal.keys("Left", "Left")
    terminal.type("e\u0301")
    terminal.resize(2, 1)
    terminal.keys("C-a", "C-e", "Left")
    terminal.resize(1, 2)
    terminal.type("好👍")
    terminal.resize(40, 12)
    terminal.wait(lambda rows: PROMPT + "喝一杯e\u0301龙好👍井" in rows, "the line, whole")
    tool.tell("lines 1")
    terminal.wait_shown("line 21", PROMPT + "喝一杯e\u0301龙好👍井")


def test_a_paste_sends_nothing(tool):
    tool.terminal.paste("一\n二\n")
    tool.terminal.wait_cursor(0, 2)
    tool.terminal.keys("Enter")
    tool.terminal.wait_shown("sent: 一/二", PROMPT.rstrip())


def test_an_empty_screen_can_be_scrolled_back(tool):
    tool.tell("lines 5")
    tool.terminal.type("茶")
    tool.terminal.wait_shown("line 5", PROMPT + "茶")
    tool.terminal.keys("C-l")
    tool.terminal.wait(lambda rows: rows[0] == PROMPT + "茶" and not any(rows[1:]), "nothing else")
    assert [row for row in tool.terminal.everything() if row.startswith("line")] == numbered(1, 5)


# Ends

@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGINT", "SIGQUIT", "SIGABRT", "SIGSEGV"])
def test_a_signal_leaves_the_terminal_as_it_was(tool, name):
    tool.terminal.type(HALF_TYPED)
    tool.terminal.wait_shown(PROMPT + HALF_TYPED)
    tool.kill(name)
    tool.check_restored()


@pytest.mark.parametrize("command", ["end", "exit", "abort", "crash"])
def test_every_end_leaves_the_terminal_as_it_was(tool, command):
    tool.terminal.type(HALF_TYPED)
    tool.terminal.wait_shown(PROMPT + HALF_TYPED)
    tool.tell(command)
    tool.check_restored()


def test_the_end_of_input_takes_the_prompt_off(tool):
    tool.terminal.keys("C-d")
    tool.terminal.wait_shown("$")
    tool.check_restored()


def stop(tool, how):
    if how == "Ctrl-Z":
        tool.terminal.keys("C-z")
    else:
        tool.kill(how)


def test_a_client_that_stops_itself_leaves_no_gap(tool):
    tool.tell("lines 1")
    tool.terminal.wait_shown("line 1", PROMPT.rstrip())
    tool.terminal.keys("C-z")
    rows = tool.terminal.wait_shown("$")
    assert rows[0] == "line 1" and "Stopped" in "".join(rows[1:3])


@pytest.mark.parametrize("how", ["Ctrl-Z", "SIGTSTP"])
def test_a_client_that_is_stopped_lends_the_terminal(tool, how):
    terminal = tool.terminal
    terminal.type(HALF_TYPED)
    terminal.wait_shown(PROMPT + HALF_TYPED)
    stop(tool, how)
    tool.check_restored()
    terminal.shell("clear; fg")
    terminal.wait(lambda rows: PROMPT + HALF_TYPED in rows, "the line again")
    tool.tell("lines 2")
    terminal.type("茶")
    terminal.wait_shown("line 1", "line 2", PROMPT + HALF_TYPED + "茶")
    stop(tool, how)
    terminal.wait(lambda rows: any("Stopped" in row for row in rows), "the shell")
    terminal.shell("clear; fg")
    terminal.wait(lambda rows: PROMPT + HALF_TYPED + "茶" in rows, "the line once more")
    tool.kill("SIGTERM")
    tool.check_restored()


def test_a_client_stopped_without_a_word_takes_the_terminal_again(tool):
    terminal = tool.terminal
    terminal.type(HALF_TYPED)
    terminal.wait_shown(PROMPT + HALF_TYPED)
    tool.kill("SIGSTOP")
    terminal.wait_shown("$")
    terminal.type("stty sane; clear; fg")
    terminal.keys("C-j")
    terminal.wait(lambda rows: PROMPT + HALF_TYPED in rows, "the line again")
    terminal.type("茶")
    terminal.wait(lambda rows: PROMPT + HALF_TYPED + "茶" in rows, "what is typed")
    tool.tell("end")
    tool.check_restored()


def test_a_stuck_terminal_keeps_nobody_alive(tmp_path):
    os.mkfifo(tmp_path / "fifo")
    ours, theirs = pty.openpty()
    before = termios.tcgetattr(theirs)
    with subprocess.Popen([tool_path(), tmp_path / "fifo"], stdin=theirs, stdout=theirs,
                          stderr=theirs, start_new_session=True) as process:
        try:
            shown = b""
            while b"\x1b[?7h" not in shown:  # the first prompt
                assert teahouse.readable(ours, teahouse.PATIENCE), shown
                shown += os.read(ours, 4096)
            assert termios.tcgetattr(theirs) != before
            with open(tmp_path / "fifo", "w", encoding="utf-8") as fifo:
                fifo.write("at-once 1000000\n")
            deadline = teahouse.Deadline()
            while select.select([], [theirs], [], 0)[1]:
                assert not deadline.passed(), "the terminal takes no more"
                teahouse.pause(tmux.LOOK_SECONDS)
            process.send_signal(signal.SIGTERM)
            assert process.wait(teahouse.PATIENCE) == -signal.SIGTERM
            assert termios.tcgetattr(theirs) == before
        finally:
            process.kill()
            os.close(ours)
            os.close(theirs)
