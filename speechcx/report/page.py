"""A report as one HTML page: no script, nothing loaded from anywhere, prints on A4, reads on a phone."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from speechcx.present.table import Table
from speechcx.report.charts import LABEL_WIDTH, WIDTH
from speechcx.report.contents import Report

if TYPE_CHECKING:
    from jinja2 import Environment


def write_page(report: Report) -> str:
    """The page as HTML text, UTF-8 declared. Every text of a call is escaped by the template."""
    template = _environment().get_template("report.html")
    return template.render(report=report, width=WIDTH, label_width=LABEL_WIDTH)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    found = Environment(
        loader=PackageLoader("speechcx.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.tests["table"] = lambda block: isinstance(block, Table)
    return found
