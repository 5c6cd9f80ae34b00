"""kafka-python as a program: see client-command.ts for its argument, its input and what it prints."""

import base64
import json
import signal
import sys

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import KafkaError

COMMAND = json.loads(sys.argv[1])
TOPIC = COMMAND["topic"]
CONNECTION = {"bootstrap_servers": COMMAND["address"], "client_id": "kafka-python"}


def to_base64(data):
    return None if data is None else base64.b64encode(data).decode()


def from_base64(text):
    return None if text is None else base64.b64decode(text)


def print_record(record):
    line = {
        "partition": record.partition,
        "offset": record.offset,
        "timestamp": record.timestamp,
        "key": to_base64(record.key),
        "value": to_base64(record.value),
        "headers": [[name, to_base64(value)] for name, value in record.headers],
    }
    print(json.dumps(line, separators=(",", ":"), ensure_ascii=False), flush=True)


def produce():
    codec = None if COMMAND["codec"] == "none" else COMMAND["codec"]
    producer = KafkaProducer(**CONNECTION, compression_type=codec, linger_ms=50)
    for record in json.load(sys.stdin):
        producer.send(
            TOPIC,
            partition=0,
            key=from_base64(record["key"]),
            value=from_base64(record["value"]),
            headers=[(name, from_base64(value)) for name, value in record["headers"]],
            timestamp_ms=record["timestamp"],
        )
    producer.flush()
    producer.close()


def read():
    consumer = KafkaConsumer(**CONNECTION, auto_offset_reset="earliest", enable_auto_commit=False)
    consumer.assign([TopicPartition(TOPIC, 0)])
    for _ in range(COMMAND["count"]):
        print_record(next(consumer))
    consumer.close()


def stream():
    patience_ms = 300_000
    producer = KafkaProducer(
        **CONNECTION,
        enable_idempotence=True,
        delivery_timeout_ms=patience_ms,
        max_block_ms=patience_ms,
        reconnect_backoff_max_ms=500,
        linger_ms=5,
    )
    sent = [producer.send(TOPIC, partition=0, value=line.rstrip("\n").encode()) for line in sys.stdin]
    producer.flush()
    for future in sent:
        future.get()
    producer.close()


def join():
    stopping = []
    signal.signal(signal.SIGTERM, lambda *_: stopping.append(True))
    consumer = KafkaConsumer(
        TOPIC,
        **CONNECTION,
        group_id=COMMAND["group"],
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        session_timeout_ms=COMMAND["sessionTimeoutMs"],
        heartbeat_interval_ms=500,
    )
    # Has it know the partitions before it joins. A leader that learns them later joins again, and kafka-python 3.0.12
    # forgets that when the poll ends before the answer has come: it stays mute then, at Apache Kafka too.
    consumer.partitions_for_topic(TOPIC)
    while not stopping:
        for records in consumer.poll(timeout_ms=200).values():
            for record in records:
                print_record(record)
        try:
            consumer.commit()
        except KafkaError:
            # In a rebalance, the partition may belong to another by now, who reads it again.
            pass
    consumer.close()


{"produce": produce, "read": read, "stream": stream, "join": join}[COMMAND["does"]]()
