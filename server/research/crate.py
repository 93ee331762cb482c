"""What was found as an RO-Crate 1.2: the files, and beside them, in JSON-LD for catalogues, what they are.

The words, their codes and their citations; who may do what with them; nothing of how they were looked for.
https://w3id.org/ro/crate/1.2
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

CONTEXT: Final = "https://w3id.org/ro/crate/1.2/context"
PROFILE: Final = "https://w3id.org/ro/crate/1.2"
METADATA: Final = "ro-crate-metadata.json"
NO_DAY: Final = (1980, 1, 1, 0, 0, 0)
"""The same files make the same archive, whenever it is taken."""


@dataclass(frozen=True)
class Part:
    """One file of a crate."""

    name: str
    what: str
    media: str
    content: bytes = field(repr=False)

    @property
    def entity(self) -> dict[str, Any]:
        """What the crate says of it."""
        return {
            "@id": self.name,
            "@type": "File",
            "name": self.what,
            "encodingFormat": self.media,
            "contentSize": str(len(self.content)),
            "sha256": hashlib.sha256(self.content).hexdigest(),
        }


@dataclass(frozen=True)
class Crate:
    """Files from one release of one archive, and what may be done with them."""

    archive: str
    release: int
    day: date
    terms: str
    parts: tuple[Part, ...]

    def pack(self) -> bytes:
        """A ZIP of the files and of what they are."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as into:
            for name, content in ((METADATA, self.metadata()), *((p.name, p.content) for p in self.parts)):
                into.writestr(zipfile.ZipInfo(name, NO_DAY), content, zipfile.ZIP_DEFLATED)
        return packed.getvalue()

    def metadata(self) -> bytes:
        """The JSON-LD in which the crate and each file are named."""
        about = {"@id": METADATA, "@type": "CreativeWork", "about": {"@id": "./"}}
        whole = {
            "@id": "./",
            "@type": "Dataset",
            "name": f"Testimonies of release {self.release}, {self.archive}",
            "description": self.terms,
            "datePublished": self.day.isoformat(),
            "version": str(self.release),
            "license": {"@id": "#terms"},
            "conditionsOfAccess": self.terms,
            "publisher": {"@id": "#archive"},
            "hasPart": [{"@id": part.name} for part in self.parts],
        }
        named = [
            {"@id": "#archive", "@type": "Organization", "name": self.archive},
            {"@id": "#terms", "@type": "CreativeWork", "name": "Terms of reading", "description": self.terms},
        ]
        graph = [about | {"conformsTo": {"@id": PROFILE}}, whole, *(p.entity for p in self.parts), *named]
        return json.dumps({"@context": CONTEXT, "@graph": graph}, ensure_ascii=False, indent=1).encode()
