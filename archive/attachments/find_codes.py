"""Runs inside the sandbox: says where in pictures there are codes for a phone to read, not what they say.

Netpbm (P6) comes in, one picture after another; a line of JSON goes out for each, a list of boxes. A code
that is damaged or cut off counts too. Only standard Python and zxing-cpp are there.
"""

from __future__ import annotations

import json
import sys
from typing import BinaryIO


def main(pictures: BinaryIO) -> None:
    """Answer each picture until there is none."""
    sys.path.append("/packages")
    import zxingcpp

    kind = zxingcpp.BarcodeFormat
    wanted = zxingcpp.BarcodeFormats(
        [kind.QRCode, kind.MicroQRCode, kind.Aztec, kind.DataMatrix, kind.PDF417]
    )
    while pictures.readline() == b"P6\n":
        width, height = map(int, pictures.readline().split())
        pictures.readline()
        rows = memoryview(pictures.read(width * height * 3)).cast("B", (height, width, 3))
        found = zxingcpp.read_barcodes(rows, formats=wanted, return_errors=True)
        corners = [
            [(p.x, p.y) for p in (c.top_left, c.top_right, c.bottom_right, c.bottom_left)]
            for c in (code.position for code in found)
        ]
        boxes = [[min(x), min(y), max(x), max(y)] for x, y in (zip(*each, strict=True) for each in corners)]
        print(json.dumps(boxes), flush=True)


if __name__ == "__main__":
    main(sys.stdin.buffer)
