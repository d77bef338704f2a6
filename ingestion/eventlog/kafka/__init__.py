"""The event log on Kafka: all replicas acknowledge, the producer is idempotent, commits are ours.

The only place that imports confluent_kafka.
"""
