"""The manual page says what help says."""

from pathlib import Path

from speechcx.cli.man_page import make_man_page
from tests.cli.test_command_examples import list_commands

PAGE = Path(__file__).parents[2] / "docs" / "speechcx.1"


def test_every_command_and_its_example_is_on_the_page() -> None:
    """Commands of groups too; and the page in the package is the one that the program makes."""
    page = make_man_page()
    plain = page.replace("\\-", "-").replace("\\(dq", '"').replace("\\e", "\\")
    for command, example in list_commands():
        assert f'.SS "speechcx {command}' in plain, command
        assert f"speechcx {example}" in plain, example
    assert PAGE.read_text("utf-8") == page


def test_no_line_of_text_is_taken_for_a_request() -> None:
    """A line that begins with a dot is one of the few macros that are used."""
    macros = {line.split()[0] for line in make_man_page().splitlines() if line.startswith((".", "'"))}
    assert macros <= {".TH", ".SH", ".SS", ".TP", ".B", ".I", ".PP"}
