import assert from "node:assert/strict";
import {
  clientAddress,
  isSecure,
  limitKey,
  parseRange,
} from "../../src/server/http/client_address.ts";

const TRUSTED = ["127.0.0.1", "10.0.0.0/8", "fd00::/8"].map(parseRange);

Deno.test("what a client says of its address counts only behind a trusted proxy", () => {
  assert.equal(clientAddress("192.0.2.1", "198.51.100.7", TRUSTED), "192.0.2.1");
  assert.equal(clientAddress("127.0.0.1", "198.51.100.7", TRUSTED), "198.51.100.7");
  assert.equal(clientAddress("127.0.0.1", "198.51.100.7", []), "127.0.0.1");
  assert.equal(clientAddress("127.0.0.1", undefined, TRUSTED), "127.0.0.1");
});

Deno.test("of several addresses the last one counts that is no trusted proxy: the first is the client's to invent", () => {
  for (
    const [forwarded, client] of [
      ["1.1.1.1, 198.51.100.7", "198.51.100.7"],
      ["198.51.100.7, 10.1.2.3", "198.51.100.7"],
      ["10.1.2.3", "10.1.2.3"],
      ["2001:db8::1, fd12::1", "2001:db8::1"],
      ["[2001:db8::1]:4711", "2001:db8::1"],
      ["198.51.100.7:4711", "198.51.100.7"],
      ["198.51.100.7, nonsense", "127.0.0.1"],
      ["", "127.0.0.1"],
    ] as const
  ) assert.equal(clientAddress("127.0.0.1", forwarded, TRUSTED), client, forwarded);
});

Deno.test("of several schemes the one counts that the proxy wrote which names the client", () => {
  for (
    const [peer, forwarded, proto, secure] of [
      ["127.0.0.1", "198.51.100.7", "https", true],
      ["127.0.0.1", "198.51.100.7", "HTTPS ", true],
      ["127.0.0.1", undefined, "https", true],
      ["127.0.0.1", "198.51.100.7", "https, http", false],
      ["127.0.0.1", "198.51.100.7", "http, https", true],
      ["127.0.0.1", "1.1.1.1, 198.51.100.7", "https, http", false],
      ["127.0.0.1", "198.51.100.7, 10.1.2.3", "https, http", true],
      ["127.0.0.1", "198.51.100.7, 10.1.2.3", "https, http, http", false],
      ["127.0.0.1", "198.51.100.7, 10.1.2.3", "https", true],
      ["127.0.0.1", "198.51.100.7", "", false],
      ["192.0.2.1", "198.51.100.7", "https", false],
      ["192.0.2.1", "198.51.100.7, 10.1.2.3", "https, https", false],
    ] as const
  ) {
    const headers = new Headers({ "x-forwarded-proto": proto });
    if (forwarded !== undefined) headers.set("x-forwarded-for", forwarded);
    const request = new Request("http://tracker.test/", { headers });
    const found = isSecure(request, peer, { trustedProxies: TRUSTED, publicUrl: null });
    assert.equal(found, secure, `${peer}, ${forwarded}, ${proto}`);
  }
});

Deno.test("limits count by IPv4 address and by the network of an IPv6 address", () => {
  assert.equal(limitKey("192.0.2.1"), "192.0.2.1");
  assert.equal(limitKey("::ffff:192.0.2.1"), "192.0.2.1");
  assert.equal(limitKey("2001:db8:1:2::1"), limitKey("2001:db8:1:2:ffff::9"));
  assert.notEqual(limitKey("2001:db8:1:2::1"), limitKey("2001:db8:1:3::1"));
  assert.equal(limitKey("fe80::1%eth0"), limitKey("fe80::2"));
});

Deno.test("a range takes what is in it and nothing beside it", () => {
  const range = [parseRange("172.16.0.0/12")];
  assert.equal(clientAddress("172.31.255.255", "1.2.3.4", range), "1.2.3.4");
  assert.equal(clientAddress("172.32.0.0", "1.2.3.4", range), "172.32.0.0");
  assert.equal(clientAddress("::1", "1.2.3.4", [parseRange("0.0.0.0/0")]), "::1");
});

Deno.test("what is no range is refused with an example", () => {
  for (const text of ["", "localhost", "10.0.0.0/33", "10.0.0/8", "fd00::/129", "10.0.0.0/8/8"]) {
    assert.throws(() => parseRange(text), { code: "usage", nextAction: /10\.0\.0\.0\/8/ }, text);
  }
});
