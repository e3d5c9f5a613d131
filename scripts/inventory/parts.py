"""What an installation is made of: packages of the locks, libraries inside their wheels, licences, sizes.

Versions and hashes come from ``locks/``, licences from the metadata of what is installed here. What
neither says is in the tables below, each looked up once; an unknown part is an error, so that an
upgrade cannot bring in something unseen.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PYTHONS = ("3.11", "3.12", "3.13")
MACHINES = ("x86_64", "aarch64")

PERMISSIVE = frozenset({
    "0BSD", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "BSD-2-Clause", "BSD-3-Clause", "BSD-3-Clause-Clear",
    "CC0-1.0", "CNRI-Python", "FTL", "HPND", "IJG", "ISC", "LicenseRef-Public-Domain", "MIT", "MIT-0", "MIT-CMU",
    "MIT-Modern-Variant", "Matplotlib-1.3", "PSF-2.0", "Zlib", "libpng-2.0", "libtiff",
})  # fmt: skip
WEAK = frozenset({
    "LGPL-2.0-or-later", "LGPL-2.1-or-later", "LGPL-3.0-or-later", "MPL-2.0",
    "GPL-3.0-or-later WITH GCC-exception-3.1",
})  # fmt: skip
"""Bind only changes to the part itself; the exception lets GCC's run-time libraries go with any program."""
FREE_TO_PASS_ON = frozenset({"LicenseRef-Intel-Simplified-Software-License"})
"""Not open source, but may be used for anything and passed on unchanged."""

KNOWN_EXCEPTIONS = {("av", "x264"), ("av", "x265")}
"""Libraries under the GPL, explained in docs/licences.md with the way to take them out."""

_LICENCE_NAMES = {
    "Apache 2.0": "Apache-2.0", "Apache 2.0 License": "Apache-2.0", "Apache License, Version 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0", "Apache 2": "Apache-2.0", "BSD 3-Clause License": "BSD-3-Clause",
    "3-Clause BSD License": "BSD-3-Clause",
    "ISC License": "ISC", "ISC License (ISCL)": "ISC", "MIT License": "MIT",
    "Public Domain": "LicenseRef-Public-Domain",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}  # fmt: skip
_LICENCES = {
    # The metadata says "BSD" only, or quotes the whole text.
    "cloudpickle": "BSD-3-Clause", "contourpy": "BSD-3-Clause", "cycler": "BSD-3-Clause", "kiwisolver": "BSD-3-Clause",
    "flexcache": "BSD-3-Clause", "itsdangerous": "BSD-3-Clause",
    "jinja2": "BSD-3-Clause", "xlsxwriter": "BSD-2-Clause",
    "matplotlib": "Matplotlib-1.3", "numba": "BSD-2-Clause", "scipy": "BSD-3-Clause",
    # For other Pythons than the one this may run on, or of an extra that is not installed for development.
    "audioop-lts": "PSF-2.0", "ray": "Apache-2.0", "standard-aifc": "PSF-2.0", "standard-chunk": "PSF-2.0",
    "standard-sunau": "PSF-2.0",
}  # fmt: skip

_FFMPEG = ("FFmpeg", "LGPL-3.0-or-later")
_GCC = "GPL-3.0-or-later WITH GCC-exception-3.1"
_GNU_PAIR = "LGPL-3.0-or-later OR GPL-2.0-or-later"
LIBRARIES = {
    "avcodec": _FFMPEG, "avdevice": _FFMPEG, "avfilter": _FFMPEG, "avformat": _FFMPEG, "avutil": _FFMPEG,
    "swresample": _FFMPEG, "swscale": _FFMPEG,
    "x264": ("x264", "GPL-2.0-or-later"), "x265": ("x265", "GPL-2.0-or-later"),
    "SvtAv1Enc": ("SVT-AV1", "BSD-3-Clause-Clear"), "Xau": ("libXau", "MIT"), "asound": ("ALSA", "LGPL-2.1-or-later"),
    "avif": ("libavif", "BSD-2-Clause"), "brotlicommon": ("Brotli", "MIT"), "brotlidec": ("Brotli", "MIT"),
    "ctranslate2": ("CTranslate2", "MIT"), "dav1d": ("dav1d", "BSD-2-Clause"), "drm": ("libdrm", "MIT"),
    "freetype": ("FreeType", "FTL OR GPL-2.0-or-later"), "gfortran": ("GCC Fortran run-time", _GCC),
    "gmp": ("GMP", _GNU_PAIR), "gnutls": ("GnuTLS", "LGPL-2.1-or-later"), "gomp": ("GCC OpenMP run-time", _GCC),
    "harfbuzz": ("HarfBuzz", "MIT-Modern-Variant"), "hogweed": ("Nettle", _GNU_PAIR),
    "jpeg": ("libjpeg-turbo", "IJG AND BSD-3-Clause AND Zlib"), "lcms2": ("Little CMS", "MIT"), "lzma": ("XZ", "0BSD"),
    "mp3lame": ("LAME", "LGPL-2.0-or-later"), "nettle": ("Nettle", _GNU_PAIR),
    "opencore-amrnb": ("OpenCORE AMR", "Apache-2.0"), "opencore-amrwb": ("OpenCORE AMR", "Apache-2.0"),
    "openjp2": ("OpenJPEG", "BSD-2-Clause"), "opus": ("Opus", "BSD-3-Clause"), "png16": ("libpng", "libpng-2.0"),
    "quadmath": ("GCC quad-precision run-time", "LGPL-2.1-or-later"), "scipy_openblas": ("OpenBLAS", "BSD-3-Clause"),
    "scipy_openblas64_": ("OpenBLAS", "BSD-3-Clause"), "sharpyuv": ("WebP", "BSD-3-Clause"),
    "sndfile": ("libsndfile", "LGPL-2.1-or-later"), "tiff": ("LibTIFF", "libtiff"),
    "unistring": ("libunistring", _GNU_PAIR), "vpl": ("Intel VPL", "MIT"), "vpx": ("libvpx", "BSD-3-Clause"),
    "webp": ("WebP", "BSD-3-Clause"), "webpdemux": ("WebP", "BSD-3-Clause"), "webpmux": ("WebP", "BSD-3-Clause"),
    "xcb": ("XCB", "MIT"), "xcb-shape": ("XCB", "MIT"), "xcb-shm": ("XCB", "MIT"), "xcb-xfixes": ("XCB", "MIT"),
    "zstd": ("Zstandard", "BSD-3-Clause OR GPL-2.0-only"),
}  # fmt: skip
"""Library files that wheels carry beside their own code, by name: whose they are, and the licence."""
STATIC = {
    "ctranslate2": (
        ("oneDNN", "Apache-2.0"), ("Intel MKL (x86_64)", "LicenseRef-Intel-Simplified-Software-License"),
        ("OpenBLAS (aarch64)", "BSD-3-Clause"),
    ),
    "llvmlite": (("LLVM", "Apache-2.0 WITH LLVM-exception"),),
    "soundfile": (("LAME", "LGPL-2.0-or-later"), ("mpg123", "LGPL-2.1-or-later"),
        ("FLAC, Ogg, Vorbis, Opus", "BSD-3-Clause")),
    "soxr": (("libsoxr", "LGPL-2.1-or-later"),),
}  # fmt: skip
"""Libraries of note that are linked into a wheel's own files, so that no file name tells of them."""


@dataclass(frozen=True, slots=True)
class Package:
    """One entry of a lock that Linux takes.

    Parameters
    ----------
    name, version
        As on the package index, the name in its canonical form.
    hashes
        SHA-256 in hex of each file of that version.
    licence
        SPDX expression.
    libraries
        Foreign libraries inside its wheel: whose, and the licence.
    needs
        Names of the packages it depends on; empty where it is not installed here.
    """

    name: str
    version: str
    hashes: tuple[str, ...]
    licence: str
    libraries: tuple[tuple[str, str], ...]
    needs: tuple[str, ...]


@cache
def packages(extra: str = "base") -> tuple[Package, ...]:
    """What a lock installs on Linux, in order of name; `locks/build.in`'s tools included."""
    locked = dict(_read_lock(ROOT / "locks" / f"{extra}.txt"))
    return tuple(
        Package(
            name, version, hashes,
            licence=licence_of(name), libraries=libraries_of(name), needs=tuple(sorted(_needs(name) & locked.keys())),
        )
        for name, (version, hashes) in sorted(locked.items())
    )  # fmt: skip


def _read_lock(path: Path) -> list[tuple[str, tuple[str, tuple[str, ...]]]]:
    text = path.read_text("utf-8")
    found = []
    for entry in re.split(r"\n(?=[a-z0-9])", text):
        first = entry.splitlines()[0]
        if first.startswith("#"):
            continue
        requirement = Requirement(first.removesuffix("\\").strip())
        if _is_for_linux(requirement):
            version = str(requirement.specifier).removeprefix("==")
            hashes = tuple(re.findall(r"sha256:([0-9a-f]{64})", entry))
            found.append((canonicalize_name(requirement.name), (version, hashes)))
    return found


def _is_for_linux(requirement: Requirement) -> bool:
    here = {
        "sys_platform": "linux",
        "platform_system": "Linux",
        "os_name": "posix",
        "implementation_name": "cpython",
    }
    return requirement.marker is None or any(
        requirement.marker.evaluate(
            here
            | {"python_full_version": f"{python}.0", "python_version": python, "platform_machine": machine}
        )
        for python in PYTHONS
        for machine in MACHINES
    )


def installed(name: str) -> Distribution | None:
    """The distribution of that name in this environment."""
    try:
        return distribution(name)
    except PackageNotFoundError:
        return None


def licence_of(name: str) -> str:
    """SPDX expression of a package.

    Raises
    ------
    LookupError
        Neither its metadata nor the table above says it.
    """
    found = installed(name)
    if name in _LICENCES:
        return _LICENCES[name]
    if found is None:
        raise LookupError(f"{name} is not installed here: write its licence into {Path(__file__).name}")
    written = found.metadata["License-Expression"] or (found.metadata["License"] or "").partition("\n")[0]
    lines = found.metadata.get_all("Classifier", [])
    classifiers = [line.split(" :: ")[-1] for line in lines if line.startswith("License")]
    for text in filter(None, (written, *classifiers)):
        expression = _LICENCE_NAMES.get(text, text)
        if not unknown_terms(expression):
            return expression
    raise LookupError(f"{name} says {written or classifiers!r}: write its licence into {Path(__file__).name}")


def libraries_of(name: str) -> tuple[tuple[str, str], ...]:
    """Foreign libraries in a package's wheel, each once."""
    found = installed(name)
    files = [str(path) for path in (found.files or [] if found else [])]
    names = {
        re.sub(r"(-[0-9a-f]{7,8})*$", "", match[1])
        for file in files
        if (match := re.search(r"(?:\.libs|_soundfile_data)/lib(.+?)(?:_x86_64|_arm64)?\.so", file))
    }
    unknown = sorted(names - LIBRARIES.keys())
    if unknown:
        raise LookupError(
            f"{name} carries {', '.join(unknown)}: write the licence into {Path(__file__).name}"
        )
    return tuple(sorted({LIBRARIES[one] for one in names} | set(STATIC.get(name, ()))))


def _needs(name: str) -> set[str]:
    found = installed(name)
    asked = [Requirement(line) for line in (found.requires or [] if found else [])]
    return {
        canonicalize_name(one.name)
        for one in asked
        if one.marker is None or one.marker.evaluate({"extra": ""})
    }


def unknown_terms(expression: str) -> set[str]:
    """Licences of an SPDX expression that are in none of the lists above; one good branch of an OR is enough."""
    allowed = PERMISSIVE | WEAK | FREE_TO_PASS_ON
    branches = [set(branch.split(" AND ")) for branch in expression.split(" OR ")]
    return min((branch - allowed for branch in branches), key=len)
