"""Writes compressed-samples.json: one text, compressed in every form that clients of Kafka may send.

python3 -m venv v && v/bin/pip install lz4==4.4.5 python-snappy==0.7.3 zstandard==0.25.0
v/bin/python compressed-samples.py > compressed-samples.json
"""

import gzip
import json
import struct

import lz4.frame
import snappy
import zstandard

def letters(count):
    """Letters without pattern, the same wherever they are computed (the generator of the ZX81)."""
    state, result = 1, ""
    for _ in range(count):
        state = (75 * state + 74) % 65537
        result += chr(97 + state % 26)
    return result


BLOCK = letters(1000)
TEXT = "".join(f"{i:05d}{BLOCK}\n" for i in range(80)).encode()
HALF = len(TEXT) // 2


def xerial(blocks):
    header = struct.pack("!bccccccBii", -126, b"S", b"N", b"A", b"P", b"P", b"Y", 0, 1, 1)
    return header + b"".join(struct.pack("!i", len(block)) + block for block in map(snappy.compress, blocks))


def lz4_stream(**options):
    compressor = lz4.frame.LZ4FrameCompressor(auto_flush=True, **options)
    return compressor.begin() + compressor.compress(TEXT[:HALF]) + compressor.compress(TEXT[HALF:]) + compressor.flush()


def lz4_skippable():
    return struct.pack("<II", 0x184D2A53, 3) + b"abc" + lz4.frame.compress(TEXT)


def zstd_stream(flush):
    compressor = zstandard.ZstdCompressor().compressobj()
    first = compressor.compress(TEXT[:HALF])
    middle = compressor.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK) if flush else b""
    return first + middle + compressor.compress(TEXT[HALF:]) + compressor.flush()


def zstd(data, **options):
    return zstandard.ZstdCompressor(**options).compress(data)


SAMPLES = {
    "gzip": {
        "one member": gzip.compress(TEXT, mtime=0),
        "two members": gzip.compress(TEXT[:HALF], mtime=0) + gzip.compress(TEXT[HALF:], mtime=0),
    },
    "snappy": {
        "raw": snappy.compress(TEXT),
        "xerial, one block": xerial([TEXT]),
        "xerial, blocks of 32 KiB": xerial([TEXT[at : at + 32768] for at in range(0, len(TEXT), 32768)]),
        "xerial, one stream after another": xerial([TEXT[:HALF]]) + xerial([TEXT[HALF:]]),
    },
    "lz4": {
        "as kafka-python writes": lz4.frame.compress(TEXT, block_linked=False),
        "linked blocks": lz4.frame.compress(TEXT, block_linked=True),
        "all checksums": lz4.frame.compress(TEXT, content_checksum=True, block_checksum=True),
        "no content size": lz4.frame.compress(TEXT, store_size=False, block_size=lz4.frame.BLOCKSIZE_MAX4MB),
        "high compression": lz4.frame.compress(TEXT, compression_level=12),
        "flushed, linked blocks": lz4_stream(block_linked=True, content_checksum=True),
        "two frames": lz4.frame.compress(TEXT[:HALF]) + lz4.frame.compress(TEXT[HALF:]),
        "after a skippable frame": lz4_skippable(),
    },
    "zstd": {
        "with its size": zstd(TEXT),
        "without its size": zstd(TEXT, write_content_size=False),
        "with a checksum": zstd(TEXT, write_checksum=True),
        "level 19": zstd(TEXT, level=19),
        "streamed": zstd_stream(False),
        "streamed and flushed": zstd_stream(True),
        "two frames": zstd(TEXT[:HALF]) + zstd(TEXT[HALF:], write_content_size=False),
        "after a skippable frame": struct.pack("<II", 0x184D2A53, 3) + b"abc" + zstd(TEXT),
    },
}

ORIGIN = "compressed-samples.py with lz4 4.4.5, python-snappy 0.7.3, zstandard 0.25.0"
print(
    json.dumps(
        {"origin": ORIGIN, "samples": {c: {n: b.hex() for n, b in s.items()} for c, s in SAMPLES.items()}}, indent=1
    )
)
