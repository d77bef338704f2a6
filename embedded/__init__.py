"""The no-Docker stack: engines from wheels and the supervisor that runs every process."""
