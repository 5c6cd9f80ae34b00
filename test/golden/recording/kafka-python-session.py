"""Uses everything of kafka-python that reaches a broker without security, once. Argument: the broker's address."""

import sys

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, NewTopic, OffsetSpec
from kafka.structs import OffsetAndMetadata

BROKER = sys.argv[1]
TOPIC = "kafka-python-topic"
GROUP = "kafka-python-group"
MESSAGES = [(f"CVE-2021-{44228 + i}".encode(), f'{{"severity_id": {i % 6}, "title": "finding {i}"}}'.encode()) for i in range(20)]
CODECS = [None, "gzip", "snappy", "lz4", "zstd"]

admin = KafkaAdminClient(bootstrap_servers=BROKER, client_id="kafka-python")
admin.create_topics([NewTopic(TOPIC, num_partitions=1, replication_factor=1)])
admin.create_partitions({TOPIC: 2})

for codec in CODECS:
    producer = KafkaProducer(bootstrap_servers=BROKER, client_id="kafka-python", compression_type=codec, linger_ms=50)
    for key, value in MESSAGES:
        producer.send(TOPIC, key=key, value=value, partition=0, headers=[("source", b"trivy")])
    producer.flush()
    producer.close()

producer = KafkaProducer(bootstrap_servers=BROKER, client_id="kafka-python", transactional_id="kafka-python-tx")
producer.init_transactions()
producer.begin_transaction()
producer.send(TOPIC, value=b"committed", partition=1)
producer.flush()
producer.commit_transaction()
producer.begin_transaction()
producer.send(TOPIC, value=b"aborted", partition=1)
producer.flush()
producer.abort_transaction()
producer.close()

consumer = KafkaConsumer(
    TOPIC,
    bootstrap_servers=BROKER,
    client_id="kafka-python",
    group_id=GROUP,
    auto_offset_reset="earliest",
    consumer_timeout_ms=4000,
    isolation_level="read_committed",
    session_timeout_ms=6000,
    heartbeat_interval_ms=200,
)
count = sum(1 for _ in consumer)
assert count == len(CODECS) * len(MESSAGES) + 1, count
consumer.commit()
consumer.beginning_offsets([TopicPartition(TOPIC, 0)])
consumer.offsets_for_times({TopicPartition(TOPIC, 0): 0})
consumer.close()

resource = ConfigResource(ConfigResourceType.TOPIC, TOPIC, {"retention.ms": "7200000"})
admin.describe_configs([resource], include_synonyms=True)
admin.alter_configs([resource])
admin.list_partition_offsets({TopicPartition(TOPIC, 0): OffsetSpec.LATEST})
admin.list_groups()
admin.describe_groups([GROUP])
admin.list_group_offsets({GROUP: None})
admin.alter_group_offsets(GROUP, {TopicPartition(TOPIC, 0): OffsetAndMetadata(1, "", -1)})
admin.delete_group_offsets(GROUP, [TopicPartition(TOPIC, 0)])
admin.delete_records({TopicPartition(TOPIC, 0): 1})
admin.delete_groups([GROUP])
admin.describe_cluster()
admin.delete_topics([TOPIC])
admin.close()
