"""The door for evaluation: an index of plain lines in a folder, and answers for a program."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive.search import folder as folders
from archive.search.analyzer import fingerprint
from archive.search.blocks.arrays import EARLIER, MAGIC
from server.research.commands import research

LINES = [
    {"id": "a", "text": "나는 혜산에서 도망쳤다.", "lang": "kor", "province": "Ryanggang", "year": 2003},
    {"id": "b", "text": "我从惠山逃到长白。", "lang": "zho", "fields": {"province": "Jilin"}},
    {
        "id": "c",
        "segments": [{"id": "q", "text": "Where?"}, {"id": "r", "text": "In a barn."}],
        "lang": "eng",
    },
]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("door")
    texts = home / "in.jsonl"
    texts.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in LINES) + "\n\n", "utf-8")
    ran = CliRunner().invoke(research, ["index", "--texts", str(texts), "--index", str(home / "index")])
    assert ran.exit_code == 0, ran.output
    assert "3 texts can be searched" in ran.output
    return home / "index"


def asked(index: Path, *arguments: str, lines: str | None = None) -> list[dict[str, object]]:
    ran = CliRunner().invoke(research, ["search", "--index", str(index), "--json", *arguments], input=lines)
    assert ran.exit_code == 0, ran.output
    return [json.loads(line) for line in ran.output.splitlines()]


def test_a_program_gets_ids_scores_excerpts_and_facets(built: Path) -> None:
    """
    In an index of lines that no release made, with the fields of the lines to count and to narrow.
    """
    [told] = asked(built, "혜산")

    assert told["total"] == 2
    assert {hit["id"] for hit in told["hits"]} == {"a", "b"}  # type: ignore[attr-defined]
    for hit in told["hits"]:  # type: ignore[attr-defined]
        assert hit["score"] > 0
        [excerpt] = hit["excerpts"]
        [(start, end)] = excerpt["marks"]
        assert excerpt["text"][start:end] in ("혜산", "惠山")
    assert told["facets"]["province"] == {"Ryanggang": 1, "Jilin": 1}  # type: ignore[index]
    assert told["facets"]["year"] == {"2003": 1, "": 1}  # type: ignore[index]
    [narrowed] = asked(built, "--where", "province=Jilin", "혜산")
    assert [hit["id"] for hit in narrowed["hits"]] == ["b"]  # type: ignore[attr-defined]


def test_many_queries_are_answered_by_one_start(built: Path) -> None:
    """
    One line of JSON for each line that comes in, in their order.
    """
    told = asked(built, "-", lines="혜산\nbarn\n바다\n")

    assert [(each["query"], each["total"]) for each in told] == [("혜산", 2), ("barn", 1), ("바다", 0)]


def test_erased_words_are_in_no_byte_of_the_folder(tmp_path: Path) -> None:
    """
    Neither in the raw bytes nor in what is packed, nor in the lexicon; the others are found as before.
    """
    home, texts = tmp_path / "index", tmp_path / "in.jsonl"
    texts.write_text(
        "\n".join(json.dumps(each) for each in [*LINES, {"id": "gone", "text": "quetzalcoatlus"}])
    )
    folders.build(folders.lines(texts), home, lambda done: None)

    def traces() -> int:
        raw = b"".join(file.read_bytes() for file in home.iterdir())
        streams = b"".join(_unpacked(raw[at:]) for at in range(len(raw)) if raw[at] == 0x78)
        return sum((raw + streams).count(word) for word in (b"quetzal", b"coatlus", b"gone"))

    assert traces() >= 3
    ran = CliRunner().invoke(research, ["erase", "--index", str(home), "gone", "absent"])
    assert "1 texts are erased" in ran.output
    assert traces() == 0
    assert [told["total"] for told in asked(home, "-", lines="quetzalcoatlus\n혜산\n")] == [0, 2]
    assert [path.name for path in tmp_path.iterdir()].count("index") == len(list(tmp_path.iterdir())) - 1


def _unpacked(stream: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(stream)
    except zlib.error:
        return b""


PROBE = """
import sys
import zlib
from pathlib import Path

seen = []
sys.addaudithook(lambda event, _: event == "pickle.find_class" and seen.append(event))
from archive.search.folder import opened
import _pickle, pickle, marshal

def refuse(*_, **__):
    raise SystemExit("unpickled")

index = opened(Path(sys.argv[1]))
index.search("준비")
seen.clear()
pickle.load = pickle.loads = _pickle.load = _pickle.loads = pickle.Unpickler = refuse
index = opened(Path(sys.argv[1]))
assert index.search("혜산").total == 2
assert not seen, seen
"""


def test_opening_an_index_from_elsewhere_unpickles_nothing(built: Path) -> None:
    """
    Neither its opening nor a search in it calls a pickle or loads code.
    """
    ran = subprocess.run(
        [sys.executable, "-c", PROBE, str(built)],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
    )

    assert ran.returncode == 0, ran.stderr[-400:]


def test_what_is_not_a_whole_index_of_this_analyzer_is_refused(built: Path, tmp_path: Path) -> None:
    """
    A changed byte, another analyzer's terms, a missing file, an empty folder.
    """

    whole, digest = ((built / name).read_bytes() for name in (folders.ARRAYS, folders.DIGEST))
    other = whole.replace(fingerprint().encode(), b"0" * 64)
    changes = {
        "changed": (whole[:-9] + bytes([whole[-9] ^ 1]) + whole[-8:], digest),
        "cut": (whole[: len(whole) // 2], hashlib.sha256(whole[: len(whole) // 2]).hexdigest().encode()),
        "missing": (whole, None),
        "analyzer": (other, hashlib.sha256(other).hexdigest().encode()),
        "empty": (None, None),
    }
    for change, contents in changes.items():
        (tmp_path / change).mkdir()
        for name, content in zip((folders.ARRAYS, folders.DIGEST), contents, strict=True):
            if content is not None:
                (tmp_path / change / name).write_bytes(content)
        with pytest.raises(folders.IndexRefused):
            folders.opened(tmp_path / change)


def test_an_index_of_an_earlier_version_says_to_make_it_again(built: Path, tmp_path: Path) -> None:
    """
    It is whole, and only its first bytes are another version's.
    """
    earlier = (built / folders.ARRAYS).read_bytes().replace(MAGIC, EARLIER[-1], 1)
    (tmp_path / folders.ARRAYS).write_bytes(earlier)
    (tmp_path / folders.DIGEST).write_text(hashlib.sha256(earlier).hexdigest())
    with pytest.raises(folders.IndexRefused, match="make it again"):
        folders.opened(tmp_path)


@pytest.mark.parametrize(
    "line",
    ["{", "[1]", "7", '{"id": "a"}', '{"id": "", "text": "비밀"}', '{"id": 7, "text": "비밀"}', "[" * 9999],
)
def test_a_line_that_is_no_document_is_named_and_nothing_is_built(tmp_path: Path, line: str) -> None:
    """
    By its number, with how one is written; its words are in no error. Empty lines count and are none.
    """
    (tmp_path / "in.jsonl").write_text('{"id": "b", "text": "우물"}\n\n' + line, "utf-8")
    with pytest.raises(folders.IndexRefused, match="line 3 is no document") as refused:
        folders.build(folders.lines(tmp_path / "in.jsonl"), tmp_path / "index", lambda done: None)

    assert "비밀" not in str(refused.value)
    assert [path.name for path in tmp_path.iterdir()] == ["in.jsonl"]


def test_what_a_killed_run_left_is_gone_after_the_next(tmp_path: Path) -> None:
    """
    It held the same texts in the clear.
    """
    (left := tmp_path / ".index.killed").mkdir()
    (left / folders.ARRAYS).write_text("비밀", "utf-8")
    (tmp_path / "in.jsonl").write_text('{"id": "b", "text": "우물"}', "utf-8")
    folders.build(folders.lines(tmp_path / "in.jsonl"), tmp_path / "index", lambda done: None)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl", "index"]


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path: Path) -> None:
    """
    Building replaces an index, and nothing else; a line that is none is named, and its words are not.
    """
    (tmp_path / "letter").write_text("dear")
    with pytest.raises(folders.IndexRefused):
        folders.build([], tmp_path, lambda done: None)
    assert (tmp_path / "letter").read_text() == "dear"
    texts = tmp_path / "in.jsonl"
    texts.write_text('{"id": "a", "text": "우물"}\n{"id": "a", "text": "비밀"}\n', "utf-8")
    with pytest.raises(folders.IndexRefused, match="line 2") as refused:
        folders.build(folders.lines(texts), tmp_path / "index", lambda done: None)
    assert "비밀" not in str(refused.value)
    assert not (tmp_path / "index").exists()
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".index")] == []
