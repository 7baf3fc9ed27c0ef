"""A socket that speaks TLS and can be used like a plain one, and certificates for servers to show."""

import errno
import select
import socket
import ssl
import subprocess
import time

RECORD_BYTES = 16384


def any_server():
    """A context that asks nothing about the server's certificate: what most tests want."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


ANY_SERVER = any_server()


class TlsSocket:
    """Around a socket that is not connected yet. It blocks, times out or does neither as that one is set
    to. All that has come is taken at once, so that poll() on the socket tells when there is more."""

    def __init__(self, sock, context=ANY_SERVER, name=None, session=None):
        self.sock = sock
        self._came, self._to_send = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self._came, self._to_send, server_hostname=name, session=session)
        self._sent = b""  # encrypted, and not taken by the socket yet
        self._read = b""  # decrypted, and not asked for yet
        self._ended = False
        self.is_in = False  # the handshake is done

    def __getattr__(self, name):
        """What is the socket's own business: settimeout(), setsockopt(), fileno(), close() ..."""
        return getattr(self.sock, name)

    @property
    def unsent(self):
        return len(self._sent) + self._to_send.pending

    def _flush(self):
        self._sent += self._to_send.read()
        while self._sent:
            self._sent = self._sent[self.sock.send(self._sent):]

    def _take(self):
        """Reads the socket once."""
        data = self.sock.recv(262144)
        if data:
            self._came.write(data)
        else:
            self._came.write_eof()

    def handshake(self):
        while not self.is_in:
            try:
                self.tls.do_handshake()
                self.is_in = True
            except ssl.SSLWantReadError:
                self._flush()
                self._take()
            except ssl.SSLEOFError as problem:
                raise ConnectionResetError(errno.ECONNRESET, "ended in the handshake") from problem
        self._flush()

    def connect(self, address):
        self.sock.connect(address)
        self.handshake()

    def send(self, data):
        """Some of it; what is encrypted already goes first."""
        self.handshake()
        if not data:
            return 0
        size = self.tls.write(data[:RECORD_BYTES])
        try:
            self._flush()
        except BlockingIOError:
            pass
        return size

    def sendall(self, data):
        while data:
            data = data[self.send(data):]

    def _decrypt(self):
        while not self._ended:
            try:
                data = self.tls.read(RECORD_BYTES)
                self._read += data
                self._ended = not data
            except ssl.SSLWantReadError:
                return
            except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
                self._ended = True

    def recv(self, size):
        """As a plain one does: b"" at the end, with close_notify or without."""
        self.handshake()
        self._decrypt()
        while not self._read and not self._ended:
            self._take()
            self._decrypt()
        data, self._read = self._read[:size], self._read[size:]
        return data

    def readable(self, seconds):
        """Whether recv() would return at once, within so many seconds: some records bring nothing."""
        end = time.monotonic() + seconds
        poll = select.poll()
        poll.register(self.sock, select.POLLIN)
        while not self._read and not self._ended:
            if not poll.poll(max(0.0, end - time.monotonic()) * 1000):
                return False
            try:
                self._take()
            except ConnectionResetError:
                return True
            self._decrypt()
        return True

    def shutdown(self, how):
        """With a close_notify first."""
        assert how == socket.SHUT_WR
        try:
            self.tls.unwrap()
        except ssl.SSLWantReadError:
            pass
        self._flush()
        self.sock.shutdown(how)


def openssl(*arguments, **options):
    """Runs openssl, which must succeed; what it prints."""
    return subprocess.run(["openssl", *map(str, arguments)], check=True, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options).stdout.decode()


def make_certificate(folder, name, kind=("ec", "-pkeyopt", "ec_paramgen_curve:P-256")):
    """A certificate for a host, and its key: the paths of two files in folder."""
    folder.mkdir(exist_ok=True)
    cert, key = folder / f"{name}.pem", folder / f"{name}.key"
    openssl("req", "-x509", "-nodes", "-newkey", *kind, "-keyout", key, "-out", cert, "-days", 10,
            "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}")
    return cert, key


def fingerprint(cert):
    """Of a PEM file, as openssl has it: "AA:BB:..."."""
    return openssl("x509", "-in", cert, "-noout", "-fingerprint", "-sha256").strip().split("=")[1]
