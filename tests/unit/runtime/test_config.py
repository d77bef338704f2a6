"""What a person may write into the file and the environment, and how mistakes are told."""

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from runtime.config import CONFIG_FILE, ConfigurationError, _text_of_file, read_configuration
from runtime.options import Options

Read = Callable[..., Options]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Reads with a data folder of the test's own; a test names only what it is about."""

    def read(file: str = "", **environ: str) -> Options:
        return read_configuration({"CA_DATA_DIR": str(tmp_path / "data")} | environ, file)

    return read


def refusal(read: Read, file: str = "", **environ: str) -> str:
    with pytest.raises(ConfigurationError) as refused:
        read(file, **environ)
    return str(refused.value)


def test_nothing_set_is_the_embedded_default(read: Read) -> None:
    options = read()
    assert (options.environment, options.web.port, options.postgres.embedded) == ("development", 8000, True)


def test_the_file_sets_options_by_section(read: Read) -> None:
    assert read("web: {port: 9000}\nenvironment: development").web.port == 9000


def test_the_environment_wins_over_the_file(read: Read) -> None:
    options = read("web: {port: 9000, threads: 4}", CA_WEB_PORT="9100")
    assert (options.web.port, options.web.threads) == (9100, 4)


def test_a_list_is_comma_separated_in_the_environment_and_a_list_in_the_file(read: Read) -> None:
    assert read(CA_WEB_ALLOWED_HOSTS="a.example, b.example,").web.allowed_hosts == ("a.example", "b.example")
    assert read("web: {allowed_hosts: [c.example]}").web.allowed_hosts == ("c.example",)


@pytest.mark.parametrize(("text", "value"), [("true", True), ("1", True), ("false", False), ("0", False)])
def test_truth_has_its_usual_spellings(read: Read, text: str, value: bool) -> None:
    assert read(CA_WEB_DEBUG=text).web.debug is value


def test_an_empty_value_counts_as_not_set(read: Read) -> None:
    options = read("web: {port: }\nlogs: {level: ''}\npostgres:", CA_WEB_THREADS="")
    assert (options.web.port, options.logs.level, options.web.threads) == (8000, "info", 2)


def test_a_relative_data_folder_starts_at_the_repository_wherever_the_process_stands(
    read: Read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert read(CA_DATA_DIR="data/second").data_dir == Path(__file__).parents[3] / "data" / "second"


def test_a_home_folder_may_be_written_as_a_tilde(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/somebody")
    assert read(CA_DATA_DIR="~/data").data_dir == Path("/home/somebody/data")


def test_where_data_comes_from_may_be_said_without_our_prefix(read: Read) -> None:
    options = read("data_source: fake", DATA_SOURCE="real", ENABLED_SOURCES="meta,tiktok", WEB_PORT="9")
    assert (options.data_source, options.enabled_sources, options.web.port) == (
        "real",
        ("meta", "tiktok"),
        8000,
    )


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_names_for_one_option_the_usual_one_wins(read: Read, order: int) -> None:
    both = {"DATA_SOURCE": "fake", "CA_DATA_SOURCE": "real"}
    assert read(**dict(list(both.items())[::order])).data_source == "real"


# --- mistakes ----------------------------------------------------------------------------------


def test_a_source_that_nobody_knows_is_refused(read: Read) -> None:
    assert "CA_ENABLED_SOURCES" in refusal(read, ENABLED_SOURCES="meta,myspace")


def test_an_unknown_name_in_the_environment_is_refused_with_a_suggestion(read: Read) -> None:
    assert "CA_WEB_PRT is not an option of this product. Did you mean CA_WEB_PORT?" in refusal(
        read, CA_WEB_PRT="1"
    )


def test_an_unknown_name_in_the_file_is_refused_with_a_suggestion(read: Read) -> None:
    assert "web.prot is not an option of this product. Did you mean web.port?" in refusal(
        read, "web: {prot: 1}"
    )


def test_a_name_like_no_other_points_to_the_reference(read: Read) -> None:
    assert "See docs/reference/configuration.md." in refusal(read, CA_ZZZZZZ="1")


def test_an_empty_unknown_name_is_refused_too(read: Read) -> None:
    assert "CA_WEB_PRT is not an option" in refusal(read, CA_WEB_PRT="")


def test_names_of_other_products_and_of_the_test_suite_are_left_alone(read: Read) -> None:
    assert read(PATH="/bin", CA_TEST_ENGINES="1", CAFE="1").web.port == 8000


def test_everything_wrong_is_named_at_once(read: Read) -> None:
    told = refusal(
        read,
        "web: {threads: many}",
        CA_ENVIRONMENT="production",
        CA_WEB_PORT="99999",
        CA_LOGS_LEVEL="loud",
        CA_WEB_PRT="1",
    )
    for name in ("web.threads", "CA_WEB_PORT", "CA_LOGS_LEVEL", "CA_WEB_PRT", "CA_JWT_KEY"):
        assert name in told


@pytest.mark.parametrize(
    ("file", "part"),
    [
        ("web: 5", "web is a section"),
        ("web: [1]", "web is a section"),
        ("- web", "must hold `section: {name: value}` pairs"),
        ("false", "must hold `section: {name: value}` pairs"),
        ("web: {port: [1]}", "web.port"),
        ("web: {port: true}", "web.port"),
        ("web: {host: 5}", "web.host"),
        ("data_dir: 5", "data_dir"),
        ("data_dir: {deep: 5}", "data_dir.deep is not an option"),
        ("web: {port: {deep: 5}}", "web.port"),
        ("1: 2", "1 is not an option"),
        ("web: {", "is not YAML (line 1, column"),
    ],
)
def test_a_file_of_the_wrong_shape_is_refused_in_words(read: Read, file: str, part: str) -> None:
    assert part in refusal(read, file, CA_DATA_DIR="")


def test_a_file_that_was_named_and_is_missing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="No such file"):
        _text_of_file({CONFIG_FILE: str(tmp_path / "none.yaml")})


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigurationError, match="it is not UTF-8 text"):
        _text_of_file({CONFIG_FILE: str(path)})


def test_a_file_that_was_named_is_read(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("web: {port: 1}")
    assert yaml.safe_load(_text_of_file({CONFIG_FILE: str(path)})) == {"web": {"port": 1}}
