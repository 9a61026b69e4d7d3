"""A tracker host on Python's http.server, HTTP/1.1 with chunked bodies: see wsgiref_host.py."""

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from script import Script

SCRIPT = Script(sys.argv[1])


class Handler(BaseHTTPRequestHandler):
    """Answers requests; the path is matched as it stands in the request line."""

    protocol_version = "HTTP/1.1"

    def _answer(self):
        length = int(self.headers.get("Content-Length") or 0)
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(length)
        status, reason, sent, chunks = SCRIPT.answer(self.command, self.path, headers, body)
        self.send_response(status, reason)
        for name, value in sent.items():
            self.send_header(name, value)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        if self.command == "HEAD":
            return
        for chunk in chunks:
            if chunk:
                self.wfile.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))
        self.wfile.write(b"0\r\n\r\n")

    do_GET = do_POST = do_HEAD = _answer

    def log_message(self, *_arguments):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
print(f"http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
