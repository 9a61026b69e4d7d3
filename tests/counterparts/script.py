"""What the Python hosts answer: a JSON file of answers by "METHOD target", used up in turn; the last one stays."""

import json
import threading
from http import HTTPStatus


class Script:
    """The answers of a host, and what it was asked."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self._answers = json.load(file)
        self._seen = []
        self._lock = threading.Lock()

    def answer(self, method, target, headers, body):
        """The status, its phrase, the headers and the chunks of the body."""
        with self._lock:
            if (method, target) == ("GET", "/seen"):
                return self._built({"status": 200, "json": self._seen})
            self._seen.append(
                {
                    "method": method,
                    "target": target,
                    "headers": headers,
                    "body": body.decode("utf-8", "replace"),
                }
            )
            waiting = self._answers.get(f"{method} {target}")
            if waiting is None:
                # As Django answers a path it does not know.
                page = "<!doctype html><title>Not Found</title><h1>Not Found</h1>"
                return self._built({"status": 404, "text": page, "type": "text/html"})
            return self._built(waiting.pop(0) if len(waiting) > 1 else waiting[0])

    @staticmethod
    def _built(answer):
        status = answer["status"]
        headers = {"Content-Type": answer.get("type", "application/json")}
        headers.update(answer.get("headers", {}))
        text = answer["text"] if "text" in answer else json.dumps(answer.get("json"))
        body = text.encode("utf-8")
        middle = len(body) // 2
        return status, HTTPStatus(status).phrase, headers, [body[:middle], body[middle:]]
