#!/usr/bin/env python3
"""A minimal client of HBP/2, the Heartbeat bus protocol. Numbers such as M42 refer to docs/PROTOCOL.md.

It checks of the frames it receives what it relies on; a server has to check more. It does not reconnect.
"""
import argparse, collections, random, secrets, select, socket, struct, sys, time

MORE, END, HEAD, IGNORABLE, CONNECTION, FULL = 0x01, 0x02, 0x04, 0x80, 0xFFFFFFFF, 16384
(MALFORMED, UNSUPPORTED_VERSION, UNKNOWN_TYPE, BAD_FLAGS, FRAME_TOO_LARGE, UNEXPECTED_FRAME, CREDIT_EXCEEDED,
 TOO_MANY_ERRORS, UNKNOWN_CHANNEL, MESSAGE_TOO_LARGE, UNSUPPORTED) = 1, 2, 3, 4, 5, 6, 9, 10, 40, 41, 50
# Longest payload, critical TLVs, layout: struct codes, then *: bytes behind a u8 length, +: TLVs, .: the rest as it is.
TYPES = {
    "HEARTBEAT_REQ": (4096, {1}, "QQ+"),
    "HEARTBEAT_RES": (4096, {}, "QQ+"),
    "DATA": (FULL, {1, 2, 3, 4, 5, 6}, "."),
    "PING": (64, {}, "."),
    "PONG": (64, {}, "."),
    "REGISTER": (FULL, {1, 2, 3, 4}, "QIQQ*+"),
    "UNREGISTER": (4096, {}, "+"),
    "ERROR": (4096, range(128), "BH+"),
    "REGISTERED": (4096, {}, "QIIIIIIIQQ+"),
    "CHANNEL_OPEN": (4096, {}, "QB*"),
    "CHANNEL_ACCEPT": (4096, {}, "Q"),
    "CHANNEL_RESET": (4096, {}, "H+"),
    "CREDIT": (8, {}, "Q"),
    "GO_AWAY": (4096, {}, "BHI+"),
    "UPDATE": (FULL, {1}, "+"),
}
NAMES = dict(enumerate(TYPES, 1))
NUMBERS = {name: number for number, name in NAMES.items()}
# The type is a name, or the number of an unknown one. TLVs are pairs of type and value; those of DATA are in its HEAD.
Frame = collections.namedtuple("Frame", "type fields tlvs data stream flags", defaults=((), (), b"", 0, 0))


class Fault(Exception):
    """An error of the connection: a code of section 8 (0: close without a word, M1) and a text."""


def encode(frame):
    layout = TYPES[frame.type][2] if frame.type in TYPES else "."
    codes = layout.rstrip("*+.")
    payload = struct.pack(">" + codes, *frame.fields[:len(codes)])
    if "*" in layout:
        payload += bytes([len(frame.fields[-1])]) + frame.fields[-1]
    tlvs = b"".join(struct.pack(">BH", tlv, len(value)) + value for tlv, value in frame.tlvs)
    head = struct.pack(">H", len(tlvs)) if frame.type == "DATA" and frame.flags & HEAD else b""
    payload += head + tlvs + frame.data
    number = NUMBERS.get(frame.type, frame.type)
    return struct.pack(">BBBBII", 0xAB, 2, number, frame.flags, frame.stream, len(payload)) + payload


def decode(data):
    """The first frame of the bytes and how many of them it took, or (None, 0) while it is incomplete."""
    if len(data) < 12:
        return None, 0
    magic, version, number, flags, stream, length = struct.unpack(">BBBBII", data[:12])
    name = NAMES.get(number, number)
    longest, _, layout = TYPES.get(name, (4096, (), "."))
    allowed = MORE | END | HEAD if name == "DATA" else 0 if name in TYPES else 0xFF
    for wrong, code in ((magic != 0xAB, 0), (version != 2 and name != "ERROR", UNSUPPORTED_VERSION),
                        (name not in TYPES and not flags & IGNORABLE, UNKNOWN_TYPE),
                        (flags & ~allowed & ~IGNORABLE, BAD_FLAGS), (length > longest, FRAME_TOO_LARGE)):
        if wrong:
            raise Fault(code, "the header " + bytes(data[:12]).hex())
    if len(data) < 12 + length:
        return None, 0
    rest, codes, tlvs = bytes(data[12:12 + length]), layout.rstrip("*+."), ()
    try:
        size = struct.calcsize(">" + codes)
        fields, rest = struct.unpack(">" + codes, rest[:size]), rest[size:]
        if "*" in layout:
            value, rest = cut(rest[1:], rest[0])
            fields += (value,)
        if name == "DATA" and flags & HEAD:
            head, rest = cut(rest[2:], *struct.unpack(">H", rest[:2]))
            tlvs = decode_tlvs(name, head)
        if "+" in layout:
            tlvs, rest = decode_tlvs(name, rest), b""
    except (struct.error, IndexError):
        raise Fault(MALFORMED, "%s is too short" % name) from None
    if rest and "." not in layout or stream and name in ("PING", "PONG"):
        raise Fault(MALFORMED, "%s is too long or has a stream id" % name)
    return Frame(name, fields, tlvs, rest, stream, flags), 12 + length


def decode_tlvs(name, data):
    tlvs = []
    while data:
        tlv, size = struct.unpack(">BH", data[:3])
        value, data = cut(data[3:], size)
        if tlv < 0x80 and tlv not in TYPES[name][1]:
            raise Fault(MALFORMED, "the unknown critical TLV 0x%02x in %s" % (tlv, name))
        tlvs.append((tlv, value))
    return tuple(tlvs)


def cut(data, size):
    return struct.unpack("%ds" % size, data[:size])[0], data[size:]


class Peer:
    """One connection of one node. It lives in poll(), which tells what has happened as pairs of a kind and a value."""

    def __init__(self, host, port, node_id, incarnation=None, attempt=1, window=65536):
        self.events, self.queue, self.sent, self.buffer = [], collections.deque(), 0, bytearray()
        # Only channel 0 is ever open, so one count a direction serves channel and connection (section 7).
        self.window, self.received, self.granted = window, 0, window
        self.limits, self.written = {0: 0, CONNECTION: 0}, 0
        self.message, self.missing, self.more = None, 0, False    # what is being received; None: it is dropped
        self.position, self.errors = 0, 0
        self.registered = self.rtt = None
        self.closed = self.suspected = False
        self.heard = self.beat = time.monotonic()
        self.sock = socket.create_connection((host, port), 10)
        incarnation = incarnation or secrets.randbits(64) or 1
        self.put("REGISTER", (incarnation, attempt, window, window, node_id.encode("ascii")))

    def put(self, *frame, **more):
        data = encode(Frame(*frame, **more))
        self.sock.sendall(data)                           # may wait: a server reads on while it cannot write
        return len(data)

    def send(self, message):
        """Queues a message; poll() sends it as the credit allows."""
        self.queue.append(message)

    def poll(self, seconds):
        """Works until something has happened, at most for so long."""
        until = time.monotonic() + seconds
        try:
            while not self.events and not self.closed and time.monotonic() < until:
                if select.select([self.sock], [], [], 0.02)[0]:
                    data = self.sock.recv(65536)
                    if not data:
                        self.close("end of stream")
                    self.buffer += data
                while not self.closed and self.read():
                    pass
                if self.registered and not self.closed:
                    self.keep_alive(time.monotonic())     # after reading, so that what lay unread is no silence
                    self.write()
        except Fault as fault:
            if fault.args[0]:
                self.put("ERROR", (0, fault.args[0]), ((1, fault.args[1].encode()),))
            self.close("fault %d: %s" % fault.args)
        except OSError as error:
            self.close(str(error))
        events, self.events = self.events, []
        return events

    def keep_alive(self, now):
        """Beats at a fixed rate, leaving out what was missed (M26), and watches the silence of the server (M29)."""
        interval, suspect, timeout = (value / 1000 for value in self.registered.fields[1:4])
        every = int.from_bytes(dict(self.registered.tlvs).get(0x81, b"\1"), "big")
        if now >= self.beat:
            rtt = () if self.rtt is None else ((0x82, struct.pack(">I", min(int(self.rtt * 1e6), 0xFFFFFFFF))),)
            self.put("HEARTBEAT_REQ", (time.monotonic_ns(), self.position), rtt)
            self.beat += interval * (1 + (now - self.beat) // interval)
        if every > 1:                                     # an answer to some beats only is no silence
            suspect, timeout = max(suspect, (every + 1) * interval), max(timeout, (every + 2) * interval)
        if now - self.heard > timeout:
            self.close("the server was silent")
        elif now - self.heard > suspect and not self.suspected:
            self.suspected = True
            self.put("PING")

    def write(self):
        """Sends what the limits allow, cutting messages to fit, so that no limit can stop one for good."""
        while self.queue and not self.closed:
            message, tlvs, room = self.queue[0], (), min(FULL, min(self.limits.values()) - self.written - 12)
            if self.sent == 0 and len(message) > room:
                tlvs, room = ((6, struct.pack(">I", len(message))),), room - 9
            if room < min(1, len(message)):
                return
            part = message[self.sent:self.sent + room]
            self.sent += len(part)
            more = self.sent < len(message)
            flags = (MORE if more else 0) | (HEAD if tlvs else 0)
            self.written += self.put("DATA", (), tlvs, part, 0, flags)
            if not more:
                self.events.append(("sent", self.queue.popleft()))
                self.sent = 0

    def read(self):
        frame, size = decode(self.buffer)
        del self.buffer[:size]
        if frame:
            self.heard, self.suspected = time.monotonic(), False
            if frame.type in TYPES:
                self.receive(frame, size)
        return frame

    def receive(self, frame, size):
        name, fields = frame.type, frame.fields
        if name in ("REGISTER", "UNREGISTER", "UPDATE") or name.startswith("CHANNEL") and frame.stream == 0 \
                or name not in ("PING", "PONG", "ERROR", "GO_AWAY") and (name == "REGISTERED") == bool(self.registered):
            raise Fault(UNEXPECTED_FRAME, name)
        self.position += name in ("CHANNEL_OPEN", "CHANNEL_ACCEPT", "DATA", "CHANNEL_RESET")
        if name == "REGISTERED":
            if min(fields[8:]) < 12 + FULL or max(fields[8:]) >> 63 or not fields[1]:
                raise Fault(MALFORMED, "no interval, or a limit out of bounds")
            self.registered, self.limits = frame, {CONNECTION: fields[8], 0: fields[9]}
            self.beat = time.monotonic() + random.random() * fields[1] / 1000
        elif name == "PING":
            self.put("PONG", data=frame.data)
        elif name == "HEARTBEAT_RES":
            self.rtt = (time.monotonic_ns() - fields[0]) / 1e9
        elif name == "CREDIT" and fields[0] >> 63:
            raise Fault(MALFORMED, "a limit of 2^63 or more")
        elif name == "CREDIT" and frame.stream in self.limits:
            self.limits[frame.stream] = max(self.limits[frame.stream], fields[0])
        elif name in ("CHANNEL_OPEN", "CHANNEL_ACCEPT", "CREDIT"):
            code = UNSUPPORTED if name == "CHANNEL_OPEN" else UNKNOWN_CHANNEL
            self.complain("CHANNEL_RESET", (code,), stream=frame.stream)
        elif name == "DATA":
            self.receive_data(frame, size)
        if name == "HEARTBEAT_RES":
            self.events.append(("rtt", self.rtt))
        elif name != "DATA":
            self.events.append((name.lower().replace("_", "-"), frame))
        if name in ("ERROR", "GO_AWAY") and (fields[0] not in (1, 2) or not self.registered):
            self.close(name)

    def receive_data(self, frame, size):
        """Every frame counts as taken when it arrives, for poll() hands the message over as soon as it is whole."""
        self.received += size
        if self.received > self.granted:
            raise Fault(CREDIT_EXCEEDED, "%d bytes of DATA, expected at most %d" % (self.received, self.granted))
        if frame.stream:
            self.complain("CHANNEL_RESET", (UNKNOWN_CHANNEL,), stream=frame.stream)
        else:
            self.assemble(dict(frame.tlvs), frame.data, frame.flags)
        # What is missing of a message, dropped or not, is granted at once (M42), the rest by halves of the window.
        limit = self.received + self.window + self.missing
        if limit - self.granted >= self.window // 2 or self.missing or self.granted - self.received < 12 + FULL:
            self.granted = limit
            for stream in self.limits:
                self.put("CREDIT", (limit,), stream=stream)

    def assemble(self, head, data, flags):
        first, more = not self.more, bool(flags & MORE)
        if flags & END:
            raise Fault(UNEXPECTED_FRAME, "END on channel 0")
        if more and not data or first and more and 6 not in head or not first and flags & HEAD:
            raise Fault(MALFORMED, "a fragment that is empty, or whose HEAD is missing or misplaced")
        if first:
            self.missing = int.from_bytes(head[6], "big") if 6 in head else len(data)
            too_large = self.missing > self.registered.fields[5]
            self.message = None if too_large or head.keys() & {1, 2, 3, 4, 5} else bytearray()
            if self.message is None:
                self.complain("ERROR", (2, MESSAGE_TOO_LARGE if too_large else UNSUPPORTED))
        self.missing, self.more = self.missing - len(data), more
        if self.missing < 0 or self.missing and not more:
            raise Fault(MALFORMED, "fragments that do not add up to the total")
        if self.message is not None:
            self.message += data
            if not more:
                self.events.append(("message", bytes(self.message)))

    def complain(self, *frame, **more):
        """Tells an error of narrower scope, of which a connection bears 16 (M46)."""
        self.errors += 1
        if self.errors > 16:
            raise Fault(TOO_MANY_ERRORS, "%d errors" % self.errors)
        self.put(*frame, **more)

    def leave(self, text=""):
        """Ends the stay of the node; what is still queued is not sent."""
        if self.registered and not self.closed:
            self.put("UNREGISTER", (), ((0x81, text.encode()),) if text else ())
        self.close("left")

    def close(self, why):
        """Ends the sending side and reads what still comes, so that no reset overtakes the last frame (M47)."""
        if self.closed:
            return
        self.closed = True
        self.events.append(("closed", why))
        try:
            self.sock.shutdown(socket.SHUT_WR)
            until = time.monotonic() + 3
            while select.select([self.sock], [], [], max(0, until - time.monotonic()))[0] and self.sock.recv(65536):
                pass
        except OSError:
            pass                                          # the other side was faster
        self.sock.close()


def describe(kind, value):
    if kind == "registered":
        return "epoch %d, interval %d ms, suspect after %d ms, timeout %d ms" % value.fields[:4]
    if kind == "rtt":
        return "%.3f ms" % (value * 1000)
    if kind == "credit":
        return "up to %d on %s" % (value.fields[0], "channel 0" if value.stream == 0 else "the connection")
    if kind in ("error", "go-away"):
        text = dict(value.tlvs).get(1 if kind == "error" else 0x81, b"").decode("utf-8", "replace")
        return "scope %d, %s %d %s" % (value.fields[0], "code" if kind == "error" else "reason", value.fields[1], text)
    if kind in ("message", "sent"):
        return value.decode("utf-8", "replace") if len(value) <= 200 else "of %d bytes" % len(value)
    return value if isinstance(value, str) else value.data.decode("utf-8", "replace")


def main():
    parser = argparse.ArgumentParser(description="Registers a node on a Heartbeat server and tells what happens.")
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    parser.add_argument("node_id")
    parser.add_argument("--send", action="append", default=[], metavar="TEXT", help="a message; may be repeated")
    parser.add_argument("--seconds", type=float, default=10, metavar="N", help="how long to stay (10)")
    parser.add_argument("--expect", action="append", default=[], metavar="TEXT",
                        help="leave as soon as this message has come, and fail if it does not; may be repeated")
    options = parser.parse_args()
    missing, ok = collections.Counter(options.expect), False
    try:
        peer = Peer(options.host, options.port, options.node_id)
    except OSError as error:
        print("closed", error)
        return 1
    for text in options.send:
        peer.send(text.encode())
    until = time.monotonic() + options.seconds
    while not peer.closed:
        for kind, value in peer.poll(max(0, until - time.monotonic())):
            print(kind, describe(kind, value), flush=True)
            if kind == "message":
                missing -= collections.Counter([value.decode("utf-8", "replace")])
        done = bool(options.expect) and not missing and not peer.queue
        if not peer.closed and (done or time.monotonic() >= until):
            ok = bool(peer.registered) and not missing and not peer.queue
            peer.leave()
            print("left", flush=True)
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
