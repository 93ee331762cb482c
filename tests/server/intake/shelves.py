"""What a test does to a shelf that the intake never would."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

from server.intake.config import IntakeConfig
from server.intake.places import bucket_of, folder_of
from server.intake.shelf import Shelf
from server.intake.site import open_deposits


@dataclass(frozen=True)
class Places:
    """Where an intake keeps its rows and its sealed bytes."""

    database: str
    storage: str

    def lay(self, deposit: str, content: bytes) -> None:
        """Put bytes of a deposit there that no row knows."""
        self._put(f"{deposit}/000000", content)

    def lose(self, deposit: str) -> None:
        """Let the deposit's parts vanish."""
        for name, _ in self.objects(deposit):
            self._put(name, None)

    def shorten(self, deposit: str) -> None:
        """Let the deposit's parts lose a byte each."""
        for name, content in self.objects(deposit):
            self._put(name, content[:-1])

    def objects(self, deposit: str) -> list[tuple[str, bytes]]:
        """Every file or object of a deposit, whether or not it is the part."""
        if self.storage.startswith("file:"):
            root = Path(folder_of(self.storage))
            return [(str(path.relative_to(root)), path.read_bytes()) for path in (root / deposit).glob("*")]
        bucket = bucket_of(self.storage)
        with bucket_client(self.storage) as client:
            found = client.list_objects_v2(Bucket=bucket.name, Prefix=f"{bucket.prefix}{deposit}/")
            keys = [each["Key"] for each in found.get("Contents", ())]
            bodies = [client.get_object(Bucket=bucket.name, Key=key)["Body"].read() for key in keys]
        return [(key.removeprefix(bucket.prefix), body) for key, body in zip(keys, bodies, strict=True)]

    def _put(self, name: str, content: bytes | None) -> None:
        if self.storage.startswith("file:"):
            path = Path(folder_of(self.storage)) / name
            path.parent.mkdir(exist_ok=True)
            path.unlink() if content is None else path.write_bytes(content)
            return
        bucket = bucket_of(self.storage)
        place = {"Bucket": bucket.name, "Key": bucket.prefix + name}
        with bucket_client(self.storage) as client:
            client.delete_object(**place) if content is None else client.put_object(**place, Body=content)


class Watched:
    """A shelf on which something happens at the worst moment, or that has less room."""

    def __init__(
        self,
        shelf: Shelf,
        room: Callable[[], int] | None = None,
        **moments: Callable[[], object],
    ) -> None:
        self._shelf = shelf
        self._at = {"before_names": int, "before_put": int, "after_put": int} | moments
        self.room = room or shelf.room
        self.read, self.remove, self.claim, self.close = shelf.read, shelf.remove, shelf.claim, shelf.close

    def names(self) -> Iterator[str]:
        self._at["before_names"]()
        return self._shelf.names()

    def put(self, deposit: str, number: int, part: bytes) -> bool:
        self._at["before_put"]()
        kept = self._shelf.put(deposit, number, part)
        self._at["after_put"]()
        return kept


def left(home: Path) -> list[str]:
    """The deposits of which the intake in *home* has any bytes."""
    deposits = open_deposits(IntakeConfig.read(home))
    names = sorted(deposits.shelf.names())
    deposits.close()
    return names


@contextmanager
def bucket_client(url: str) -> Iterator[Any]:
    client = boto3.client("s3", endpoint_url=bucket_of(url).endpoint, region_name="us-east-1")
    yield client
    client.close()
