"""Settings come from file, environment and flags, in that order of force, and say where from."""

import tomllib
from pathlib import Path

import pytest

from speechcx.config import load, load_settings
from speechcx.errors import ConfigError


def write(folder: Path, text: str) -> Path:
    path = folder / "speechcx.toml"
    path.write_text(text, "utf-8")
    return path


def test_later_sources_win_and_are_remembered(tmp_path: Path) -> None:
    """Flags win over the environment, which wins over the file; each value remembers its source."""
    path = write(tmp_path, '[transcribe]\nmodel = "base"\n[batch]\nworkers = 3\nmax_attempts = 4\n')
    loaded = load_settings(
        path,
        overrides=["batch.workers=7"],
        environment={"SPEECHCX_BATCH_WORKERS": "5", "SPEECHCX_BATCH_MAX_ATTEMPTS": "6", "HOME": "/x"},
    )
    assert ("base", 7, 6) == (
        loaded.settings.transcribe.model,
        loaded.settings.batch.workers,
        loaded.settings.batch.max_attempts,
    )
    assert {
        "transcribe.model": str(path),
        "batch.workers": "--set batch.workers=7",
        "batch.max_attempts": "environment SPEECHCX_BATCH_MAX_ATTEMPTS",
    } == dict(loaded.origins)


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    """A relative path of the settings starts at the folder of the settings file."""
    loaded = load_settings(write(tmp_path, '[files]\ndatabase = "a/b.db"\n'), environment={})
    assert tmp_path / "a" / "b.db" == loaded.resolve(loaded.files.database)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[transcribe]\nmodle = 'base'\n", r"no setting 'modle'(.|\n)*did you mean 'model'"),
        ("[transcrib]\nmodel = 'base'\n", r"no section \[transcrib\](.|\n)*did you mean 'transcribe'"),
        ("model = 'base'\n", "stands outside any section"),
        ("[batch]\nworkers = 'many'\n", r"batch\.workers, got 'many'"),
        ("[batch]\nworkers = -1\n", r"batch\.workers(.|\n)*workers must be 0 to 1,024, got -1"),
        ("[batch\n", "is not TOML"),
    ],
)
def test_wrong_settings_say_what_is_right(tmp_path: Path, text: str, message: str) -> None:
    """Each kind of mistake names the place and what would be legal."""
    with pytest.raises(ConfigError, match=message):
        load_settings(write(tmp_path, text), environment={})


@pytest.mark.parametrize("override", ["workers=3", "batch.workers", ""])
def test_malformed_override_shows_the_form(override: str) -> None:
    """A --set without section or value shows how to write it."""
    with pytest.raises(ConfigError, match=r"section\.key=value"):
        load_settings(None, overrides=[override], environment={})


def test_missing_file_is_an_error(tmp_path: Path) -> None:
    """A named settings file that is not there is an error, not the defaults."""
    with pytest.raises(ConfigError, match="cannot read"):
        load_settings(tmp_path / "nowhere.toml", environment={})


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("batch.time_limit_factor=nan", "time_limit_factor must be 0 to 10,000, got nan"),
        ("discover.settle_s=inf", "settle_s must be 0 to 86,400, got inf"),
        ("discover.settle_s=1e400", "got inf"),
        ("turns.silent_dbov=-inf", "got -inf"),
        ("review.duration_bands_s=[nan]", "got nan"),
        ("review.risks=[['flags', inf]]", "got inf"),
        ("batch.workers=1e300", "batch.workers"),
        ("batch.workers=1000000", "workers must be 0 to 1,024"),
        ("batch.memory_limit_mb=4", "memory_limit_mb must be 0, or 300 and more"),
        (f"batch.workers={'9' * 5000}", "batch.workers, got '999"),
        (f"batch.time_limit_factor={'9' * 400}", "batch.time_limit_factor"),
        (f"batch.workers={'[' * 5000}", "batch.workers"),
        ('files.database="calls\\u0000.db"', "text without NUL"),
    ],
)
@pytest.mark.parametrize("source", ["file", "environment", "--set"])
def test_numbers_that_are_none_are_refused(source: str, value: str, words: str, tmp_path: Path) -> None:
    """nan, inf and absurd numbers are refused from every source, in a short message that names source and key."""
    name, _, text = value.partition("=")
    section, _, key = name.partition(".")
    path = write(tmp_path, f"[{section}]\n{key} = {text}\n" if source == "file" else "")
    environment = {f"SPEECHCX_{section}_{key}".upper(): text} if source == "environment" else {}
    overrides = [value] if source == "--set" else []
    with pytest.raises(ConfigError) as caught:
        load_settings(path, overrides=overrides, environment=environment)
    shown = str(caught.value)
    assert len(shown) < 600
    if "is not TOML" not in shown:
        assert words in shown
        assert name in shown


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_settings_file_of_a_windows_editor(encoding: str, tmp_path: Path) -> None:
    """A byte order mark and Windows line ends are no part of the settings."""
    path = tmp_path / "speechcx.toml"
    path.write_bytes("# Lautstärke\r\n[batch]\r\nworkers = 3\r\n".encode(encoding))
    assert load_settings(path, environment={}).settings.batch.workers == 3


@pytest.mark.parametrize(
    ("value", "found", "expected"),
    [
        ("5", "files.rulebook, got 5", "a file, or one for each language"),
        ("{}", "a table without a language", "a file, or one for each language"),
        ('{spansh = "a.yaml"}', "a language 'spansh'", "a code such as en, es, de"),
        ('{en = "a.yaml", en-GB = "b.yaml"}', "a second rulebook for 'en'", "one for each language"),
        ('{es = ""}', "'' for 'es'", "a file, or one for each language"),
        ('{es = ["a.yaml"]}', "['a.yaml'] for 'es'", "a file, or one for each language"),
    ],
)
def test_a_wrong_rulebook_setting_says_what_is_expected(value: str, found: str, expected: str) -> None:
    """What was found, what was expected, what to do."""
    with pytest.raises(ConfigError) as caught:
        load_settings(overrides=[f"files.rulebook={value}"], environment={})
    assert found in caught.value.found
    assert expected in caught.value.expected
    assert caught.value.cure


def test_rulebooks_by_language_are_read_in_their_order(tmp_path: Path) -> None:
    """From a file as an inline table or a section, from the environment, by name or with a region."""
    config = tmp_path / "speechcx.toml"
    wanted = (("es", "reglas.yaml"), ("en", "rules.yaml"), ("any", "all.yaml"))
    config.write_text('[files.rulebook]\nSpanish = "reglas.yaml"\nen-GB = "rules.yaml"\nany = "all.yaml"\n')
    assert wanted == load_settings(config, environment={}).files.rulebooks
    told = {"SPEECHCX_FILES_RULEBOOK": '{es = "reglas.yaml", en = "rules.yaml", any = "all.yaml"}'}
    assert wanted == load_settings(environment=told).files.rulebooks
    assert ((("", "rules.yaml"),), ()) == tuple(
        load_settings(overrides=[f"files.rulebook={name}"], environment={}).files.rulebooks
        for name in ("rules.yaml", "''")
    )


@pytest.mark.parametrize(
    ("text", "is_quick"),
    [
        ('[files]\nrecordings = ["a", "b"]\nrulebook = "rules.yaml"', True),
        ('[discover]\nsettle_s = 0\nzone = "Europe/London"\nrecursive = false', True),
        ("[batch]\nworkers = 3\ntime_limit_factor = 2.5", True),
        ('[batch]\nmissing_files = "warn"', False),
        ('[files.rulebook]\nen = "a.yaml"', False),
    ],
)
def test_plain_settings_are_read_as_pydantic_reads_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, is_quick: bool
) -> None:
    """The same settings come out whether a section is looked at by pydantic or not."""
    path = write(tmp_path, f"{text}\n")
    read = load._read_plain
    plain = load_settings(path, environment={}).settings
    section = text[1:].partition("]")[0].partition(".")[0]
    assert is_quick == (read(section, tomllib.loads(text)[section]) is not None)
    monkeypatch.setattr(load, "_read_plain", lambda section, given: None)
    assert plain == load_settings(path, environment={}).settings


@pytest.mark.parametrize("text", ["[batch]\nworkers = 9999", '[files]\nrecordings = "a"'])
def test_settings_of_the_wrong_kind_are_refused_with_their_place(tmp_path: Path, text: str) -> None:
    """A quick look takes nothing that pydantic would refuse or change."""
    with pytest.raises(ConfigError, match="workers|recordings"):
        load_settings(write(tmp_path, f"{text}\n"), environment={})
