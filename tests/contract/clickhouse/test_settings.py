"""Settings of a query hold for that query; those of a session hold until it ends."""

from typing import Any

from clickhouse_driver import Client

from tests.contract.clickhouse.refusals import UNKNOWN_SETTING, refusal

THREADS = "SELECT getSetting('max_threads')"


def test_a_setting_holds_for_its_query_alone(client: Client) -> None:
    default = client.execute(THREADS)

    assert client.execute(THREADS, settings={"max_threads": 3}) == [(3,)]
    assert client.execute(THREADS, settings={"max_threads": 5}) == [(5,)]
    assert client.execute(THREADS) == default


def test_settings_of_every_kind_are_understood(client: Client) -> None:
    settings: dict[str, Any] = {
        "final": True,
        "max_execution_time": 1.5,
        "log_comment": "it's \\ a tag",
        "max_threads": 2,
    }

    answer = client.execute(
        "SELECT getSetting('final'), getSetting('log_comment'), getSetting('max_threads')", settings=settings
    )

    assert answer == [(True, "it's \\ a tag", 2)]


def test_a_set_of_the_session_stands_again_after_a_query_with_its_own(client: Client) -> None:
    client.execute("SET max_threads = 4")

    assert client.execute(THREADS, settings={"max_threads": 2}) == [(2,)]
    assert client.execute(THREADS) == [(4,)]
    assert client.execute(THREADS, settings={"max_threads": 2, "final": 1}) == [(2,)]

    client.execute("SET max_threads = DEFAULT")
    assert client.execute(THREADS) != [(4,)]


def test_a_set_under_a_querys_own_setting_is_not_lost(client: Client) -> None:
    client.execute("SET max_threads = 4", settings={"max_threads": 2})

    assert client.execute(THREADS) == [(4,)]


def test_an_unknown_setting_is_passed_over_unless_the_client_calls_it_important(client: Client) -> None:
    settings = {"no_such_setting": 1, "max_threads": 3}

    assert client.execute(THREADS, settings=settings) == [(3,)]

    client.connection.settings_is_important = True
    assert refusal(client.execute, THREADS, settings=settings).code == UNKNOWN_SETTING


def test_what_was_passed_over_is_no_trouble_to_the_next_query(client: Client) -> None:
    default = client.execute(THREADS)
    client.execute(THREADS, settings={"no_such_setting": 1, "max_threads": 3})

    assert client.execute(THREADS) == default


def test_settings_that_came_with_a_refused_one_do_not_stay(client: Client) -> None:
    default = client.execute(THREADS)

    refusal(client.execute, THREADS, settings={"max_threads": 3, "max_block_size": "many", "final": 1})

    assert client.execute(THREADS) == default
    assert client.execute("SELECT getSetting('final')") == [(False,)]


def test_a_setting_cannot_smuggle_sql(client: Client) -> None:
    smuggled = {"max_threads = 1, final = 1, max_block_size": "5"}

    assert refusal(client.execute, THREADS, settings=smuggled).code == UNKNOWN_SETTING
    assert client.execute("SELECT getSetting('log_comment')", settings={"log_comment": "', final = '1"}) == [
        ("', final = '1",)
    ]


def test_use_changes_the_database_of_the_session(client: Client) -> None:
    client.execute("USE system")

    assert client.execute("SELECT currentDatabase(), count() FROM one") == [("system", 1)]


def test_the_comment_of_a_statement_reaches_the_query_log(client: Client) -> None:
    client.execute("SELECT 41 + 1", settings={"log_comment": "feature=insights"})

    client.execute("SYSTEM FLUSH LOGS")

    logged = client.execute(
        "SELECT query FROM system.query_log WHERE log_comment = 'feature=insights' AND type = 'QueryFinish'"
    )
    assert ("SELECT 41 + 1",) in logged
