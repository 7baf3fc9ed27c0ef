"""Logging in, as a client does it: the other halves of SASL's mechanisms and of TOTP."""

import base64
import hashlib
import hmac
import os
import struct
import time


def sha(key, text):
    return hmac.digest(key, text, "sha256")


def totp(secret, now=None):
    """The code of a secret in base32 (RFC 6238)."""
    step = int(now if now is not None else time.time()) // 30
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", step), "sha1")
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at:at + 4])[0] & 0x7FFFFFFF) % 1000000:06}"


def authenticate(client, data):
    """Says a message of SASL, in chunks."""
    text = base64.b64encode(data).decode()
    while True:
        client.say(f"AUTHENTICATE {text[:400] or '+'}")
        if len(text) < 400:
            return
        text = text[400:]


def challenge(client):
    """What the server says next, unless it says how it ended: then that numeric."""
    data = ""
    while True:
        message = client.message()
        if message.command != "AUTHENTICATE":
            return message.command
        part = message.params[0]
        data += "" if part == "+" else part
        if len(part) < 400:
            return base64.b64decode(data)


def ended(client):
    """The numeric that says how it ended: after 900, 903."""
    numeric = client.message().command
    return client.message().command if numeric == "900" else numeric


def plain(client, account, password, acts_as=""):
    client.say("AUTHENTICATE PLAIN")
    assert challenge(client) == b""
    authenticate(client, "\0".join([acts_as, account, password]).encode())
    return ended(client)


def external(client, acts_as=""):
    client.say("AUTHENTICATE EXTERNAL")
    assert challenge(client) == b""
    authenticate(client, acts_as.encode())
    return ended(client)


def scram(client, account, password, seen=None):
    """RFC 5802; seen becomes what the server said of the account's password: salt and iterations."""
    client.say("AUTHENTICATE SCRAM-SHA-256")
    assert challenge(client) == b""
    nonce = base64.b64encode(os.urandom(12)).decode()
    bare = f"n={account.replace('=', '=3D').replace(',', '=2C')},r={nonce}"
    authenticate(client, f"n,,{bare}".encode())
    first = challenge(client)
    if not isinstance(first, bytes):
        return first
    said = dict(part.split("=", 1) for part in first.decode().split(","))
    assert said["r"].startswith(nonce) and len(said["r"]) > len(nonce)
    if seen is not None:
        seen.update(s=said["s"], i=said["i"])
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), base64.b64decode(said["s"]), int(said["i"]))
    key = sha(salted, b"Client Key")
    final = f"c=biws,r={said['r']}"
    signed = f"{bare},{first.decode()},{final}".encode()
    proof = bytes(a ^ b for a, b in zip(key, sha(hashlib.sha256(key).digest(), signed)))
    authenticate(client, f"{final},p={base64.b64encode(proof).decode()}".encode())
    last = challenge(client)
    if not isinstance(last, bytes):
        return last
    assert last.decode() == "v=" + base64.b64encode(sha(sha(salted, b"Server Key"), signed)).decode()
    client.say("AUTHENTICATE +")
    return ended(client)
