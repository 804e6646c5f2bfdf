"""Pack a film with all its parts into one ZIP, for somebody who goes on with it elsewhere."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

from pipeline.media.run import MediaError, Stopped
from pipeline.media.values import Value
from pipeline.recipes import Stored
from pipeline.steps.base import Context, Step

CHUNK = 1 << 20


class Entry(Value):
    """A stored file and its name in the bundle."""

    name: str
    file: Stored


class Text(Value):
    """A text file of the bundle."""

    name: str
    text: str


class Input(Value):
    entries: tuple[Entry, ...]
    texts: tuple[Text, ...]


class Output(Value):
    file: Stored
    files: int


def run(input: Input, ctx: Context) -> Output:
    out = ctx.folder / "bundle.zip"
    total = sum(max(1, entry.file.size_bytes) for entry in input.entries) + 1
    done = 0
    names = [entry.name for entry in input.entries] + [text.name for text in input.texts]
    if len(set(names)) != len(names) or any(name.startswith("/") or ".." in name for name in names):
        raise ValueError("the names in a bundle are its own and differ")
    # Media are compressed already; stored as they are, a bundle is as fast as the disk.
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED, allowZip64=True) as packed:
        for text in input.texts:
            packed.writestr(text.name, text.text.encode(), zipfile.ZIP_DEFLATED)
        for number, entry in enumerate(input.entries, 1):
            if ctx.stop():
                raise Stopped
            path = ctx.fetch(entry.file)
            _add(packed, path, entry.name, ctx)
            if all(later.file.key != entry.file.key for later in input.entries[number:]):
                path.unlink()  # the folder holds one file at a time, however large the film
            done += max(1, entry.file.size_bytes)
            ctx.progress(min(done, total), total)
    with zipfile.ZipFile(out) as packed:
        if damaged := packed.testzip():
            raise MediaError("The bundle could not be written whole.", detail=damaged)
    return Output(file=ctx.store(out, "bundles"), files=len(names))


def _add(packed: zipfile.ZipFile, path: Path, name: str, ctx: Context) -> None:
    info = zipfile.ZipInfo.from_file(path, name)
    with path.open("rb") as source, packed.open(info, "w", force_zip64=True) as target:
        shutil.copyfileobj(source, target, CHUNK)


STEP = Step("bundle_project", Input, Output, run, priority=140, deadline_s=3600)
