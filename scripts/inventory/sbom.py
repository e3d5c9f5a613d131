"""The software bill of materials: a CycloneDX document of an installation, from lock, metadata and manifest.

Run by ``scripts/sbom [--extra NAME] [FILE]``. The same checkout gives the same document byte for byte, so that it
has neither time nor random serial number: it is named by what it holds.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import uuid
from collections.abc import Sequence
from pathlib import Path

from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import DisjunctiveLicense, LicenseExpression
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

from scripts.inventory.licences import USERS_EXTRAS
from scripts.inventory.parts import Package, packages
from speechcx import __version__
from speechcx.weights.manifest import Model, read_manifest


def main(arguments: Sequence[str]) -> int:
    """Write the document, or print it where no file is named."""
    parser = argparse.ArgumentParser(prog="scripts/sbom", description="Write a CycloneDX bill of materials.")
    parser.add_argument("file", nargs="?", type=Path, help="default: standard output")
    parser.add_argument(
        "--extra",
        default="base",
        choices=(*USERS_EXTRAS, "dev"),
        help="what is installed",
    )
    given = parser.parse_args(arguments)
    text = document(given.extra)
    if given.file is None:
        print(text)
    else:
        given.file.parent.mkdir(parents=True, exist_ok=True)
        given.file.write_text(text + "\n", encoding="utf-8")
        print(f"{given.file}: {len(json.loads(text)['components'])} components")
    return 0


def document(extra: str = "base") -> str:
    """The bill of materials as JSON text.

    Raises
    ------
    ValueError
        It does not keep to the schema of CycloneDX 1.6.
    """
    bom = Bom()
    root = Component(
        type=ComponentType.APPLICATION, name="speechcx", version=__version__, bom_ref="speechcx",
        purl=PackageURL("pypi", name="speechcx", version=__version__), licenses=[LicenseExpression("Apache-2.0")],
    )  # fmt: skip
    bom.metadata.component = root
    parts = {package.name: _component(package) for package in packages(extra)}
    weights = [_weights(model) for model in read_manifest()]
    for component in (*parts.values(), *weights):
        bom.components.add(component)
    bom.register_dependency(root, [*parts.values(), *weights])
    for package in packages(extra):
        bom.register_dependency(parts[package.name], [parts[name] for name in package.needs])
    return _stable(bom)


def _component(package: Package) -> Component:
    return Component(
        type=ComponentType.LIBRARY, name=package.name, version=package.version, bom_ref=package.name,
        purl=PackageURL("pypi", name=package.name, version=package.version),
        licenses=[LicenseExpression(package.licence)],
        # CycloneDX's own hashes are of one file; a version on the index has one for each platform.
        properties=[Property(name="speechcx:file-sha256", value=one) for one in package.hashes],
        components=[
            Component(
                type=ComponentType.LIBRARY, name=whose, bom_ref=f"{package.name}/{whose}",
                licenses=[LicenseExpression(licence)],
            )
            for whose, licence in package.libraries
        ],
    )  # fmt: skip


def _weights(model: Model) -> Component:
    files = [file for build in model.builds for file in build.files]
    return Component(
        type=ComponentType.MACHINE_LEARNING_MODEL, name=model.name, bom_ref=f"model/{model.name}",
        description=model.about, licenses=[DisjunctiveLicense(name=model.licence)],
        components=[
            Component(
                type=ComponentType.FILE, name=file.path, bom_ref=f"model/{model.name}/{file.sha256}",
                hashes=[HashType(alg=HashAlgorithm.SHA_256, content=file.sha256)],
            )
            for file in {file.sha256: file for file in files}.values()
        ],
    )  # fmt: skip


def _stable(bom: Bom) -> str:
    """Its text, checked, without the time and named by its content."""
    content = json.loads(JsonV1Dot6(bom).output_as_string())
    del content["metadata"]["timestamp"], content["serialNumber"]
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).digest()
    content["serialNumber"] = f"urn:uuid:{uuid.UUID(bytes=digest[:16], version=4)}"
    text = json.dumps(content, indent=2, sort_keys=True)
    fault = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if fault is not None:
        raise ValueError(f"the bill of materials is not valid: {str(fault).splitlines()[0]}")
    return text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
