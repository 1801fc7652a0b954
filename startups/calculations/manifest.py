"""The manifest of what was handed in: a SHA-256 of each envelope, answer and file, and no word of them. Pure.

Hashes of answers are salted with the envelope's own salt, which lies inside the seal: nobody finds out by trying
whether a guessed price is right. Whoever holds the content with its salt can compute them again.
"""

from typing import Any

from startups.calculations.sealing import canonical_json, sha256

VERSION = 2
NOT_ANSWERS = {"salt", "files", "sections"}


def answers_of(envelope: str, content: dict[str, Any]) -> list[dict[str, str]]:
    """Return envelope, key and hash of every answer in an envelope's content, by key.

    >>> [row["key"] for row in answers_of("technical", {"salt": "1", "files": [], "sections": {"b": ""}, "a": {}})]
    ['a', 'b', 'confidential']
    """
    said = {key: value for key, value in content.items() if key not in NOT_ANSWERS} | content.get("sections", {})
    said["confidential"] = confidential_in(content)
    return [
        {"envelope": envelope, "key": key, "sha256": answer_hash(content["salt"], key, said[key])}
        for key in sorted(said)
    ]


def confidential_in(content: dict[str, Any]) -> dict[str, str]:
    """Return the reason of each file that is marked confidential, by its attachment.

    >>> confidential_in({"files": [{"attachment": "a", "confidential": "Salaries"}, {"attachment": "b"}]})
    {'a': 'Salaries'}
    """
    return {row["attachment"]: row["confidential"] for row in content.get("files", []) if row.get("confidential")}


def answer_hash(salt: str, key: str, value: Any) -> str:
    """Return the SHA-256 of the canonical JSON of salt, key and answer.

    >>> answer_hash("1", "team", "Ana") == answer_hash("2", "team", "Ana")
    False
    """
    return sha256(canonical_json([salt, key, value]))


def file_entry(attachment: str, envelope: str, sha256_of_file: str, size: int) -> dict[str, Any]:
    """Return how the manifest lists a file: no name."""
    return {"attachment": attachment, "envelope": envelope, "sha256": sha256_of_file, "size": size}
