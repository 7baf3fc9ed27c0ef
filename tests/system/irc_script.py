#!/usr/bin/python3
"""A script as people write them with Python's irc package: HOST PORT NICK on the command line, then on
standard input one method of the connection a line, with its arguments behind tabs: "join\t#茶馆". What
happens is printed: the kind of event, whose it is, where it goes, and the rest."""

import os
import select
import sys

import irc.client

# Renamed in version 9 of the package.
REACTOR = getattr(irc.client, "Reactor", None) or irc.client.IRC


def show(_connection, event):
    if event.type != "all_raw_messages":
        source = str(event.source).split("!")[0]
        print(event.type, source, event.target, *event.arguments, sep="\t", flush=True)


def main():
    host, port, nick = sys.argv[1:]
    reactor = REACTOR()
    reactor.add_global_handler("all_events", show)
    connection = reactor.server().connect(host, int(port), nick)
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
