#!/usr/bin/env python3
"""Holds hbp2.py to the vectors of docs/PROTOCOL.md: what a client gets is taken apart, what it sends is put together.

Of the faults on that page it looks at those of headers, which are faults on either side.
"""
import pathlib, re, struct, unittest

import hbp2
from hbp2 import *

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "PROTOCOL.md"


def block(name):
    return re.search(r"^```%s\n(.*?)^```" % name, PAGE.read_text(encoding="utf-8"), re.M | re.S).group(1).splitlines()


def octets(text):
    """Bytes in hex, where 00*3 stands for three of 00."""
    parts = (part.partition("*") for part in text.split())
    return b"".join(bytes.fromhex(part) * int(times or 1) for part, _, times in parts)


VECTORS = {name: octets(text) for name, text in (line.split(" ", 1) for line in block("vectors"))}
FAULT = re.compile(r"(\S+) +\S+ +(\S+) +(.*) → (.*)")
FAULTS = [FAULT.fullmatch(line).groups() for line in block("faults")]


def tlv(number, value):
    return struct.pack(">BH", number, len(value)) + value


NODE_ID_TEXT = "node id has 0 characters, expected 1 to 128"
METADATA = tlv(1, b"\x04zoneeu-1") + tlv(1, "\x04nameZürich".encode())
SENT = {
    "register-minimal": frame(REGISTER, "QIQQB", 0x0123456789ABCDEF, 1, 65536, 65536, 2, rest=b"n1"),
    "register-full": frame(REGISTER, "QIQQB", 0x0123456789ABCDEF, 3, 65536, 65536, 9, rest=b"sensor-42" + METADATA
                           + tlv(2, b"\0\0\x13\x88") + tlv(3, b"secret")
                           + tlv(4, b"\x19\xaa\x1b\xb5\x48\0\0\7") + tlv(0x86, bytes(4))),
    "register-limits": frame(REGISTER, "QIQQB", 0x0123456789ABCDEF, 1, 65536, 65536, 2,
                             rest=b"n1" + tlv(0x88, b"\0\0\x10\0\0\0\0\5")),
    "heartbeat-req": frame(REQ, "QQ", 0x1122334455667788, 0),
    "heartbeat-req-rtt": frame(REQ, "QQ", 0x1122334455667788, 3, rest=tlv(0x82, b"\0\0\1\x9f")),
    "register-handle": frame(REGISTER, "QIQQB", 0x0123456789ABCDEF, 1, 65536, 65536, 2, rest=b"n7", stream=7),
    "heartbeat-req-all": frame(REQ, "QQ", 0x1122334455667788, 0, rest=tlv(1, b"")),
    "heartbeat-req-ranges": frame(REQ, "QQ", 0x1122334455667788, 0,
                                  rest=tlv(1, b"\0\0\0\1\0\0\0\3") + tlv(1, b"\0\0\0\5\0\0\3\xe8")),
    "ping-empty": frame(PING),
    "ping": frame(PING, rest=b"are you there"),
    "pong": frame(PONG, rest=b"are you there"),
    "unregister": frame(UNREGISTER),
    "unregister-text": frame(UNREGISTER, rest=tlv(0x81, b"going home")),
    "unregister-handle": frame(UNREGISTER, stream=7),
    "update": frame(UPDATE, rest=tlv(1, b"\x04zoneeu-2")),
    "update-credential": frame(UPDATE, rest=tlv(3, b"secret")),
    "update-credential-handle": frame(UPDATE, rest=tlv(3, b"secret"), stream=7),
    "data-of-handle": frame(DATA, "HBHI", 7, 1, 4, 7, rest=b"hello", flags=HEAD),
    "data-of-handle-first-fragment": frame(DATA, "HBHIBHI", 14, 1, 4, 7, 6, 4, 10, rest=b"abcdef", flags=MORE | HEAD),
    "data-empty": frame(DATA),
    "data": frame(DATA, rest=b"hello"),
    "data-first-fragment": frame(DATA, "HBHI", 7, 6, 4, 10, rest=b"abcdef", flags=MORE | HEAD),
    "data-last-fragment": frame(DATA, rest=b"ghij"),
    "credit-channel-0": frame(CREDIT, "Q", 0x18000),
    "credit-connection": frame(CREDIT, "Q", 0x18000, stream=CONNECTION),
    "error-version": frame(ERROR, "BH", 0, UNSUPPORTED_VERSION, rest=tlv(2, b"\2")),
    "error-node": frame(ERROR, "BH", 1, 20, rest=tlv(1, NODE_ID_TEXT.encode())),
    "error-channel": frame(ERROR, "BH", 2, 42),
    "error-refused": frame(ERROR, "BHBHQ", 2, 42, 0x84, 8, 7),
    "channel-reset": frame(RESET, "H", UNSUPPORTED, stream=1),
}
RECEIVED = {
    "registered": ((0x19AA1BB548000007, 10000, 25000, 30000, 30000, 10 << 20, 0, 0, 65536, 65536), {}, b""),
    "registered-ack-every": ((0x19AA1BB548000008, 1000, 2500, 3000, 0, 10 << 20, 0, 0, 65536, 65536),
                             {0x81: b"\0\x0a"}, b""),
    "registered-valid-for": ((0x19AA1BB548000007, 10000, 25000, 30000, 30000, 10 << 20, 0, 0, 65536, 65536),
                             {0x88: b"\0\4\x93\xe0"}, b""),
    "heartbeat-res": ((0x1122334455667788, 5), {}, b""),
    "ping-empty": ((), {}, b""),
    "ping": ((), {}, b"are you there"),
    "pong": ((), {}, b"are you there"),
    "data-empty": ((), {}, b""),
    "data": ((), {}, b"hello"),
    "data-first-fragment": ((7,), {6: b"\0\0\0\x0a"}, b"abcdef"),
    "data-last-fragment": ((), {}, b"ghij"),
    "data-of-handle": ((7,), {1: b"\0\0\0\7"}, b"hello"),
    "data-of-handle-first-fragment": ((14,), {1: b"\0\0\0\7", 6: b"\0\0\0\x0a"}, b"abcdef"),
    "credit-channel-0": ((0x18000,), {}, b""),
    "credit-connection": ((0x18000,), {}, b""),
    "error-version": ((0, UNSUPPORTED_VERSION), {2: b"\2"}, b""),
    "error-node": ((1, 20), {1: NODE_ID_TEXT.encode()}, b""),
    "error-node-capacity": ((1, 29), {3: b"\0\0\x27\x10"}, b""),
    "error-channel": ((2, 42), {}, b""),
    "error-refused": ((2, 42), {0x84: bytes(7) + b"\7"}, b""),
    "error-refused-of-handle": ((1, 26), {0x84: bytes(7) + b"\1"}, b""),
    "error-refused-several": ((2, 42), {0x84: bytes(7) + b"\3"}, b""),    # the last of a kind is what it keeps
    "go-away-replaced": ((0, 2, 0xFFFFFFFF), {}, b""),
    "go-away-twin": ((0, 2, 0xFFFFFFFF), {0x82: b""}, b""),
    "go-away-expired": ((0, 7, 0), {}, b""),
    "go-away-handle": ((1, 3, 0xFFFFFFFF), {}, b""),
    "go-away-shutdown": ((0, 1, 2500), {0x81: b"restart"}, b""),
}
NOT_OFFERED = {"channel-open", "channel-open-of-handle", "channel-accept", "channel-reset-text", "channel-reset-refused", "data-end",
               "data-request", "data-request-time", "data-from-node", "cancel", "cancel-for-node", "cancel-on-channel", "unknown-ignorable"}


class VectorsTest(unittest.TestCase):
    def test_all_are_looked_at(self):
        self.assertEqual(SENT.keys() | RECEIVED.keys() | NOT_OFFERED, VECTORS.keys())

    def test_what_is_sent(self):
        for name, sent in SENT.items():
            with self.subTest(name):
                self.assertEqual(sent.hex(), VECTORS[name].hex())

    def test_what_is_received(self):
        for name, received in RECEIVED.items():
            with self.subTest(name):
                kind, flags, _, payload = first_frame(VECTORS[name])
                self.assertEqual(parse(kind, flags, payload), received)

    def test_headers(self):
        for name, vector in VECTORS.items():
            with self.subTest(name):
                kind, flags, stream, payload = first_frame(vector + b"\xab")
                self.assertEqual(frame(kind, rest=payload, stream=stream, flags=flags).hex(), vector.hex())

    def test_a_part_is_no_frame(self):
        for name, vector in VECTORS.items():
            with self.subTest(name):
                self.assertEqual([first_frame(vector[:size]) for size in range(len(vector))], [None] * len(vector))

    def test_faults_of_headers(self):
        for name, requirements, text, expected in FAULTS:
            what = expected.split()[0]
            if re.fullmatch("M[1-5](,M7)?", requirements) and what != "ignored":
                with self.subTest(name):
                    fault = self.fault(octets(text))
                    self.assertEqual(fault, "this is not HBP" if what == "close" else getattr(hbp2, what))

    def fault(self, data):
        """The fault of the first frame that has one, at whichever of its bytes it shows."""
        size = 0
        while size <= len(data):
            try:
                found = first_frame(data[:size])
            except Fault as fault:
                return fault.args[0]
            data, size = (data[12 + len(found[3]):], 0) if found else (data, size + 1)
        return None


if __name__ == "__main__":
    unittest.main()
