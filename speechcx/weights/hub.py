"""The Hugging Face Hub: what a repository holds at one revision, and its files, resumed where they were cut.

Uses the Hub's own client for names, keys, proxies and errors. Its downloads begin again after a stop, which a
model of 3 GB must not: files are streamed here. ``HF_ENDPOINT`` names a mirror, ``HF_TOKEN`` a key.
"""

from __future__ import annotations

import errno
import hashlib
import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from speechcx.errors import DiskFull, ModelBad, ModelMissing
from speechcx.offline import hub_allowed
from speechcx.weights.digest_cache import hash_file
from speechcx.weights.manifest import WeightFile

logger = logging.getLogger(__name__)

MAX_FRUITLESS = 5
"""Tries in a row that bring no byte, after which a file is given up."""

RETRY_S = 1.0

USUAL_ENDPOINT = "https://huggingface.co"


@dataclass(frozen=True, slots=True)
class HubFile:
    """A file of a repository: its size, and the digest that the Hub states for it.

    Large files have a SHA-256, small ones the SHA-1 that git gives their bytes.
    """

    path: str
    size_bytes: int
    sha256: str = ""
    git_sha1: str = ""


@dataclass(frozen=True, slots=True)
class RepositoryListing:
    """What a repository holds at one full commit; `licence` is what its card states, empty if nothing."""

    repo: str
    revision: str
    licence: str
    files: tuple[HubFile, ...]


def endpoint() -> str:
    """Where the Hub is asked."""
    return (os.environ.get("HF_ENDPOINT") or USUAL_ENDPOINT).rstrip("/")


def look_up(repo: str, revision: str) -> RepositoryListing:
    """What `repo` holds at a commit, branch or tag.

    Raises
    ------
    ModelMissing
        The Hub cannot be reached, or has no such repository or revision, or wants a key.
    ModelBad
        The Hub answers with something else.
    """
    with _explained(repo, revision):
        from huggingface_hub import HfApi

        info = HfApi(endpoint=endpoint()).model_info(repo, revision=revision, files_metadata=True, timeout=30)
        files = tuple(
            HubFile(
                each.rfilename,
                int(each.size or 0),
                each.lfs.sha256 if each.lfs else "",
                "" if each.lfs else each.blob_id or "",
            )
            for each in info.siblings or ()
        )
    if not isinstance(info.sha, str) or len(info.sha) != 40 or set(info.sha) - set("0123456789abcdef"):
        raise ModelBad(
            f"{endpoint()} gave {info.sha!r} as the revision of {repo}",
            "a full commit of 40 hex digits",
            "check HF_ENDPOINT: a mirror must answer as the Hub does",
        )
    stated = (info.card_data.get("license") if info.card_data else None) or ""
    licence = ", ".join(map(str, stated)) if isinstance(stated, list) else str(stated)
    return RepositoryListing(repo, info.sha, licence, files)


def download(listing: RepositoryListing, file: HubFile, path: Path) -> WeightFile:
    """Bring one file to `path`, going on where an earlier try was cut; gives its digest.

    What is there stays until it is whole, also when this process is killed.

    Raises
    ------
    ModelMissing
        The Hub cannot be reached, or has no such file any more.
    ModelBad
        It gave other bytes than it states: they are thrown away.
    DiskFull
        The disk ran full; what is there stays for the next try.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with _explained(listing.repo, listing.revision), path.open("ab") as out:
        here = out.tell()
        if here > file.size_bytes:
            out.truncate(0)
            here = 0
        if here < file.size_bytes:
            _stream(listing, file, out)
        out.flush()
        os.fsync(out.fileno())
    sha256 = hash_file(path)
    stated, found = (file.sha256, sha256) if file.sha256 else (file.git_sha1, _git_sha1(path))
    if path.stat().st_size != file.size_bytes or (stated and stated != found):
        size = path.stat().st_size
        path.unlink()
        raise ModelBad(
            f"{file.path} came with {size} bytes and digest {found[:12]}...",
            f"{file.size_bytes} bytes and digest {stated[:12]}..., as {endpoint()} states for {listing.repo}",
            "run it again; if it stays so, a proxy or mirror changes files: do not use it",
        )
    return WeightFile(file.path, file.size_bytes, sha256)


def _stream(listing: RepositoryListing, file: HubFile, out: IO[bytes]) -> None:
    """Append what is missing of a file; a connection that is cut is taken up again as long as bytes come."""
    from huggingface_hub import hf_hub_url

    url = hf_hub_url(listing.repo, file.path, revision=listing.revision, endpoint=endpoint())
    fruitless = 0
    while (here := out.tell()) < file.size_bytes:
        try:
            _append(url, out, here)
        except Exception as error:
            fruitless = 0 if out.tell() > here else fruitless + 1
            if _is_final(error) or fruitless >= MAX_FRUITLESS:
                raise
            logger.warning(
                "%s: cut at %d of %d bytes (%s); going on", file.path, out.tell(), file.size_bytes, error
            )
            time.sleep(RETRY_S)
        else:
            # The server ended in good order: what is missing now it does not have.
            return


def _append(url: str, out: IO[bytes], here: int) -> None:
    from huggingface_hub.utils import (  # type: ignore[attr-defined]
        build_hf_headers,
        get_session,
        hf_raise_for_status,
    )

    headers = {**build_hf_headers(), "Accept-Encoding": "identity"}
    if here:
        headers["Range"] = f"bytes={here}-"
    # Its own downloads keep 10 MB back before they write, which a line that is cut more often never gets past.
    with get_session().stream("GET", url, headers=headers, follow_redirects=True, timeout=30) as answer:
        hf_raise_for_status(answer)
        if here and answer.status_code != 206:
            out.truncate(0)
        for block in answer.iter_bytes():
            out.write(block)


def _is_final(error: Exception) -> bool:
    """Whether trying again cannot help: the disk is full, or the server said no."""
    if isinstance(error, OSError) and error.errno is not None:
        return True
    status = getattr(getattr(error, "response", None), "status_code", None)
    return status is not None and status < 500 and status not in (408, 429)


def _git_sha1(path: Path) -> str:
    """The name that git gives a file's bytes; only small files are asked for it."""
    data = path.read_bytes()
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


@contextmanager
def _explained(repo: str, revision: str) -> Iterator[None]:
    """The client raises the errors of four libraries: what each means for the person who pulls."""
    try:
        with hub_allowed():
            yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(
                f"the disk ran full while {repo} came",
                "room for the whole model",
                "free some space, or set SPEECHCX_MODELS to a folder on another disk; the next pull goes on here",
            ) from error
        raise _missing(repo, revision, error) from error
    except ModelBad:
        raise
    except Exception as error:
        raise _missing(repo, revision, error) from error


def _missing(repo: str, revision: str, error: Exception) -> ModelMissing:
    from huggingface_hub import errors

    where = endpoint()
    said = (str(error).strip().splitlines() or [type(error).__name__])[0]
    if isinstance(error, errors.GatedRepoError):
        return ModelMissing(
            f"{where} gives {repo} only to those who accepted its terms",
            "HF_TOKEN with a key of someone who did",
            f"accept them at {where}/{repo}, then set HF_TOKEN",
        )
    if isinstance(error, errors.RevisionNotFoundError):
        return ModelMissing(
            f"{repo} has no revision {revision!r} (any more)",
            "a commit, branch or tag of it",
            f"take what it holds now: speechcx models pull {repo}@main",
        )
    if isinstance(error, errors.RepositoryNotFoundError):
        return ModelMissing(
            f"{where} has no repository {repo}, or gives it to members only",
            "owner/name as the Hub writes it",
            "correct the name, or set HF_TOKEN to a member's key",
        )
    return ModelMissing(
        f"{where} did not give {repo}: {said}",
        "a network that reaches the Hub, or a mirror named by HF_ENDPOINT",
        "check network and proxy and run it again, what came is kept; or on a machine with a network "
        "`speechcx models pack`, here `speechcx models unpack`",
    )
