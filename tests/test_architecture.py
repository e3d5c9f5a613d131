"""The shape of the house: what may be heavy, where SQL and printing live, how large things may grow."""

import ast
import functools
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "speechcx"
MODULES = sorted(PACKAGE.rglob("*.py"))

HEAVY = (
    "torch", "transformers", "ctranslate2", "faster_whisper", "librosa", "numba", "scipy", "onnxruntime",
    "av", "numpy", "lark", "sqlite_utils", "ray", "dask", "datasette",
    "matplotlib",
)  # fmt: skip
FORBIDDEN_NAMES = {"utils", "helpers", "misc", "common", "core", "base"}
MODULE_LINES = 500
FUNCTION_LINES = 40
COMMAND_LINES = 25
PARAMETERS = 6

LONG_FUNCTIONS: dict[str, str] = {
    # "module:function": "reason"
    "document:_turn": "one JSON object, a line for each of its fields",
}
LONG_MODULES: dict[str, str] = {}
SAME_THING: dict[str, str] = {
    # file name used on several floors: the one thing that it stands for on all of them
    "__main__": "Python's name for what a folder does when it is run",
    "accounts": "who may sign in to the pages: kept, and presented",
    "agent": "the report on one agent: asked, and presented",
    "audio": "sound: decoded, and the page that plays it",
    "audit": "the audit trail: kept, and its command",
    "call": "one call: the nouns of it, and its page",
    "calls": "calls: kept, and the page that lists them",
    "customers": "customers: asked about, presented, and their page",
    "demo": "the demonstration: made, and its command",
    "flags": "flags: decided, asked about, presented, their commands and their page",
    "layouts": "recorders' layouts: known, presented, and their commands",
    "left_out": "files that a run left out: kept, and asked about",
    "measures": "measures: declared, and in people's units",
    "operations": "what operations managers ask: answers, presented, and commands",
    "people": "agents and teams: asked about, and their pages",
    "qa": "agreement of people and machine: asked, presented, and commands",
    "report": "the morning report: made, and its command",
    "review": "reviews: their settings, and their commands",
    "reviews": "reviews: kept, asked about, presented, and their pages",
    "rulebooks": "rulebooks: presented, and their commands",
    "rules": "rules: read and applied, and their page",
    "run": "a run: done, and its command",
    "runs": "runs: asked about, presented",
    "search": "searching calls: asked, presented, and its command",
    "settings": "each room's settings",
    "trends": "trends: asked, presented",
    "turns": "turns: heard, and kept",
}
MANY_PARAMETERS: dict[str, str] = {}


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__") or "__init__"


MODULE_NAMES = {module_name(path) for path in MODULES}


@functools.cache
def parse(path: Path) -> ast.Module:
    """The tree of a file, read once for all tests."""
    return ast.parse(path.read_text())


@functools.cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """All nodes of a file, found once for all tests."""
    return tuple(ast.walk(parse(path)))


def functions(path: Path) -> list[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [(f"{module_name(path)}:{node.name}", node) for node in nodes(path) if isinstance(node, kinds)]


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function without decorators, signature and docstring."""
    body = node.body[1:] if ast.get_docstring(node) else node.body
    return 0 if not body else (body[-1].end_lineno or 0) - body[0].lineno + 1


def is_command(path: Path, node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a function's parameters are what a person types: options of a command."""
    return path.parent.name == "cli" and any(
        "typer" in ast.unparse(a) or "options." in ast.unparse(a)
        for arg in node.args.args
        if (a := arg.annotation)
    )


def test_planning_a_run_loads_no_numpy() -> None:
    """A night with nothing new reads settings, the rulebook and folders, and needs no arrays: they cost 0.25 s."""
    code = "import sys, speechcx.batch, speechcx.present.runs; print('numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "False" == done.stdout.strip()


def test_help_loads_nothing_heavy() -> None:
    """Importing every command loads none of the heavy libraries."""
    code = "import sys, speechcx.cli; speechcx.cli.app; print(' '.join(sorted({n.split('.')[0] for n in sys.modules})))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert set() == set(HEAVY) & set(loaded.stdout.split())


def test_a_question_loads_no_other_command_and_no_pydantic() -> None:
    """What one command does not need is not loaded for it; its options are read without pydantic."""
    code = (
        "import sys; sys.argv = ['speechcx', 'agents', '--help']; from speechcx.cli import main\n"
        "try: main()\nexcept SystemExit: print(' '.join(sys.modules), file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(ran.stderr.split())
    assert {"speechcx.cli.explore"} == {"speechcx.cli.explore", "speechcx.cli.flags", "pydantic"} & loaded


def test_modules_stay_small() -> None:
    """No module has more than 500 lines."""
    sizes = {module_name(path): len(path.read_text().splitlines()) for path in MODULES}
    assert {} == {n: s for n, s in sizes.items() if s > MODULE_LINES and n not in LONG_MODULES}


def test_functions_fit_on_a_screen() -> None:
    """No function has more than 40 lines, no command more than 25, docstring left out."""
    long = {}
    for path in MODULES:
        for name, node in functions(path):
            is_command = any("command(" in ast.unparse(mark) for mark in node.decorator_list)
            if (
                length(node) > (COMMAND_LINES if is_command else FUNCTION_LINES)
                and name not in LONG_FUNCTIONS
            ):
                long[name] = length(node)
    assert {} == long


def test_few_parameters() -> None:
    """No function but a command takes more than 6 parameters."""
    many = {}
    for path in MODULES:
        for name, node in functions(path):
            if is_command(path, node):
                continue
            args = node.args
            names = [arg.arg for arg in (*args.posonlyargs, *args.args, *args.kwonlyargs)]
            names = [arg for arg in names if arg not in ("self", "cls")]
            if len(names) > PARAMETERS and name not in MANY_PARAMETERS:
                many[name] = len(names)
    assert {} == many


def test_no_drawer_modules() -> None:
    """No module is named for being a drawer."""
    assert set() == {path.stem for path in MODULES} & FORBIDDEN_NAMES


def test_every_module_says_its_idea() -> None:
    """Every module's docstring begins with a line that ends in a full stop or a colon."""
    without = []
    for path in MODULES:
        first = (ast.get_docstring(parse(path)) or "").partition("\n\n")[0]
        if not first.rstrip().endswith((".", ":", "?")):
            without.append(module_name(path))
    assert [] == without


def modules_outside(*rooms: str) -> list[Path]:
    """Modules of all rooms but these."""
    return [path for path in MODULES if path.relative_to(PACKAGE).parts[0] not in rooms]


def test_sql_stays_in_its_rooms() -> None:
    """Only store and ask contain SQL."""
    statement = re.compile(r"^\s*(SELECT|INSERT INTO|UPDATE \w+ SET|DELETE FROM|CREATE TABLE|PRAGMA)\b", re.M)
    assert [] == [
        f"{module_name(path)}:{node.lineno}"
        for path in modules_outside("store", "ask")
        for node in nodes(path)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and statement.search(node.value)
    ]


def test_questions_know_nothing_of_how_numbers_are_stored() -> None:
    """Scaled whole numbers, compact tables and packed words stay in store; ask reads views and readers."""
    stored = re.compile(r"\w+_x10+\b|\w+_data\b|from_fixed|to_fixed|unpack_\w+")
    found = {path: stored.findall(path.read_text()) for path in (PACKAGE / "ask").rglob("*.py")}
    assert {} == {module_name(path): names for path, names in found.items() if names}


def test_only_the_command_line_prints() -> None:
    """Only cli prints."""
    assert [] == [
        f"{module_name(path)}:{node.lineno}"
        for path in modules_outside("cli")
        for node in nodes(path)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]


def test_only_listening_rooms_compute_on_sound() -> None:
    """Only the rooms that hear touch the samples of an Audio."""
    silent = modules_outside("audio", "turns", "transcribe", "prosody", "waveform.py", "call")
    assert [] == [module_name(path) for path in silent if ".samples" in path.read_text()]


def test_exceptions_are_still_needed() -> None:
    """Every name on a list of exceptions exists and still is over the limit."""
    lengths = {name: length(node) for path in MODULES for name, node in functions(path)}
    assert [] == [name for name in LONG_FUNCTIONS if lengths.get(name, 0) <= COMMAND_LINES]
    sizes = {module_name(path): len(path.read_text().splitlines()) for path in MODULES}
    assert [] == [name for name in LONG_MODULES if sizes.get(name, 0) <= MODULE_LINES]


def test_every_source_file_has_its_tests() -> None:
    """Each module is named by a test file, or belongs to a room that has tests of its own."""
    tests = list((ROOT / "tests").rglob("test_*.py"))
    tested = {path.stem.removeprefix("test_") for path in tests} | {path.parent.name for path in tests}
    modules = [path.relative_to(PACKAGE).with_suffix("") for path in MODULES]
    assert [] == [
        str(module) for module in modules if not tested & set(module.parts) and module.name[0] != "_"
    ]


def test_a_type_name_stands_for_one_thing() -> None:
    """No class and no alias of a type is defined in two modules; the same in two places is imported from one."""
    places: dict[str, list[str]] = {}
    for path in MODULES:
        for name in type_names(parse(path).body):
            places.setdefault(name, []).append(module_name(path))
    assert {} == {name: modules for name, modules in places.items() if len(modules) > 1}


def type_names(body: list[ast.stmt]) -> list[str]:
    """Public types that a module defines, in capitals and small letters as types are written."""
    found = []
    for node in body:
        if isinstance(node, ast.ClassDef):
            found.append(node.name)
        elif isinstance(node, ast.Assign):
            found += [target.id for target in node.targets if isinstance(target, ast.Name)]
        elif isinstance(node, ast.If):
            found += type_names(node.body)
    return [name for name in found if re.fullmatch(r"[A-Z]+[a-z][A-Za-z0-9]*", name)]


def test_a_file_name_stands_for_one_thing() -> None:
    """No two files or folders of a floor share a name; two floors do only where both mean the same thing."""
    places: dict[str, list[str]] = {}
    folders = {path.parent for path in MODULES if path.parent != PACKAGE}
    for path in [*MODULES, *folders]:
        if path.stem != "__init__":
            places.setdefault(path.stem, []).append(path.relative_to(PACKAGE).parts[0].removesuffix(".py"))
    twice = {name: floors for name, floors in places.items() if len(floors) > 1}
    assert set(SAME_THING) == set(twice)
    assert {} == {
        name: floors for name, floors in twice.items() if len(floors) != len(set(floors)) and name != "report"
    }


def test_no_circle_of_files() -> None:
    """No file imports itself by way of others, also not inside a function; names for the type checker run nothing."""
    imports = {module_name(path): imported_modules(path) for path in MODULES}
    below: set[str] = set()
    while rest := {name: needed - below for name, needed in imports.items() if name not in below}:
        free = {name for name, needed in rest.items() if not needed}
        assert free, f"a circle among {sorted(rest)}"
        below |= free


def imported_modules(path: Path) -> set[str]:
    """Our modules that a file imports when it runs, wherever in it."""
    found = set()
    only_types = {
        id(inner)
        for node in nodes(path)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for part in node.body
        for inner in ast.walk(part)
    }
    for node in (one for one in nodes(path) if id(one) not in only_types):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("speechcx"):
            room = node.module.removeprefix("speechcx").removeprefix(".")
            for name in node.names:
                inner = f"{room}.{name.name}".removeprefix(".")
                found.add(inner if inner in MODULE_NAMES else room or "__init__")
    return found
