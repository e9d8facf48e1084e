#!/usr/bin/env python3
"""A minimal client of HBP/2, the Heartbeat bus protocol: hbp2.py HOST PORT NODE_ID [AUTHORITIES]

It registers a node, beats, sends each line of its standard input as a message, tells what happens, and leaves at the
end of its input. It connects again only where the server has no room for it (NODE_CAPACITY). With a file of
authorities it speaks TLS, and the server's certificate must lead to one of them and be for the host.
It shows the token in the file that HBP_TOKEN_FILE names, and that file's newest before the registration expires.
Written from docs/PROTOCOL.md alone; numbers such as M42 are to be found there.
"""
import collections, contextlib, os, random, secrets, select, socket, ssl, struct, sys, threading, time

(REQ, RES, DATA, PING, PONG, REGISTER, UNREGISTER, ERROR, REGISTERED, OPEN, ACCEPT, RESET, CREDIT, GO_AWAY,
 UPDATE) = KNOWN = range(1, 16)
(MALFORMED, UNSUPPORTED_VERSION, UNKNOWN_TYPE, BAD_FLAGS, FRAME_TOO_LARGE, UNEXPECTED_FRAME, CREDIT_EXCEEDED,
 TOO_MANY_ERRORS, NODE_CAPACITY, UNKNOWN_CHANNEL, MESSAGE_TOO_LARGE, UNSUPPORTED) = (
     1, 2, 3, 4, 5, 6, 9, 10, 29, 40, 41, 50)
MORE, END, HEAD, IGNORABLE = 0x01, 0x02, 0x04, 0x80
CONNECTION = NEVER = 0xFFFFFFFF
FULL, WINDOW, PATIENCE = 16384, 65536, 5
TAKEN = 1 << 20, 0                                        # the longest message, and channels of the server (M93)
LONGEST = {DATA: FULL, REGISTER: FULL, UPDATE: FULL, PING: 64, PONG: 64, CREDIT: 8}         # others: 4,096
FIELDS = {RES: "QQ", ERROR: "BH", REGISTERED: "QIIIIIIIQQ", CREDIT: "Q", GO_AWAY: "BHI"}    # before the TLVs
TLVS = {REGISTERED: {0x81: [2], 0x86: [4], 0x88: [4]}, GO_AWAY: {0x81: range(513), 0x82: [0]}, DATA: {6: [4]},    # that are looked at,
        ERROR: {1: range(513), 2: range(4096), 3: [4]}}                                     # and their lengths
NOT_OFFERED = range(1, 6)                                                                   # TLVs of DATA (M56)


class Fault(Exception):
    """An error of the connection: a code of section 8, or a text when there is nothing to tell the server."""


def need(condition, fault):
    if not condition:
        raise Fault(fault)


def frame(kind, layout="", *fields, rest=b"", stream=0, flags=0):
    payload = struct.pack(">" + layout, *fields) + rest
    return struct.pack(">BBBBII", 0xAB, 2, kind, flags, stream, len(payload)) + payload


def first_frame(data):
    """Type, flags, stream id and payload of the frame that begins the data, or None while it is incomplete (M7)."""
    here, header = len(data), bytes(data[:12]).ljust(12, b"\0")
    magic, version, kind, flags, stream, length = struct.unpack(">BBBBII", header)
    allowed = 0xFF if kind not in KNOWN else IGNORABLE | (MORE | END | HEAD if kind == DATA else 0)
    need(here < 1 or magic == 0xAB, "this is not HBP")
    need(here < 3 or version == 2 or kind == ERROR, UNSUPPORTED_VERSION)
    need(here < 4 or kind in KNOWN or flags & IGNORABLE, UNKNOWN_TYPE)
    need(here < 4 or not flags & ~allowed, BAD_FLAGS)
    need(here < 12 or length <= LONGEST.get(kind, 4096), FRAME_TOO_LARGE)
    return (kind, flags, stream, bytes(data[12:12 + length])) if here >= 12 + length else None


def parse(kind, flags, payload):
    """Fields, TLVs and remaining bytes of a frame that a client may get; struct.error where they are cut off."""
    layout = ">" + FIELDS.get(kind, "H" if kind == DATA and flags & HEAD else "")
    fields, rest, tlvs = struct.unpack_from(layout, payload), payload[struct.calcsize(layout):], {}
    end = len(rest) if kind in FIELDS else sum(fields)    # of the TLVs: in DATA the field says it
    head, = struct.unpack_from("%ds" % end, rest)
    while head:
        number, size = struct.unpack_from(">BH", head)
        value, = struct.unpack_from("%ds" % size, head, 3)
        if lengths := TLVS.get(kind, {}).get(number):
            need(size in lengths and number not in tlvs, MALFORMED)
        else:
            need(number >= 0x80 or kind == ERROR or kind == DATA and number in NOT_OFFERED, MALFORMED)
        tlvs[number], head = value, head[3 + size:]
    data, more, total = rest[end:], flags & MORE, int.from_bytes(tlvs[6], "big") if 6 in tlvs else None
    need(not more or data and (total is not None or not flags & HEAD), MALFORMED)
    need(total is None or len(data) == total or more and len(data) < total, MALFORMED)
    return fields, tlvs, data


class Peer:
    """One connection of one node."""
    registered = suspected = leaving = renewing = False
    suspect = timeout = PATIENCE                          # until the server says something else (M17)
    beat = give_up = renew = float("inf")
    written = sent = streamed = 0                         # bytes of DATA, those of the message at hand, stream frames
    received, told, position = 0, WINDOW, 0               # bytes of DATA, our limit for them, stream frames
    message, missing, more = None, 0, False               # the one that is coming in; None: it is dropped
    begun = 0                                             # messages of which the first frame has come
    pong, rtt, errors = None, 0, 0
    again = None                                          # after how many seconds to connect again; None: not at all

    def __init__(self, host, port, node_id, tell, source=None, incarnation=None, attempt=1,
                 authorities=None, token=None):
        self.token = token                                # gives the newest credential, or is None
        self.tell, self.input, self.output, self.queue = tell, bytearray(), bytearray(), collections.deque()
        self.source = source                              # of the lines to send, once the node is registered
        self.limits = {0: 0, CONNECTION: 0}               # no other channel is ever open, so one count serves both
        self.sock = socket.create_connection((host, port), PATIENCE)
        if authorities:
            tls = ssl.create_default_context(cafile=authorities)
            tls.set_alpn_protocols(["hbp/2"])             # M103
            self.sock = tls.wrap_socket(self.sock, server_hostname=host)
        self.sock.setblocking(False)
        self.heard = self.forgiven = time.monotonic()
        identity = incarnation or new_incarnation(), attempt
        self.output += frame(REGISTER, "QIQQB", *identity, WINDOW, WINDOW, len(node_id),
                             rest=node_id + self.credential() + struct.pack(">BHII", 0x88, 8, *TAKEN))

    def credential(self):
        token = self.token() if self.token else b""
        return struct.pack(">BH", 3, len(token)) + token if token else b""

    def run(self):
        """Carries the connection to its end; returns whether the node left in order."""
        why = "left"
        try:
            while not (self.registered and self.leaving and not self.queue):
                readable, writable, _ = select.select([self.sock], [self.sock] if self.output else [], [], 0.02)
                if readable:
                    with contextlib.suppress(ssl.SSLWantReadError):        # a record may hold no data
                        self.input += (data := self.sock.recv(65536))
                        while self.read():
                            pass
                        need(data, "end of stream")
                if writable:
                    with contextlib.suppress(ssl.SSLWantWriteError):
                        del self.output[:self.sock.send(self.output)]
                self.compose(time.monotonic())
            self.output += frame(UNREGISTER)
        except (Fault, OSError) as end:
            why = end.args[0] if isinstance(end, Fault) else str(end)
            if isinstance(why, int):
                self.output += frame(ERROR, "BHBHB", 0, why, 2, 1, 2)    # TLV 2: the version spoken
        with contextlib.suppress(OSError), self.sock:
            self.sock.settimeout(PATIENCE)
            self.sock.sendall(self.output)
            self.end()
        self.tell("closed", why)
        return why == "left"

    def end(self):
        """Ends the sending side first, lest a reset overtakes what was sent (M50)."""
        until = time.monotonic() + PATIENCE
        if isinstance(self.sock, ssl.SSLSocket):
            with contextlib.suppress(ssl.SSLError):       # such as for what the server said meanwhile
                self.sock.unwrap()                        # sends close_notify (M104)
        self.sock.shutdown(socket.SHUT_WR)
        while time.monotonic() < until and self.sock.recv(65536):
            pass

    def compose(self, now):
        """After reading (M30): judges the silence, and makes what to write when all else is written (M9)."""
        need(now - self.heard <= self.timeout, "the server is silent")
        need(now <= self.give_up, "the server takes nothing more")
        if now - self.heard > self.suspect and not self.suspected:
            self.suspected = True
            self.output += frame(PING)
        if self.output:
            return
        if self.pong is not None:
            self.output += frame(PONG, rest=self.pong)
            self.pong = None
        limit = self.received + self.missing + WINDOW     # what came is taken, what will come is given ahead (M44)
        if limit - self.told >= WINDOW // 2:
            self.told = limit
            for stream in self.limits:
                self.output += frame(CREDIT, "Q", limit, stream=stream)
        if now >= self.beat:                              # at a fixed rate; missed beats are left out (M27)
            self.beat += self.interval * (1 + (now - self.beat) // self.interval)
            rtt = struct.pack(">BHI", 0x82, 4, min(int(self.rtt * 1e6), 0xFFFFFFFF)) if self.rtt else b""
            self.output += frame(REQ, "QQ", time.monotonic_ns(), self.position, rest=rtt)
        if now >= self.renew:                             # on the live connection, in time (M113)
            self.renew, self.renewing = float("inf"), True
            self.output += frame(UPDATE, rest=self.credential())
        if self.queue:
            self.compose_data(self.queue[0])

    def compose_data(self, message):
        """The next fragment, as large as may be, once the credit allows it."""
        need(len(message) <= self.max_message, "a line is longer than a message may be")
        first_of_many = self.sent == 0 and len(message) > FULL
        head = struct.pack(">HBHI", 7, 6, 4, len(message)) if first_of_many else b""
        payload = head + message[self.sent:self.sent + FULL - len(head)]
        if self.written + 12 + len(payload) <= min(self.limits.values()):
            self.written += 12 + len(payload)
            self.streamed += 1
            self.sent += len(payload) - len(head)
            more = self.sent < len(message)
            self.output += frame(DATA, rest=payload, flags=(HEAD if head else 0) | (MORE if more else 0))
            if not more:
                self.queue.popleft()
                self.sent = 0

    def read(self):
        """Takes a frame from the input; whether there was a whole one."""
        if not (found := first_frame(self.input)):
            return False
        kind, flags, stream, payload = found
        del self.input[:12 + len(payload)]
        if self.registered:
            self.heard, self.suspected = time.monotonic(), False
        if kind in KNOWN:
            allowed = (RES, DATA, OPEN, ACCEPT, RESET, CREDIT) if self.registered else (REGISTERED,)
            allowed += (REGISTERED,) if self.renewing else ()
            need(kind in (PING, PONG, ERROR, GO_AWAY, *allowed), UNEXPECTED_FRAME)
            self.position += kind in (DATA, OPEN, ACCEPT, RESET)
            self.received += 12 + len(payload) if kind == DATA else 0
            try:
                content = parse(kind, flags, payload)
            except (struct.error, Fault):
                raise Fault("an ERROR that does not parse" if kind == ERROR else MALFORMED) from None
            self.receive(kind, flags, stream, *content)
        return True

    def receive(self, kind, flags, stream, fields, tlvs, data):
        need(stream == 0 or kind not in (PING, PONG), MALFORMED)
        need(stream != CONNECTION or kind not in (DATA, OPEN, ACCEPT, RESET), MALFORMED)
        need(kind != CREDIT or not fields[0] >> 63, MALFORMED)
        need(self.received <= self.told, CREDIT_EXCEEDED)
        if kind in (DATA, OPEN, ACCEPT, CREDIT) and stream not in self.limits:
            self.streamed += 1
            self.complain(frame(RESET, "H", UNSUPPORTED if kind == OPEN else UNKNOWN_CHANNEL, stream=stream))
        elif stream == 0 and (kind in (OPEN, ACCEPT, RESET) or flags & END):
            raise Fault(UNEXPECTED_FRAME)
        elif kind == CREDIT:
            self.limits[stream] = max(self.limits[stream], fields[0])
        elif kind == DATA:
            self.receive_data(flags & HEAD, bool(flags & MORE), tlvs, data)
        elif kind == PING and len(self.output) < WINDOW:
            self.output += frame(PONG, rest=data)
        elif kind == PING:                                # in a jam, only the latest is answered (M13)
            self.pong = data
        elif kind == RES:
            need(fields[1] <= self.streamed, MALFORMED)
            self.rtt = max(0, time.monotonic_ns() - fields[0]) / 1e9
            self.tell("rtt", "%.3f ms" % (self.rtt * 1000))
        elif kind == REGISTERED and self.renewing:
            self.renewing = False
            self.renew_later(tlvs)
            self.tell("renewed")
        elif kind == REGISTERED:
            self.renew_later(tlvs)
            self.register(*fields, int.from_bytes(tlvs.get(0x81, b"\1"), "big"))
        elif kind == GO_AWAY and fields[0] not in (1, 2):
            self.tell("go-away", fields[1], tlvs.get(0x81, b"").decode("utf-8", "replace"))
            self.leaving, self.give_up = True, time.monotonic() + PATIENCE
        elif kind == ERROR:
            self.tell("error", fields[1], tlvs.get(1, b"").decode("utf-8", "replace"))
            retry_after = int.from_bytes(tlvs.get(3, b""), "big")
            if not self.registered and fields[1] == NODE_CAPACITY and retry_after != NEVER:
                self.again = (retry_after or 1000 * PATIENCE) / 1000 * random.uniform(1, 1.1)
            need(self.registered and fields[0] in (1, 2), "error %d" % fields[1])

    def register(self, epoch, interval, suspect, timeout, _, max_message, _handles, _channels, whole, limit, every):
        need(0 < interval < suspect <= timeout and every, MALFORMED)
        need(12 + FULL <= min(whole, limit) and not max(whole, limit) >> 63, MALFORMED)
        if every > 1:                                     # not every beat is answered (M30)
            suspect, timeout = max(suspect, (every + 1) * interval), max(timeout, (every + 2) * interval)
        self.interval, self.suspect, self.timeout = interval / 1000, suspect / 1000, timeout / 1000
        self.registered, self.heard, self.max_message = True, time.monotonic(), max_message
        self.beat = self.heard + random.random() * self.interval
        self.limits = {0: limit, CONNECTION: whole}
        self.tell("registered", "epoch", epoch)
        if self.source is not None:
            threading.Thread(target=self.send_lines, args=(self.source,), daemon=True).start()

    def renew_later(self, tlvs):
        left = int.from_bytes(tlvs.get(0x88, b""), "big") / 1000
        self.renew = time.monotonic() + left * random.uniform(0.6, 0.8) if left and self.token else float("inf")

    def receive_data(self, head, more, tlvs, data):
        """Puts a message together (M35) and tells it when it is whole."""
        first, total = not self.more, int.from_bytes(tlvs[6], "big") if 6 in tlvs else len(data)
        need(6 in tlvs or not more if first else not head, MALFORMED)
        self.begun += first
        if first:
            fault = MESSAGE_TOO_LARGE if total > min(self.max_message, TAKEN[0]) else None
            fault = UNSUPPORTED if tlvs.keys() & NOT_OFFERED else fault
            self.message, self.missing = None if fault else bytearray(), total
            if fault:                                     # the rest is dropped as it comes (M36)
                self.complain(frame(ERROR, "BHBHQ", 2, fault, 0x84, 8, self.begun))    # names it (M97)
        self.missing, self.more = self.missing - len(data), more
        need(self.missing >= 0 and (more or not self.missing), MALFORMED)
        if self.message is not None:
            self.message += data
            if not more:
                self.tell("message", self.message.decode("utf-8", "replace"))

    def complain(self, answer):
        """Answers an error of narrower scope, of which the server may cause 16, and one more each minute (M49)."""
        minutes = int((time.monotonic() - self.forgiven) // 60)
        self.forgiven += 60 * minutes
        self.errors = max(0, self.errors - minutes) + 1
        need(self.errors <= 16, TOO_MANY_ERRORS)
        self.output += answer

    def send_lines(self, source):
        rest = b""
        while data := os.read(source, 65536):
            *lines, rest = (rest + data).split(b"\n")
            self.queue.extend(lines)
        self.queue.extend([rest] if rest else [])
        self.leaving = True


def new_incarnation():
    return secrets.randbits(64) or 1


def token_in(file):
    with open(file, "rb") as token:
        return token.read().strip()


def main():
    incarnation, attempt = new_incarnation(), 0
    file = os.environ.get("HBP_TOKEN_FILE")
    token = (lambda: token_in(file)) if file else None
    while True:
        attempt += 1                                      # the same process again (M25)
        peer = Peer(sys.argv[1], int(sys.argv[2]), sys.argv[3].encode(), lambda *words: print(*words, flush=True),
                    sys.stdin.fileno(), incarnation, attempt, *(sys.argv[4:] or [None]), token)
        if peer.run():
            return 0
        if peer.again is None:
            return 1
        time.sleep(peer.again)


if __name__ == "__main__":
    sys.exit(main())
