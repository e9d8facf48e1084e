#!/usr/bin/env python3
"""Checks the codec of hbp2.py against the vectors of docs/PROTOCOL.md: each is decoded, and encoded back."""
import pathlib, re, unittest

import hbp2

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "PROTOCOL.md"


def vectors():
    block = re.search(r"^```vectors\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL).group(1)
    for line in block.splitlines():
        name, _, octets = line.partition(" ")
        yield name, bytes.fromhex(octets)


class VectorsTest(unittest.TestCase):
    def each(self):
        for name, octets in vectors():
            with self.subTest(name):
                yield name, octets

    def test_there_is_one_of_every_type(self):
        self.assertEqual(set(hbp2.NAMES) - {octets[2] for _, octets in vectors()}, set())

    def test_decoded_and_encoded_again(self):
        for name, octets in self.each():
            frame, size = hbp2.decode(octets)
            self.assertEqual(size, len(octets))
            self.assertEqual(hbp2.encode(frame).hex(), octets.hex())

    def test_the_name_tells_the_type(self):
        for name, octets in self.each():
            kind = hbp2.decode(octets)[0].type
            if name == "unknown-ignorable":
                self.assertEqual(kind, 0x7F)
            else:
                self.assertTrue(name.startswith(kind.lower().replace("_", "-")), kind)

    def test_a_part_is_no_frame(self):
        for name, octets in self.each():
            for size in range(len(octets)):
                self.assertEqual(hbp2.decode(octets[:size]), (None, 0))

    def test_fields(self):
        frames = {name: hbp2.decode(octets)[0] for name, octets in vectors()}
        full = frames["register-full"]
        self.assertEqual(full.fields, (0x0123456789ABCDEF, 3, 65536, 65536, b"sensor-42"))
        self.assertEqual(full.tlvs, (
            (1, b"\x04zoneeu-1"), (1, "\x04nameZürich".encode()), (2, (5000).to_bytes(4, "big")), (3, b"secret"),
            (4, 0x19AA1BB548000007.to_bytes(8, "big")), (0x86, bytes(4))))
        self.assertEqual(frames["registered"].fields,
                         (0x19AA1BB548000007, 10000, 25000, 30000, 30000, 10 << 20, 0, 0, 65536, 65536))
        self.assertEqual(frames["registered-ack-every"].tlvs, ((0x81, b"\0\x0a"),))
        first = frames["data-first-fragment"]
        self.assertEqual(first.flags, hbp2.MORE | hbp2.HEAD)
        self.assertEqual((first.tlvs, first.data), (((6, b"\0\0\0\x0a"),), b"abcdef"))
        self.assertEqual(frames["error-channel"].fields, (2, 42))
        self.assertEqual(frames["error-node"].tlvs[0][1].decode(), "node id has 0 characters, expected 1 to 128")
        self.assertEqual(frames["go-away-replaced"].fields, (0, 2, 0xFFFFFFFF))
        self.assertEqual(frames["channel-open"].fields, (65536, 1, b"logs"))


if __name__ == "__main__":
    unittest.main()
