import assert from "node:assert/strict";
import { parseHead } from "../../src/platform/http_head.ts";

function head(...lines: string[]): ReturnType<typeof parseHead> {
  return parseHead(lines.join("\r\n"));
}

function status(...lines: string[]): number {
  const parsed = head(...lines);
  return parsed.ok ? 200 : parsed.status;
}

Deno.test("a request is read with its address, headers and the length of its body", () => {
  const parsed = head("POST /a?b=c HTTP/1.1", "Host: x:8080", "X-A:  1 ", "Content-Length: 5");
  assert.ok(parsed.ok);
  const { method, url, headers, body, keepAlive } = parsed.head;
  assert.deepEqual([method, url, headers.get("x-a")], ["POST", "http://x:8080/a?b=c", "1"]);
  assert.deepEqual([body, keepAlive], [{ kind: "length", length: 5 }, true]);
});

Deno.test("a header that comes several times is one list, whatever the case of its name", () => {
  const parsed = head("GET / HTTP/1.1", "Host: x", "X-A: 1", "x-a:2", "Via: p");
  assert.ok(parsed.ok);
  assert.deepEqual([...parsed.head.headers], [["host", "x"], ["x-a", "1, 2"], ["via", "p"]]);
});

Deno.test("what a proxy in front could read differently is refused", () => {
  const line = "POST / HTTP/1.1";
  const host = "Host: x";
  assert.equal(status(line, host, "Content-Length: 5", "Transfer-Encoding: chunked"), 400);
  assert.equal(status(line, host, "Content-Length: 5", "Content-Length: 6"), 400);
  assert.equal(status(line, host, "Content-Length: 5", "Content-Length: 5"), 400);
  assert.equal(status(line, host, "Content-Length: +5"), 400);
  assert.equal(status(line, host, "Content-Length: 0x5"), 400);
  assert.equal(status(line, host, "Transfer-Encoding: gzip, chunked"), 501);
  assert.equal(status("POST / HTTP/1.0", host, "Transfer-Encoding: chunked"), 501);
  assert.equal(status(line, host, "A: 1", " folded: 2"), 400);
  assert.equal(status(line, host, "Content-Length : 5"), 400);
  assert.equal(status(line, host, "A: 1\nContent-Length: 5"), 400);
  assert.equal(status(line, host, "A: 1\rB: 2"), 400);
  assert.equal(status(line, host, "no header"), 400);
});

Deno.test("a request line that is none of HTTP/1.1 is refused", () => {
  for (const line of ["", "GET /", "GET  / HTTP/1.1", "GET / HTTP/2.0", "G(T / HTTP/1.1"]) {
    assert.equal(status(line, "Host: x"), 400, line);
  }
});

Deno.test("an address needs exactly one host, and a path", () => {
  assert.equal(status("GET / HTTP/1.1"), 400);
  assert.equal(status("GET / HTTP/1.1", "Host: a", "Host: b"), 400);
  assert.equal(status("GET / HTTP/1.1", "Host: a/b"), 400);
  assert.equal(status("GET / HTTP/1.1", "Host: user@a"), 400);
  assert.equal(status("GET nowhere HTTP/1.1", "Host: a"), 400);
  assert.equal(status("GET http://a/b HTTP/1.1", "Host: a"), 200);
  assert.equal(status("GET http://a/b HTTP/1.1"), 400);
  assert.equal(status("GET http://a/b HTTP/1.1", "Host: a", "Host: b"), 400);
  assert.equal(status("GET http://user@a/b HTTP/1.1", "Host: a"), 400);
  assert.equal(status("GET / HTTP/1.1", "Host: [::1]:80"), 200);
});

Deno.test("a client of HTTP/1.0 needs no Host header, as health checks of proxies come without", () => {
  assert.equal(status("OPTIONS / HTTP/1.0"), 200);
});

Deno.test("a connection is kept unless the client says otherwise", () => {
  const keeps = (...lines: string[]) => {
    const parsed = head(...lines);
    return parsed.ok && parsed.head.keepAlive;
  };
  assert.equal(keeps("GET / HTTP/1.1", "Host: a"), true);
  assert.equal(keeps("GET / HTTP/1.1", "Host: a", "Connection: Close"), false);
  assert.equal(keeps("GET / HTTP/1.0", "Host: a"), false);
});
