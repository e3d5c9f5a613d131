"""The tables of docs/licences.md: packages with their licences, and foreign libraries inside wheels."""

from __future__ import annotations

from scripts.inventory.parts import KNOWN_EXCEPTIONS, packages, unknown_terms

USERS_EXTRAS = ("base", "learn", "notify", "plot", "ray", "web")
"""What users install; the tools of development never reach them."""


def violations() -> set[tuple[str, str]]:
    """Parts of what users install that are neither permissive nor LGPL or MPL: package, and library or licence."""
    found = set()
    for extra in USERS_EXTRAS:
        for package in packages(extra):
            if unknown_terms(package.licence):
                found.add((package.name, package.licence))
            found |= {(package.name, whose) for whose, licence in package.libraries if unknown_terms(licence)}
    return found


def package_table() -> str:
    """A row for each package: licence, and the extra that brings it."""
    rows = ["| package | licence | comes with |", "|---|---|---|"]
    seen: set[str] = set()
    for extra in USERS_EXTRAS:
        for package in packages(extra):
            if package.name not in seen:
                rows.append(f"| {package.name} | {package.licence} | {extra} |")
                seen.add(package.name)
    return "\n".join(rows)


def library_table() -> str:
    """A row for each foreign library: the packages that carry it, and the licence."""
    carriers: dict[tuple[str, str], set[str]] = {}
    for extra in USERS_EXTRAS:
        for package in packages(extra):
            for library in package.libraries:
                carriers.setdefault(library, set()).add(package.name)
    rows = ["| library | licence | inside |", "|---|---|---|"]
    for (whose, licence), names in sorted(carriers.items(), key=lambda item: item[0][0].lower()):
        mark = " **(GPL)**" if any((name, whose) in KNOWN_EXCEPTIONS for name in names) else ""
        rows.append(f"| {whose} | {licence}{mark} | {', '.join(sorted(names))} |")
    return "\n".join(rows)
