"""`make demo`: the whole way of a testimony on this machine, with the real commands, sites and keys.

Everything lies in one folder, kept between runs; `make clean-demo` removes it. For trying only: all three
rooms and their passphrases lie on one machine here, which on real ones an air gap forbids.
"""

from __future__ import annotations

import argparse
import io
import re
import secrets
import shlex
import signal
import sys
import urllib.parse
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path

from archive.redaction.residue import variants
from deploy.company import company, work_on
from deploy.depositor import File, Intake, NotDeposited, tell
from deploy.house import ORIGIN, PHRASES, PORTS, House, Refused, found, recipient, serving

TOLD = [
    (
        "kor",
        "정순옥이라는 이름을 버리고 혜산에서 얼어붙은 강을 건넜다.\n"
        "중개인은 식당 일이라고 했지만 나는 팔려 갔다.\n정순옥을 아는 사람은 이제 없다.",
        "정순옥",
    ),
    (
        "zho",
        "他们叫我林秋月。我從惠山過江，在長白被賣給一戶人家。\n三年後我被遣返，又逃了出來。",
        "林秋月",
    ),
    (
        "eng",
        "Everyone there called me Ahn Seryeong. I was hiding in a barn near Yanji when the police came.\n"
        "They sent me back across the Tumen.",
        "Ahn Seryeong",
    ),
]
"""Invented people, and the name of each that two people will hide."""
QUERIES = [("혜산", "혜산"), ("遣返", "遣返"), ("hide", "hiding")]


def say(step: str, told: str) -> None:
    print(f"  {step:<12} {told}", flush=True)


def round_trip(house: House, port: int) -> None:
    """Three testimonies, from sealing to a researcher's search; `Refused` at the first thing amiss."""
    intake = Intake(port)
    to = recipient(house, intake.ask("GET", "/keycard"))
    photo = secrets.token_bytes(2_500_000)
    for lang, text, _ in TOLD:
        files = [File(io.BytesIO(photo), len(photo), "image/jpeg")] if lang == "kor" else []
        tell(intake, text, lang, house.root, to, files=files)
        say("sealed", f"{len(text)} characters ({lang}){' and a photo' if files else ''}, in this process")
    intake.close()
    say("deposited", "4 envelopes over HTTP; the intake holds no key")
    lines = [line for _, text, _ in TOLD for line in text.split("\n")]
    _nowhere(lines, house.home("intake"), "intake")

    taken = _carried(house)
    _nowhere(lines, house.home("archive"), "archive (its vault is encrypted)")

    for told in re.findall(r"^  testimony (\S+)$", taken, re.MULTILINE):
        text = house.onggi("archive", "read", told)
        name = next((name for _, _, name in TOLD if name in text), None)
        if name is None:
            continue  # somebody else's, written by hand before this run
        house.onggi("archive", "redact", told, "--as", "minji", person="minji", given=f"name {name}\n")
        proposal = house.onggi("archive", "read", "--preview", told).rpartition("proposal ")[2]
        house.onggi("archive", "approve", told, "--as", "sora", "--proposal", proposal, person="sora")
    say("redacted", "one name in each, everywhere it stands, proposed by minji")
    say("approved", "by a second person, sora, with her own key")

    out = _released(house)
    with serving(house, "research") as reading:
        held = re.findall(rb"(\d+) testimonies</p>", _page(reading, "/?ui=en"))
        say("indexed", f"{int(held[-1])} testimonies, by the reading room itself")
        pages = [_find(reading, words, marked) for words, marked in QUERIES]
    names = [name for _, _, name in TOLD]
    if any(v in page.lower() for page in pages for name in names for v in variants(name)):
        raise Refused("a hidden name is on a page of the reading room")
    for folder, where in ((out, "release"), (house.home("research"), "reading room")):
        _nowhere(names, folder, where)
    events = house.onggi("archive", "journal", "verify").split(";")[0]
    say("journal", events)


def _carried(house: House) -> str:
    """Bring what was deposited into the archive and the acknowledgement back; what the accession said."""
    stick = house.data / "sticks" / secrets.token_hex(4)
    say("packed", house.onggi("intake", "pack", str(stick)).split(": ", 1)[-1].split(" in ")[0])
    taken = house.onggi("archive", "accession", str(stick))
    say("taken in", taken.splitlines()[0])
    back = house.data / "sticks" / secrets.token_hex(4)
    say("sent back", house.onggi("archive", "send", str(back)).splitlines()[0])
    say("deleted", house.onggi("intake", "receive", str(back)).rpartition("; ")[2])
    return taken


def _released(house: House) -> Path:
    """Draft as one person, sign as the other, and publish; the release's folder."""
    out = house.data / "releases" / secrets.token_hex(4)
    drafted = house.onggi("archive", "release", "draft", "--as", "minji", person="minji")
    say("drafted", drafted.splitlines()[0])
    # Who were invented, also where this is tried a second time: nobody is told apart by them.
    shown = ["--draft", drafted.rpartition("draft ")[2], "--few"]
    signed = house.onggi("archive", "release", "sign", str(out), "--as", "sora", *shown, person="sora")
    say("released", signed.splitlines()[0] + ", looked through for the names")
    root = ["--root", house.root.to_text(), "--origin", ORIGIN]
    say("verified", house.onggi("research", "publish", str(out), *root))
    return out


def in_company(house: House, port: int) -> None:
    """Sixty more the same way, coded, so that there is something to count and to draw."""
    intake = Intake(port)
    to = recipient(house, intake.ask("GET", "/keycard"))
    for lang, text, _ in company():
        tell(intake, text, lang, house.root, to)
    intake.close()
    say("deposited", f"{len(company())} more, each sealed for itself")
    _carried(house)
    say("approved", f"{work_on(house)} by two people, and coded")
    _released(house)


def _page(port: int, path: str) -> bytes:
    connection = HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request("GET", path)
    page = connection.getresponse().read()
    connection.close()
    return page


def _find(port: int, words: str, marked: str) -> bytes:
    page = _page(port, f"/?q={urllib.parse.quote(words)}")
    hits = page.count(b"<article")
    if not hits or f"<mark>{marked}</mark>".encode() not in page:
        raise Refused(f"the reading room did not find {words}")
    say("found", f"{words}: {hits} testimonies, with the hit marked")
    return page


def _nowhere(words: list[str], folder: Path, where: str) -> None:
    files = [path for path in folder.rglob("*") if path.is_file()]
    spellings = [v for each in words for v in variants(each)]
    for path in files:
        content = path.read_bytes().lower()
        if any(spelling in content for spelling in spellings):
            raise Refused(f"what must not be readable is in {path.name} of the {where}")
    say("unreadable", f"nothing of it in any of {len(files)} files of the {where}")


def by_hand(house: House) -> None:
    """Start the three rooms and say what to try, until Ctrl-C."""
    if not (house.home("research") / "current").exists():
        print("Three invented testimonies go the whole way first, so that there is something to find:\n")
        with serving(house, "intake") as port:
            round_trip(house, port)
            print("\nAnd sixty more, so that there is something to count and to draw:\n")
            in_company(house, port)
    with ExitStack() as rooms:
        ports = {room: rooms.enter_context(serving(house, room, port)) for room, port in PORTS.items()}
        once = re.search(r"http://\S+", (house.data / "archive.log").read_text("utf-8"))
        print(f"""
  intake        http://127.0.0.1:{ports["intake"]}/      her page, in four languages
  workbench     {once[0] if once else "?"}
                (this address works once, in one browser)
  reading room  http://127.0.0.1:{ports["research"]}/

Try it by hand. In another terminal:  . {shlex.quote(str(house.data / "env"))}
  1  write something on her page, add a photo, press send, keep the words
  2  onggi intake pack {house.data}/sticks/mine
  3  onggi archive accession {house.data}/sticks/mine
     onggi archive send {house.data}/sticks/back
     onggi intake receive {house.data}/sticks/back
  4  on the workbench: sign in as minji ("{PHRASES["minji"]}"), open it, hide words;
     sign out, sign in as sora ("{PHRASES["sora"]}"), approve
  5  Release: one of them drafts, the other signs
  6  onggi research publish {house.home("archive")}/outgoing/release-N     (the page says N)
  7  find it in the reading room

Ctrl-C stops everything.""", flush=True)  # fmt: skip
        signal.pause()


def main() -> int:
    asked = argparse.ArgumentParser(description="one testimony's way, on this machine")
    asked.add_argument("--data", type=Path, default=Path("demo-data"))
    asked.add_argument("--once", action="store_true", help="make the round trip without a person, then stop")
    options = asked.parse_args()
    house = House(options.data.resolve())
    for each in (signal.SIGINT, signal.SIGTERM):  # a shell's background job would ignore the first
        signal.signal(each, signal.default_int_handler)
    print(f"Onggi demonstration. Everything it keeps is in {house.data}; `make clean-demo` removes it.\n")
    try:
        found(house)
        if options.once:
            with serving(house, "intake") as port:
                round_trip(house, port)
            print("\nThe whole way, with the real components: done.")
        else:
            by_hand(house)
    except KeyboardInterrupt:
        print("\nstopped")
    except (Refused, NotDeposited) as refused:
        print(f"\ndemo: error: {refused}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
