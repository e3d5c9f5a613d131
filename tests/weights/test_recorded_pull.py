"""Pulling what the manifest does not name: from a Hub on the loopback address, and from folders."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from speechcx.errors import ConfigError, DiskLow, ModelBad, ModelMissing
from speechcx.transcribe import TranscribeSettings, load_recognizer
from speechcx.weights import find_model, list_models, model_digest, verify_model
from speechcx.weights.fetch import pull_model
from speechcx.weights.record import RECORD_NAME, read_record
from speechcx.weights.recorded_pull import pull_recorded
from tests.disks import small_disk
from tests.weights.hub_server import Hub, serve_hub

SMALL = "Systran/faster-whisper-small"
MODEL = {
    "model.bin": b"\x06\x00\x00\x00weights " * 4096,
    "config.json": b'{"a": 1}',
    "tokenizer.json": b"{}",
    "vocabulary.txt": b"a\nb\n",
}
CARD = {
    "README.md": b"# a card",
    ".gitattributes": b"",
    "training.py": b"print()",
    "pytorch_model.bin": b"PK",
}


@pytest.fixture
def hub(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A Hub with Whisper small in it, which the client asks, and waits for nothing."""
    with serve_hub() as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        monkeypatch.setenv("HF_HUB_DISABLE_PROGRESS_BARS", "1")
        monkeypatch.setattr(time, "sleep", lambda _: None)
        server.commit(SMALL, {**MODEL, **CARD})
        server.licences[SMALL] = "mit"
        yield server


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != RECORD_NAME}


def test_a_size_is_pulled_by_its_short_name(hub: Hub, user_models: Path) -> None:
    """`small` comes from its repository: the files that are loaded and no others, pinned to the full commit."""
    said: list[str] = []
    folder = pull_model("small", tell=said.append)
    record = read_record(folder)
    assert record is not None
    assert (user_models / "small", MODEL) == (folder, contents(folder))
    assert (SMALL, hub.heads[SMALL], "mit") == (record.source, record.revision, record.licence)
    assert folder == find_model("small") == find_model("whisper-small")
    assert {"small", ".pull.lock"} == {path.name for path in user_models.iterdir()}


def test_licence_size_and_memory_are_said_before_anything_comes(hub: Hub) -> None:
    """What a person has to know stands before the first byte."""
    hub.changed["model.bin"] = b"nothing"
    said: list[str] = []
    with pytest.raises(ModelBad):
        pull_model("small", tell=said.append)
    told = "\n".join(said)
    assert "0 MB from" in told
    assert "licence mit" in told
    assert "MB of memory for each worker" in told


@pytest.mark.parametrize(
    ("licence", "told"), [("", "not stated"), ("cc-by-nc-4.0", "NOT for commercial use")]
)
def test_a_licence_that_forbids_is_said(hub: Hub, licence: str, told: str) -> None:
    """A repository without a licence, and one that excludes business, are told apart from others."""
    hub.commit("someone/model", dict(MODEL))
    hub.licences["someone/model"] = licence
    said: list[str] = []
    pull_model("someone/model", tell=said.append)
    assert told in "\n".join(said)


def test_any_repository_is_pulled_by_its_name(hub: Hub) -> None:
    """`owner/name` works in the settings as it was pulled, without a network."""
    hub.commit("our-centre/whisper-nl", dict(MODEL))
    folder = pull_model("our-centre/whisper-nl")
    hub.is_down = True
    assert folder == find_model("our-centre/whisper-nl")
    assert 4 == len(verify_model("our-centre/whisper-nl").files)
    assert "our-centre--whisper-nl" in {status.name for status in list_models()}


def test_a_cut_connection_goes_on_within_one_pull(hub: Hub) -> None:
    """Three cuts cost three more requests, each for the rest only."""
    hub.cut_after, hub.cuts = 10_000, 3
    assert MODEL == contents(pull_model("small"))
    ranges = [line.partition("bytes=")[2] for line in hub.asked if "bytes=" in line]
    assert ["10000-", "20000-", "30000-"] == ranges


def test_a_pull_that_was_given_up_goes_on_in_the_next(hub: Hub) -> None:
    """After a Hub that went away, the next pull asks for the rest of the file that was cut."""
    hub.cut_after, hub.cuts, hub.down_after_cuts = 10_000, 2, True
    with pytest.raises(ModelMissing, match="what came is kept"):
        pull_model("small")
    hub.is_down = False
    hub.asked.clear()
    assert MODEL == contents(pull_model("small"))
    assert any("model.bin bytes=20000-" in line for line in hub.asked)


def test_a_killed_pull_goes_on_in_the_next(hub: Hub, user_models: Path, tmp_path: Path) -> None:
    """What a killed process had brought is not fetched again, and is verified like the rest."""
    revision = hub.heads[SMALL]
    left = user_models / ".pull-small" / revision / "model.bin"
    left.parent.mkdir(parents=True)
    left.write_bytes(MODEL["model.bin"][:7_000])
    assert MODEL == contents(pull_model("small"))
    assert any("model.bin bytes=7000-" in line for line in hub.asked)


def test_what_was_left_of_another_revision_is_not_gone_on_with(hub: Hub, user_models: Path) -> None:
    """The first half of one commit and the second of another make no model."""
    left = user_models / ".pull-small" / ("0" * 40) / "model.bin"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"other bytes")
    assert MODEL == contents(pull_model("small"))
    assert not any("bytes=" in line for line in hub.asked)


@pytest.mark.parametrize("name", ["model.bin", "tokenizer.json"])
def test_wrong_bytes_are_refused_on_the_first_pull(hub: Hub, user_models: Path, name: str) -> None:
    """Large files are compared by SHA-256, small ones by git's digest; nothing is put in place."""
    hub.changed[name] = bytes(len(MODEL[name]))
    with pytest.raises(ModelBad, match=rf"{name} came with"):
        pull_model("small")
    assert not (user_models / "small").exists()
    hub.changed.clear()
    assert MODEL == contents(pull_model("small"))


def test_a_changed_file_is_found_and_mended_from_the_same_commit(hub: Hub) -> None:
    """A run and `verify` refuse a file that differs from its first pull; a pull brings that commit again."""
    folder = pull_model("small")
    pinned = hub.heads[SMALL]
    hub.commit(SMALL, {**MODEL, "config.json": b'{"a": 2}'})
    (folder / "config.json").write_bytes(b'{"a": 3}')
    for look in (find_model, verify_model):
        with pytest.raises(ModelBad, match=r"config.json has SHA-256 .*\n.*\n.*pull small"):
            look("small")
    pull_model("small")
    record = read_record(folder)
    assert record is not None
    assert (MODEL, pinned) == (contents(folder), record.revision)


def test_a_file_put_in_later_is_found(hub: Hub) -> None:
    """A file that an engine would load and that the first pull did not bring is named."""
    folder = pull_model("small")
    (folder / "preprocessor_config.json").write_text("{}")
    with pytest.raises(ModelBad, match=r"preprocessor_config.json is not in its record"):
        find_model("small")


def test_a_moved_revision_is_taken_only_where_asked(hub: Hub) -> None:
    """A repository that goes on leaves the pulled model as it is, until somebody asks for `@main`."""
    folder = pull_model("small")
    moved = {**MODEL, "config.json": b'{"a": 2}'}
    head = hub.commit(SMALL, moved)
    pull_model("small")
    assert MODEL == contents(folder)
    pull_model("small@main")
    record = read_record(folder)
    assert record is not None
    assert (moved, head) == (contents(folder), record.revision)


def test_a_revision_can_be_named(hub: Hub) -> None:
    """A short commit is enough, and the record holds the full one."""
    first = hub.heads[SMALL]
    hub.commit(SMALL, {**MODEL, "config.json": b'{"a": 2}'})
    record = read_record(pull_model(f"small@{first[:8]}"))
    assert record is not None
    assert first == record.revision


def test_a_revision_that_is_gone_says_how_to_go_on(hub: Hub) -> None:
    """A force-pushed repository: the message names what takes the newest."""
    folder = pull_model("small")
    old = hub.heads[SMALL]
    hub.commit(SMALL, dict(MODEL))
    del hub.commits[SMALL][old]
    (folder / "config.json").unlink()
    with pytest.raises(ModelMissing, match=rf"no revision '{old}'.*\n.*\n.*{SMALL}@main"):
        pull_model("small")


def test_a_hub_that_rewrites_a_commit_is_refused(hub: Hub) -> None:
    """Other bytes under the commit that was recorded are never put in place, whatever the Hub states."""
    folder = pull_model("small")
    hub.commits[SMALL][hub.heads[SMALL]]["model.bin"] = bytes(40_000)
    with pytest.raises(ModelBad, match="now gives other bytes for hub Systran/faster-whisper-small@"):
        pull_model("small", force=True)
    assert MODEL == contents(folder)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nobody/nothing", r"has no repository nobody/nothing"),
        ("closed/model", r"only to those who accepted its terms.*\n.*HF_TOKEN"),
        ("small@v9", r"no revision 'v9'"),
        ("smal", r"no model 'smal'.*\n.*\n.*use 'small'"),
    ],
)
def test_what_cannot_be_had_says_why(hub: Hub, name: str, message: str) -> None:
    """Each way in which the Hub says no has its own words and cure."""
    hub.gated.add("closed/model")
    with pytest.raises(ModelMissing, match=message):
        pull_model(name)


@pytest.mark.parametrize("url", ["", "http://127.0.0.1:9"])
def test_without_a_network_the_other_way_is_named(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    """A Hub that is down or out of reach: packs carry a model over."""
    hub.is_down = True
    if url:
        monkeypatch.setenv("HF_ENDPOINT", url)
    with pytest.raises(ModelMissing, match=r"models pack"):
        pull_model("small")


def test_a_repository_of_torch_weights_is_refused(hub: Hub) -> None:
    """A checkpoint in another layout is named with the tool that converts it, before anything comes."""
    hub.commit("openai/whisper-small", {"config.json": b"{}", "model.safetensors": b"x" * 2000})
    with pytest.raises(
        ModelBad, match=r"has no model.bin, but model.safetensors.*\n.*\n.*ct2-transformers-converter"
    ):
        pull_model("openai/whisper-small")
    assert not any("resolve" in line for line in hub.asked)


def test_names_that_lead_elsewhere_are_left_out(hub: Hub, user_models: Path) -> None:
    """A repository can neither write outside the model's folder nor bring what runs."""
    outside = {"../../evil.json": b"{}", "/tmp/evil.json": b"{}", "model.onnx.pkl": b"x", "setup.py": b"x"}
    hub.commit("evil/model", {"model.onnx": b"x", "vocab.txt": b"a", **outside})
    assert {"model.onnx", "vocab.txt"} == set(contents(pull_model("evil/model")))
    assert not [line for line in hub.asked if "evil.json" in line or "pkl" in line or "setup" in line]


def test_onnx_weights_come_as_int8(hub: Hub) -> None:
    """Of a repository for onnx-asr the int8 weights come, with what lies beside them, not the float32 ones too."""
    names = ("encoder-model.onnx", "encoder-model.onnx.data", "decoder_joint-model.onnx")
    int8 = ("encoder-model.int8.onnx", "decoder_joint-model.int8.onnx", "vocab.txt", "config.json")
    hub.commit("istupakov/parakeet-tdt-0.6b-v3-onnx", {name: name.encode() for name in (*names, *int8)})
    assert set(int8) == set(contents(pull_model("nemo-parakeet-tdt-0.6b-v3")))
    hub.commit("istupakov/parakeet-ctc-0.6b-onnx", {name: name.encode() for name in (*names, "vocab.txt")})
    assert {*names, "vocab.txt"} == set(contents(pull_model("istupakov/parakeet-ctc-0.6b-onnx")))


def test_too_little_room_is_found_before_the_first_byte(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that cannot hold the model is named with what is needed; nothing is asked for but the list."""
    with small_disk(tmp_path / "small", 32) as disk:
        monkeypatch.setenv("SPEECHCX_MODELS", str(disk / "models"))
        with pytest.raises(DiskLow, match=r"MB free in .*\n.*MB to fetch small"):
            pull_model("small")
    assert not any("resolve" in line for line in hub.asked)


def test_a_disk_that_fills_up_meanwhile_keeps_what_came(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else took the room: the message says so, and the next pull goes on."""
    big = {**MODEL, "model.bin": os.urandom(3 << 20)}
    hub.commit(SMALL, big)
    monkeypatch.setattr("speechcx.weights.place.SPARE_BYTES", -(64 << 20))
    with small_disk(tmp_path / "small", 2) as disk:
        monkeypatch.setenv("SPEECHCX_MODELS", str(disk / "models"))
        with pytest.raises(DiskLow, match=r"ran full while .*\n.*\n.*next pull goes on"):
            pull_model("small")
        subprocess.run(["mount", "-o", "remount,size=8m", str(disk)], check=True)
        hub.asked.clear()
        assert big == contents(pull_model("small"))
    assert any("model.bin bytes=" in line for line in hub.asked)


def test_a_folder_put_there_by_hand_is_not_replaced(hub: Hub, user_models: Path) -> None:
    """A copy from another machine under the name of a size stays, unless --force says otherwise."""
    folder = user_models / "small"
    folder.mkdir(parents=True)
    (folder / "model.bin").write_bytes(b"by hand")
    said: list[str] = []
    pull_model("small", tell=said.append)
    assert "put there by hand" in said[0]
    assert b"by hand" == (folder / "model.bin").read_bytes()
    pull_model("small", force=True)
    assert MODEL == contents(folder)


def test_a_folder_is_copied_and_recorded(home: Path, user_models: Path, tmp_path: Path) -> None:
    """Weights of one's own are pulled by their path, get a name, and are checked ever after."""
    source = tmp_path / "out"
    source.mkdir()
    for name, data in {**MODEL, "model.pt": b"PK"}.items():
        (source / name).write_bytes(data)
    folder = pull_recorded(str(source), tell=lambda _: None, save_as="whisper-ours")
    assert (user_models / "whisper-ours", MODEL) == (folder, contents(folder))
    assert 4 == len(verify_model("whisper-ours").files)
    (folder / "vocabulary.txt").write_text("c\n")
    with pytest.raises(ModelBad, match=r"vocabulary.txt has"):
        find_model("whisper-ours")


def test_a_folder_may_not_take_the_name_of_another_model(home: Path, tmp_path: Path) -> None:
    """A copy named `small` would pass for OpenAI's."""
    for name, data in MODEL.items():
        (tmp_path / name).write_bytes(data)
    with pytest.raises(ConfigError, match=r"small is the name of another model"):
        pull_recorded(str(tmp_path), tell=lambda _: None, save_as="small")


def test_a_folder_by_hand_cannot_be_verified(home: Path, user_models: Path) -> None:
    """Without a record nothing says what the files should be, and the message says how to get one."""
    (user_models / "by-hand").mkdir(parents=True)
    with pytest.raises(ModelBad, match=r"they were not pulled.*\n.*\n.*models pull .* --as NAME"):
        verify_model("by-hand")


def test_a_broken_record_is_no_traceback(hub: Hub) -> None:
    """A record that somebody edited is refused, and --force fetches the model again."""
    folder = pull_model("small")
    record = json.loads((folder / RECORD_NAME).read_text())
    record["files"][0]["path"] = "../../evil.json"
    (folder / RECORD_NAME).write_text(json.dumps(record))
    with pytest.raises(ModelBad, match=r"record of a model cannot be used: a file's path stays inside"):
        find_model("small")
    pull_model("small", force=True)
    assert folder == find_model("small")


def test_the_command_asks_the_hub_although_runs_may_not(hub: Hub) -> None:
    """`speechcx models pull` reaches HF_ENDPOINT in a process that was told to stay offline."""
    hub.commit("someone/onnx", {"model.onnx": b"x" * 2000, "vocab.txt": b"a"})
    done = subprocess.run(
        [sys.executable, "-m", "speechcx", "models", "pull", "someone/onnx"],
        env={**os.environ, "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "pinned to hub someone/onnx@" in done.stderr


@pytest.mark.e2e
def test_a_real_model_comes_over_a_bad_line_and_hears(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """75 MB of Whisper, cut three times, are the same weights as those that were served, and they load."""
    try:
        served = find_model("tiny.en")
    except ModelMissing as error:
        pytest.skip(error.found)
    monkeypatch.setenv("SPEECHCX_MODELS", str(tmp_path))
    monkeypatch.setattr(time, "sleep", lambda _: None)
    with serve_hub() as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        names = ("model.bin", "config.json", "tokenizer.json", "vocabulary.txt")
        server.commit("someone/tiny-en", {name: served / name for name in names})
        server.cut_after, server.cuts = 20_000_000, 3
        pull_model("someone/tiny-en")
    settings = TranscribeSettings(model="someone/tiny-en", encoder="ctranslate2")
    assert model_digest(served) == load_recognizer(settings).digest
