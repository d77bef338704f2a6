"""`python -m embedded.clickhouse`: the server's own process; `process.command` writes its line."""

from embedded.clickhouse.environment import drop_environment

if __name__ == "__main__":
    drop_environment()  # before the imports: whoever starts again would repeat them
    from embedded.clickhouse.serving import main

    main()
