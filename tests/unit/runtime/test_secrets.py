"""Where secrets come from, and that none is ever shown."""

import json
import stat
import time
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from runtime.catalogue import every_option
from runtime.config import ConfigurationError, read_configuration
from runtime.private_files import replace_privately
from runtime.stored_secrets import SECRETS_FILE, new_secret, store_missing_secrets, stored_secrets

SECRET = "a-secret-that-nobody-may-ever-read-anywhere"


def refusal(environ: dict[str, str], file: str = "") -> str:
    with pytest.raises(ConfigurationError) as refused:
        read_configuration(environ, file)
    return str(refused.value)


def test_a_data_folder_gets_its_secrets_once_and_keeps_them(tmp_path: Path) -> None:
    store_missing_secrets(tmp_path)
    first = stored_secrets(tmp_path)
    store_missing_secrets(tmp_path)
    assert first == stored_secrets(tmp_path)
    assert first.keys() == {option.variable for option in every_option() if option.generated}


@pytest.mark.parametrize("before", [{}, {"CA_JWT_KEY": SECRET}], ids=["a first start", "a new version"])
def test_of_two_that_store_them_at_once_both_have_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: dict[str, str]
) -> None:
    if before:
        (tmp_path / SECRETS_FILE).write_text(json.dumps(before))
    written: list[bytes] = []

    def write_slowly(path: Path, content: bytes) -> None:
        written.append(content)
        time.sleep(0.2)  # the other one looks meanwhile, and finds nothing
        replace_privately(path, content)

    def store_and_read(_: int) -> dict[str, str]:
        store_missing_secrets(tmp_path)
        return stored_secrets(tmp_path)

    monkeypatch.setattr("runtime.stored_secrets.replace_privately", write_slowly)
    with ThreadPoolExecutor(2) as two:
        first, second = two.map(store_and_read, range(2))

    assert len(written) == 1
    assert first == second == stored_secrets(tmp_path)
    assert first.items() >= before.items()


def test_a_secret_that_a_new_version_wants_is_added_and_the_old_ones_stay(tmp_path: Path) -> None:
    (tmp_path / SECRETS_FILE).write_text(json.dumps({"CA_JWT_KEY": SECRET}))
    store_missing_secrets(tmp_path)
    assert stored_secrets(tmp_path)["CA_JWT_KEY"] == SECRET
    assert stored_secrets(tmp_path)["CA_WEB_SECRET_KEY"]


def test_only_the_owner_may_read_them_even_after_an_interrupted_write(tmp_path: Path) -> None:
    left_over = tmp_path / "secrets.new"
    left_over.touch(mode=0o666)
    store_missing_secrets(tmp_path)
    assert stat.S_IMODE((tmp_path / SECRETS_FILE).stat().st_mode) == 0o600
    assert not left_over.exists()


def test_development_reads_the_secrets_of_its_data_folder(tmp_path: Path) -> None:
    store_missing_secrets(tmp_path)
    options = read_configuration({"CA_DATA_DIR": str(tmp_path)}, "")
    assert options.jwt.key == stored_secrets(tmp_path)["CA_JWT_KEY"]
    assert options.credentials.keys == (stored_secrets(tmp_path)["CA_CREDENTIALS_KEYS"],)


def test_before_a_data_folder_exists_secrets_are_made_up_and_nothing_is_written(tmp_path: Path) -> None:
    environ = {"CA_DATA_DIR": str(tmp_path / "none")}
    assert read_configuration(environ, "").jwt.key != read_configuration(environ, "").jwt.key
    assert not (tmp_path / "none").exists()


def test_stored_secrets_that_cannot_be_read_stop_the_start(tmp_path: Path) -> None:
    (tmp_path / SECRETS_FILE).write_text("{")
    assert "restore it from a backup" in refusal({"CA_DATA_DIR": str(tmp_path)})


def test_a_secret_may_lie_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "jwt"
    path.write_text(SECRET + "\n")
    assert read_configuration({"CA_JWT_KEY_FILE": str(path)}, "").jwt.key == SECRET


def test_only_secrets_may_lie_in_files() -> None:
    assert "CA_WEB_PORT_FILE is not an option" in refusal({"CA_WEB_PORT_FILE": "/dev/null"})


@pytest.mark.parametrize(
    ("content", "part"), [(None, "No such file"), (b"\xff", "not UTF-8"), (b" \n", "is empty")]
)
def test_a_secret_file_without_a_secret_is_refused(tmp_path: Path, content: bytes | None, part: str) -> None:
    path = tmp_path / "jwt"
    if content is not None:
        path.write_bytes(content)
    assert part in refusal({"CA_JWT_KEY_FILE": str(path)})


def test_a_secret_given_twice_is_refused(tmp_path: Path) -> None:
    told = refusal({"CA_JWT_KEY": SECRET, "CA_JWT_KEY_FILE": "/dev/null"})
    assert told == "CA_JWT_KEY_FILE and CA_JWT_KEY are both set: keep one."


# --- production --------------------------------------------------------------------------------


def production(**changes: str) -> dict[str, str]:
    secrets = {option.variable: new_secret() for option in every_option() if option.generated}
    settled = {
        "CA_ENVIRONMENT": "production",
        "CA_DATA_DIR": "/nonexistent",
        "CA_WEB_ALLOWED_HOSTS": "ads.example",
    }
    return settled | secrets | changes


def test_production_starts_with_secrets_of_its_own() -> None:
    assert read_configuration(production(), "").environment == "production"


@pytest.mark.parametrize("name", [option.variable for option in every_option() if option.generated])
def test_production_refuses_to_start_without_any_one_secret(name: str) -> None:
    assert refusal(production(**{name: ""})) == f"{name} (or {name}_FILE) must be set in production."


def test_production_wants_no_password_of_a_flower_that_does_not_run() -> None:
    environ = production(CA_FLOWER_PASSWORD="", CA_FLOWER_ENABLED="false")
    assert read_configuration(environ, "").flower.password == ""


def test_production_refuses_the_secrets_that_development_generated(tmp_path: Path) -> None:
    store_missing_secrets(tmp_path)
    generated = stored_secrets(tmp_path)
    told = refusal(production(CA_DATA_DIR=str(tmp_path), CA_JWT_KEY=generated["CA_JWT_KEY"]))
    assert told == "CA_JWT_KEY was generated for development: production wants one of its own."


@pytest.mark.parametrize(
    ("name", "value"), [("CA_WEB_DEBUG", "true"), ("CA_WEB_ALLOWED_HOSTS", "a.example,*")]
)
def test_production_refuses_an_open_door(name: str, value: str) -> None:
    assert name in refusal(production(**{name: value}))
    assert read_configuration({name: value}, "").environment == "development"


def test_production_refuses_to_answer_to_this_machine_alone() -> None:
    told = refusal(production(CA_WEB_ALLOWED_HOSTS="localhost,127.0.0.1"))
    assert told.startswith("CA_WEB_ALLOWED_HOSTS must name the host that people call")


# --- never shown -------------------------------------------------------------------------------


def test_no_print_of_the_options_shows_a_secret() -> None:
    options = read_configuration(production(CA_WEB_METRICS_TOKEN=SECRET), "")
    paper = StringIO()
    Console(file=paper, width=10_000).print(options, options.web)
    shown = f"{options!r} {options} {options.web!r} {paper.getvalue()}"
    secrets = [option.value_in(options) for option in every_option() if option.secret]
    values = [value if isinstance(value, str) else value[0] for value in secrets if value]
    assert SECRET in values
    assert not [value for value in values if value in shown]


@pytest.mark.parametrize(
    ("environ", "file"),
    [
        ({"CA_JWT_KEY": "short-secret"}, ""),
        ({}, "jwt: {key: [short-secret]}"),
        ({}, "jwt: short-secret"),
        ({}, "jwt: {key: 'short-secret"),
        ({"CA_CREDENTIALS_KEYS": "short-secret-that-is-long-enough-to-pass"}, ""),
    ],
)
def test_no_refusal_shows_a_secret(environ: dict[str, str], file: str) -> None:
    assert "short-secret" not in refusal(environ, file)
