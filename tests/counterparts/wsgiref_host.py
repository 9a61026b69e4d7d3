"""A tracker host on Python's wsgiref: answers what the script in argv[1] says, and prints its URL."""

import sys
from wsgiref.simple_server import WSGIRequestHandler, make_server

from script import Script

SCRIPT = Script(sys.argv[1])


def application(environ, start_response):
    """Answers one request; the path is matched as the server gives it."""
    length = int(environ.get("CONTENT_LENGTH") or 0)
    headers = {
        name[5:].replace("_", "-").lower(): value
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
    target = environ["PATH_INFO"]
    if environ.get("QUERY_STRING"):
        target += "?" + environ["QUERY_STRING"]
    body = environ["wsgi.input"].read(length)
    status, reason, sent, chunks = SCRIPT.answer(environ["REQUEST_METHOD"], target, headers, body)
    start_response(f"{status} {reason}", list(sent.items()))
    return chunks


class Quiet(WSGIRequestHandler):
    """Logs nothing."""

    def log_message(self, *_arguments):
        pass


with make_server("127.0.0.1", 0, application, handler_class=Quiet) as server:
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
