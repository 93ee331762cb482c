"""A shelf in an S3-compatible bucket, for several hosts at once.

Decision: docs/decisions/0018-databases-and-storage.md.

1. Each attempt to keep a part is an object of its own name, and a row says which of them is the part. So no
   object is ever overwritten, and no server needs conditional writes, which several do not have.
2. An object without its row is never read. It goes with its deposit, at the latest.
3. Nothing is listed, and so nothing is swept, in a bucket that carries another database's mark.

**Not** in our hands: the server knows the second at which an object came, and from which host.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from server.intake.places import Bucket, PlaceRefused, bucket_of
from server.intake.shelf import ShelfError
from server.intake.tables import MarkRow, NoParent, ObjectRow, insert_once

ABREAST: Final = 8
"""Objects that are removed at a time; a film of 2 GB is two thousand."""
MARK: Final = "ONGGI-INTAKE"
_DEPOSIT = re.compile(r"[0-9a-f]{32}")
_CODE = re.compile(r"[A-Za-z0-9]{1,40}")
_SETTINGS: Final = Config(
    connect_timeout=5,
    read_timeout=30,
    retries={"mode": "standard", "max_attempts": 3},
    # One for each of gunicorn's threads.
    max_pool_connections=64,
    s3={"addressing_style": "path"},
    # What boto3 adds of its own accord is newer than many servers, and https checks the bytes on their way.
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)


class BucketShelf:
    """A shelf in *bucket*; *engine* has the rows that say which object is which part."""

    def __init__(self, client: Any, bucket: Bucket, engine: Engine) -> None:
        self._client, self._bucket, self._engine = client, bucket, engine

    @classmethod
    def at(cls, url: str, engine: Engine) -> BucketShelf:
        """The shelf that *url* names. Whose key it is, boto3 finds in the environment or AWS's files."""
        bucket = bucket_of(url)
        with _told():
            client = boto3.Session().client(
                "s3", endpoint_url=bucket.endpoint, region_name=bucket.region or "us-east-1", config=_SETTINGS
            )
        return cls(client, bucket, engine)

    def claim(self) -> None:
        """Make the bucket this database's own; `PlaceRefused` when it is another's, or deletes nothing."""
        with _told():
            kept = self._versioning()
        if kept:
            raise PlaceRefused(
                "this bucket keeps versions of what is deleted",
                "use one that never had versioning switched on",
            )
        ours, found = self._mark(), self._found_mark()
        if found is None:
            with _told():
                self._client.put_object(**self._at(MARK), Body=ours.encode())
            found = self._found_mark()
        if found != ours:
            raise PlaceRefused(
                "another intake's database uses this bucket under this prefix",
                "name the database that goes with it, or another prefix",
            )

    def close(self) -> None:
        self._client.close()

    def put(self, deposit: str, number: int, part: bytes) -> bool:
        if self._winner(deposit, number) is None and self._sent(deposit, number, part):
            return True
        try:
            return self.read(deposit, number) == part
        except FileNotFoundError:
            if self._winner(deposit, number) is None:
                raise
            raise ShelfError("an object that was kept is not in the bucket any more") from None

    def read(self, deposit: str, number: int) -> bytes:
        attempt = self._winner(deposit, number)
        content = self._content(_name(deposit, number, attempt)) if attempt else None
        if content is None:
            raise FileNotFoundError("no such part")
        return content

    def remove(self, deposit: str) -> None:
        pages = self._pages(f"{self._bucket.prefix}{deposit}/")
        with _told(), ThreadPoolExecutor(ABREAST) as pool:
            found = [each["Key"] for page in pages for each in page.get("Contents", ())]
            list(pool.map(self._forget, found))

    def names(self) -> Iterator[str]:
        if self._found_mark() != self._mark():
            raise ShelfError("this bucket carries another database's mark; see docs/manuals/operator.md")
        with _told():
            for page in self._pages(self._bucket.prefix, Delimiter="/"):
                for found in page.get("CommonPrefixes", ()):
                    name = found["Prefix"].removeprefix(self._bucket.prefix).rstrip("/")
                    # Whatever else somebody keeps here is not ours to sweep.
                    if _DEPOSIT.fullmatch(name):
                        yield name

    def room(self) -> int:
        with Session(self._engine) as session:
            used = session.scalar(select(func.coalesce(func.sum(ObjectRow.size), 0)))
        return max(0, self._bucket.room - int(used or 0))

    def _sent(self, deposit: str, number: int, part: bytes) -> bool:
        """Whether this attempt won its place. `FileNotFoundError` when there is no such deposit any more."""
        attempt = secrets.token_hex(16)
        place = self._at(_name(deposit, number, attempt))
        with _told():
            self._client.put_object(**place, Body=part, ContentType="application/octet-stream")
        # When the database fails here nobody knows who won, and so the object stays.
        try:
            with self._engine.begin() as rows:
                row = {"deposit": deposit, "number": number, "attempt": attempt, "size": len(part)}
                won = insert_once(rows, ObjectRow, **row)
        except NoParent:
            self._forget(place["Key"])
            raise FileNotFoundError("no such deposit") from None
        if not won:
            self._forget(place["Key"])
        return won

    def _winner(self, deposit: str, number: int) -> str | None:
        with Session(self._engine) as session:
            row = session.get(ObjectRow, (deposit, number))
            return row.attempt if row else None

    def _content(self, name: str) -> bytes | None:
        with _told():
            try:
                content: bytes = self._client.get_object(**self._at(name))["Body"].read()
            except self._client.exceptions.NoSuchKey:
                return None
            return content

    def _forget(self, key: str) -> None:
        with _told():
            self._client.delete_object(Bucket=self._bucket.name, Key=key)

    def _pages(self, prefix: str, **asked: str) -> Iterator[dict[str, Any]]:
        pages = self._client.get_paginator("list_objects_v2")
        yield from pages.paginate(Bucket=self._bucket.name, Prefix=prefix, **asked)

    def _mark(self) -> str:
        with self._engine.begin() as rows:
            insert_once(rows, MarkRow, id=1, text=secrets.token_hex(16))
        with Session(self._engine) as session:
            return session.get_one(MarkRow, 1).text

    def _found_mark(self) -> str | None:
        found = self._content(MARK)
        return None if found is None else found.decode("ascii", "replace")

    def _versioning(self) -> str | None:
        try:
            status: str | None = self._client.get_bucket_versioning(Bucket=self._bucket.name).get("Status")
        except ClientError as error:
            if error.response["Error"]["Code"] not in ("NotImplemented", "MethodNotAllowed"):
                raise
            return None  # a server that has no versions
        return status

    def _at(self, name: str) -> dict[str, str]:
        return {"Bucket": self._bucket.name, "Key": self._bucket.prefix + name}


def _name(deposit: str, number: int, attempt: str) -> str:
    return f"{deposit}/{number:06d}.{attempt}"


@contextmanager
def _told() -> Iterator[None]:
    """What boto3 raises becomes a `ShelfError` that says no more than the kind of fault."""
    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        told = f": {code}" if _CODE.fullmatch(code) else ""
        raise ShelfError(f"the bucket refuses{told}") from None
    except (BotoCoreError, ValueError) as error:
        raise ShelfError(f"the bucket cannot be reached: {type(error).__name__}") from None
