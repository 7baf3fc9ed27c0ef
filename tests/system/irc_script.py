#!/usr/bin/python3
"""A script as people write them with Python's irc package: HOST PORT NICK PASSWORD on the command line,
where no password means not to log in. Then on standard input one method of the connection a line, with
its arguments behind tabs: "join\t#茶馆". What happens is printed: the kind of event, whose it is, where
it goes, and the rest."""

import base64
import os
import select
import sys

import irc.client

# Renamed in version 9 of the package.
REACTOR = getattr(irc.client, "Reactor", None) or irc.client.IRC


class Connection(irc.client.ServerConnection):
    """The package knows no SASL, but says a password before anything else."""

    def pass_(self, password):
        self.send_raw("CAP REQ :sasl")

    def log_in(self, event):
        if event.type == "cap" and event.arguments[0] == "ACK":
            self.send_raw("AUTHENTICATE PLAIN")
        elif event.type == "authenticate":
            words = f"\0{self.nickname}\0{self.password}".encode()
            self.send_raw(f"AUTHENTICATE {base64.b64encode(words).decode()}")
        elif event.type == "903":
            self.send_raw("CAP END")


def show(connection, event):
    if event.type != "all_raw_messages":
        source = str(event.source).split("!")[0]
        print(event.type, source, event.target, *event.arguments, sep="\t", flush=True)
        connection.log_in(event)


def main():
    host, port, nick, password = sys.argv[1:]
    reactor = REACTOR()
    reactor.add_global_handler("all_events", show)
    connection = Connection(reactor)
    reactor.connections.append(connection)
    connection.connect(host, int(port), nick, password)
    orders = b""
    while connection.is_connected():
        ready, _, _ = select.select([connection.socket, sys.stdin], [], [])
        if connection.socket in ready:
            reactor.process_data([connection.socket])
        if sys.stdin in ready:
            more = os.read(sys.stdin.fileno(), 4096)
            if not more:  # whoever drives us is gone
                return
            *lines, orders = (orders + more).split(b"\n")
            for line in lines:
                name, *arguments = line.decode().split("\t")
                getattr(connection, name)(*arguments)


if __name__ == "__main__":
    main()
