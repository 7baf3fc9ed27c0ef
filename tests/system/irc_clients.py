"""IRC clients that people use, and how each thing is done with them. What they show, they show in files,
or print. See driven.py.

What each can do: register(password), join(), say(text) to its room, tell(nick, text), topic(text),
op(nick), voice(nick), ban(mask), kick(nick, why), rename(nick), part(), quit()."""

import subprocess
from pathlib import Path

from driven import Client, Folder, InTerminal, Pipe, WireLog, WithoutWire
from ircguest import IrcClient
from teahouse import Lines
from tls import fingerprint


class Slash:
    """What people type in most clients: order() in the window of the server, here() in that of the room."""

    def here(self, text):
        self.order(text)

    def register(self, password):
        self.order(f"/msg NickServ REGISTER {password}")

    def join(self):
        self.order(f"/join {self.room}")

    def say(self, text):
        self.here(text)

    def tell(self, nick, text):
        self.order(f"/msg {nick} {text}")

    def topic(self, text):
        self.here(f"/topic {text}")

    def op(self, nick):
        self.here(f"/op {nick}")

    def voice(self, nick):
        self.here(f"/voice {nick}")

    def ban(self, mask):
        self.here(f"/ban {mask}")

    def kick(self, nick, why):
        self.here(f"/kick {nick} {why}")

    def rename(self, nick):
        self.order(f"/nick {nick}")

    def part(self):
        self.here("/part")

    def quit(self):
        self.order("/quit")


class Irssi(Slash, InTerminal):
    """Its windows are logged to files."""

    STARTUP = """\
set autolog ON
set autolog_level ALL
set autolog_path {shown}/$$0.log
set real_name irssi
set paste_detect_time 0
network add -nick {nick} -cmdspeed 10 -cmdmax 100{sasl} house
server add -network house {tls} {host} {port}
{more}connect house
"""
    MORE = ""
    SASL = " -sasl_mechanism PLAIN -sasl_username {nick} -sasl_password {password}"

    def start(self):
        home = self.folder / "home"
        home.mkdir()
        words = {"shown": self.shown.path, "host": self.host, "port": self.port, "nick": self.nick,
                 "room": self.room, "password": self.password}
        words["sasl"] = self.SASL.format(**words) if self.password else ""
        words["tls"], words["more"] = self.tls(), self.MORE.format(**words)
        (home / "startup").write_text(self.STARTUP.format(**words))
        self.run("irssi", "--home", home, "--config", home / "config")

    def tls(self):
        return "-notls"

    def wait_welcome(self):
        self.wire.wait_asked(rf"^MODE {self.nick} ")  # what it does when it is welcome


class TlsIrssi(WithoutWire, Irssi):
    MORE = "channel add -auto {room} house\n"

    def tls(self):
        return f"-tls -notls_verify -tls_pinned_cert {fingerprint(self.certificate)}"

    def wait_welcome(self):
        pass  # the others see it enter

    def wait_in(self):
        """It knows that it is in the room."""
        self.shows("has joined")

    def say(self, text):
        self.order(f"/msg {self.room} {text}")


class WeeChat(Slash, Client):
    """Without a terminal; orders come through a pipe, and its buffers are logged to files."""

    def start(self):
        home = self.folder / "home"
        self.launch(home)
        self.wire.wait_asked("^NICK ")  # it got as far as its last order
        self.pipe = Pipe(next(home.glob("weechat_fifo_*")))

    def launch(self, home, options=""):
        if self.password:
            options += (f" -sasl_mechanism=scram-sha-256 -sasl_username={self.nick}"
                        f" -sasl_password={self.password}")
        orders = [f"/set logger.file.path {self.shown.path}",
                  "/set logger.file.flush_delay 0",
                  # One order in two seconds is what it would send otherwise.
                  "/set irc.server_default.anti_flood_prio_high 0",
                  "/set irc.server_default.anti_flood_prio_low 0",
                  f"/server add house {self.host}/{self.port} -nicks={self.nick}{options}",
                  "/fifo enable",
                  "/connect house"]
        words = [word for order in orders for word in ("--run-command", order)]
        self.run("weechat-headless", "--dir", home, *words)

    def order(self, text, buffer="server.house"):
        self.pipe.say(f"irc.{buffer} *{text}")

    def here(self, text):
        """In the room's window."""
        self.order(text, f"house.{self.room}")

    def close(self):
        super().close()
        if hasattr(self, "pipe"):
            self.pipe.close()


class TlsWeeChat(WithoutWire, WeeChat):
    def start(self):
        home = Folder(self.folder / "home")
        try:
            self.launch(home.path, " -ssl -ssl_fingerprint="
                        f"{fingerprint(self.certificate).replace(':', '').lower()} -autojoin={self.room}")
            self.pipe = Pipe(home.wait_file("weechat_fifo_*"))
        finally:
            home.close()

    def wait_welcome(self):
        pass

    def wait_in(self):
        self.shown.wait_file(f"*.{self.room}.weechatlog")


class Catgirl(Slash, InTerminal):
    """It speaks nothing but TLS, and tells what it says and is told when it debugs. It says goodbye and
    goes, and hears no answer."""

    scheme = "ircs"
    hears_goodbye = False

    def make_wire(self):
        self.host, self.port = self.server.address_of(self.scheme)
        return WireLog(self.folder / "wire")

    def start(self):
        login = ["-a", f"{self.nick}:{self.password}"] if self.password else []
        with open(self.wire.file, "wb") as wire:
            self.run("env", f"XDG_DATA_HOME={self.shown.path}", "catgirl", "-v", "-l", "-h", self.host,
                     "-p", self.port, "-n", self.nick, "-t", self.certificate, *login, stderr=wire)

    def wait_welcome(self):
        self.wire.wait_said("^:?[^ ]* 422 ")

    def register(self, password):
        self.order(f"/ns REGISTER {password}")


class Ii(Client):
    """Nothing but pipes and files: one of each for the server, and for every room. It knows no SASL."""

    def start(self):
        login = ["env", f"IIPASS={self.nick}:{self.password}"] if self.password else []
        self.run(*login, "ii", "-s", self.host, "-p", self.port, "-n", self.nick, "-i",
                 self.shown.path, *(["-k", "IIPASS"] if login else []))
        self.pipes = [Pipe(self.shown.wait_file(f"{self.host}/in"))]

    def order(self, text):
        self.pipes[0].say(text)

    def register(self, password):
        self.order(f"/REGISTER * * {password}")

    def join(self):
        self.order(f"/j {self.room}")
        # It knows no letters but those of ASCII in a file's name.
        self.pipes.append(Pipe(self.shown.wait_file("#*/in")))

    def say(self, text):
        self.pipes[1].say(text)

    def tell(self, nick, text):
        self.order(f"/j {nick} {text}")

    def topic(self, text):
        self.pipes[1].say(f"/t {text}")

    def op(self, nick):
        self.order(f"/MODE {self.room} +o {nick}")

    def voice(self, nick):
        self.order(f"/MODE {self.room} +v {nick}")

    def ban(self, mask):
        self.order(f"/MODE {self.room} +b {mask}")

    def kick(self, nick, why):
        self.order(f"/KICK {self.room} {nick} :{why}")

    def rename(self, nick):
        self.order(f"/n {nick}")

    def part(self):
        self.pipes[1].say("/l")

    def quit(self):
        self.order("/q")

    def close(self):
        super().close()
        for pipe in getattr(self, "pipes", []):
            pipe.close()


class IrcScript(Client):
    """irc_script.py: Python's irc package, which knows no SASL but lets one say anything."""

    def start(self):
        script = Path(__file__).with_name("irc_script.py")
        self.run("/usr/bin/python3", script, self.host, self.port, self.nick, self.password or "",
                 stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.printed = Lines(self.process.stdout)

    def order(self, *words):
        self.process.stdin.write("\t".join(words).encode() + b"\n")
        self.process.stdin.flush()

    def shows(self, text):
        assert self.printed.wait(lambda line: text in line), self.printed.text()

    def times_shown(self, text):
        return sum(text in line for line in self.printed.text().splitlines())

    def register(self, password):
        self.order("send_raw", f"REGISTER * * {password}")

    def join(self):
        self.order("join", self.room)

    def say(self, text):
        self.order("privmsg", self.room, text)

    def tell(self, nick, text):
        self.order("privmsg", nick, text)

    def topic(self, text):
        self.order("topic", self.room, text)

    def op(self, nick):
        self.order("mode", self.room, f"+o {nick}")

    def voice(self, nick):
        self.order("mode", self.room, f"+v {nick}")

    def ban(self, mask):
        self.order("mode", self.room, f"+b {mask}")

    def kick(self, nick, why):
        self.order("kick", self.room, nick, why)

    def rename(self, nick):
        self.order("nick", nick)

    def part(self):
        self.order("part", self.room)

    def quit(self):
        self.order("quit")

    def close(self):
        super().close()
        if self.process:
            self.process.stdin.close()
            self.printed.join()
            self.process.stdout.close()


class Limnoria(Client):
    """A bot: its owner is a guest of the same server, who tells it what to do in private. It logs what
    happens in rooms, but nothing that was before it came, and nothing private."""

    shows_all = False

    SETTINGS = """\
supybot.protocols.irc.strictRfc: False
supybot.protocols.irc.throttleTime: 0
supybot.protocols.irc.experimentalExtensions: True
supybot.nick: {nick}
supybot.networks: house
supybot.networks.house.servers: {host}:{port}
supybot.networks.house.ssl: False
supybot.networks.house.sasl.username: {nick}
supybot.networks.house.sasl.password: {password}
supybot.networks.house.sasl.required: {required}
supybot.directories.conf: {folder}/conf
supybot.directories.data: {folder}/data
supybot.directories.backup: {folder}/backup
supybot.directories.log: {shown}
supybot.log.stdout: False
supybot.plugins.ChannelLogger.flushImmediately: True
supybot.plugins.Anonymous.allowPrivateTarget: True
supybot.plugins.Anonymous.requirePresenceInChannel: False
"""
    PLUGINS = "Admin Anonymous Channel ChannelLogger Misc Owner Services Topic"
    OWNER = """\
user 1
  name owner
  hashed True
  password x|y
  hostmask {owner}!*@*
  capability owner
"""

    def start(self):
        owner = f"{self.folder.name}的主人"
        words = {"nick": self.nick, "host": self.host, "port": self.port, "folder": self.folder,
                 "shown": self.shown.path,
                 "password": (self.password or "").encode("unicode_escape").decode(),
                 "required": bool(self.password)}
        plugins = "".join(f"supybot.plugins.{name}: True\n" for name in self.PLUGINS.split())
        (self.folder / "bot.conf").write_text(self.SETTINGS.format(**words) + plugins)
        (self.folder / "conf").mkdir()
        (self.folder / "conf/users.conf").write_text(self.OWNER.format(owner=owner))
        self.run("/usr/bin/supybot", "--allow-root", "bot.conf")
        self.owner = IrcClient(self.server, owner)

    def wait_welcome(self):
        self.wire.wait_said(rf" MODE {self.nick} :\+B$")  # it says what it is

    def order(self, text):
        self.owner.say(f"PRIVMSG {self.nick} :{text}")

    def register(self, password):
        self.order(f"services register {password}")

    def join(self):
        self.order(f"join {self.room}")

    def say(self, text):
        self.order(f"say {self.room} {text}")

    def tell(self, nick, text):
        self.order(f"anonymous tell {nick} {text}")

    def topic(self, text):
        self.order(f"topic set {self.room} {text}")

    def op(self, nick):
        self.order(f"op {self.room} {nick}")

    def voice(self, nick):
        self.order(f"voice {self.room} {nick}")

    def ban(self, mask):
        self.order(f"mode {self.room} +b {mask}")

    def kick(self, nick, why):
        self.order(f"kick {self.room} {nick} {why}")

    def rename(self, nick):
        self.order(f"nick {nick}")

    def part(self):
        self.order(f"part {self.room}")

    def quit(self):
        self.order("owner quit")

    def close(self):
        super().close()
        if hasattr(self, "owner"):
            self.owner.close()


CLIENTS = [Irssi, WeeChat, Catgirl, Ii, IrcScript, Limnoria]
TLS_CLIENTS = [TlsIrssi, TlsWeeChat]
