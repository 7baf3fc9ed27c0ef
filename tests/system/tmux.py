"""A terminal for a test to look at and to type into: tmux, with a shell in it.

Nobody tells when a terminal has drawn something, so what is waited for is looked for again and
again, until a deadline."""

import os
import subprocess

from teahouse import Deadline, pause

LOOK_SECONDS = 0.02


class Tmux:
    """One window of cols x rows, its shell in folder. close() ends it and what runs in it."""

    def __init__(self, folder, cols=40, rows=12):
        self.folder = folder
        self.socket = folder / "tmux"
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TERM": "xterm-256color",
                       "HOME": str(folder), "SHELL": "/bin/sh"}
        environment |= {name: value for name, value in os.environ.items()
                        if name.endswith("SAN_OPTIONS")}
        self.run("-u", "-f", "/dev/null", "new-session", "-d", "-x", str(cols), "-y", str(rows),
                 "-c", str(folder), "PS1='$ ' exec sh -i", env=environment)

    def close(self):
        self.run("kill-server", check=False)

    def run(self, *command, env=None, check=True):
        done = subprocess.run(["tmux", "-S", str(self.socket), *command], env=env, timeout=30,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        output = done.stdout.decode("utf-8", "replace")
        assert done.returncode == 0 or not check, f"tmux {command[0]}: {output}"
        return output

    def type(self, text):
        self.run("send-keys", "-l", "--", text)

    def keys(self, *names):
        """As tmux calls them: Enter, Left, C-d, M-b."""
        self.run("send-keys", *names)

    def paste(self, text):
        """As with the mouse: marked as pasted if the program asked for that."""
        self.run("set-buffer", "--", text)
        self.run("paste-buffer", "-p", "-r")

    def resize(self, cols, rows):
        self.run("resize-window", "-x", str(cols), "-y", str(rows))

    def screen(self):
        """The rows on the screen, without what is blank at their ends."""
        return [row.rstrip() for row in self.run("capture-pane", "-p").split("\n")[:-1]]

    def everything(self):
        """The rows on the screen and all that scrolled off it, without blank ones."""
        rows = self.run("capture-pane", "-p", "-S", "-").split("\n")
        return [row.rstrip() for row in rows if row.strip()]

    def cursor(self):
        """Column and row, from 0."""
        return tuple(map(int, self.run("display-message", "-p", "#{cursor_x} #{cursor_y}").split()))

    def wait(self, wanted, what):
        """Looks at the screen until wanted(rows) holds, and returns those rows."""
        deadline = Deadline()
        while True:
            rows = self.screen()
            if wanted(rows):
                return rows
            assert not deadline.passed(), f"{what} did not come:\n" + "\n".join(rows)
            pause(LOOK_SECONDS)

    def wait_shown(self, *texts):
        """Until the last rows that are not blank are these."""
        def wanted(rows):
            there = [row for row in rows if row]
            return there[-len(texts):] == list(texts)
        return self.wait(wanted, f"{texts}")

    def wait_cursor(self, col, row):
        self.wait(lambda rows: self.cursor() == (col, row), f"the cursor at {col}, {row}")

    def shell(self, command):
        """Runs a command in the shell, and does not wait for it."""
        self.type(command)
        self.keys("Enter")

    def signal(self, name):
        """A command for the shell to say that it got so far; see wait_signal()."""
        return f"tmux -S {self.socket} wait-for -S {name}"

    def wait_signal(self, name):
        self.run("wait-for", name)
