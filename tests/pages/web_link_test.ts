import assert from "node:assert/strict";
import { webLink } from "../../src/pages/web_link.ts";

Deno.test("an address of the web is a link, with the host it leads to", () => {
  for (
    const [address, url, host] of [
      ["https://linear.app/acme/1", "https://linear.app/acme/1", "linear.app"],
      ["http://10.0.0.7:3000/x?y#z", "http://10.0.0.7:3000/x?y#z", "10.0.0.7:3000"],
      ["http://localhost:3000/", "http://localhost:3000/", "localhost:3000"],
      // A name of other letters than it seems is shown as what it is.
      ["https://\u0430pple.com/", "https://xn--pple-43d.com/", "xn--pple-43d.com"],
    ] as const
  ) assert.deepEqual(webLink(address), { url, host }, address);
});

Deno.test("an address that leads nowhere, or elsewhere than it says, is no link", () => {
  for (
    const address of [
      null,
      undefined,
      "",
      "not a link",
      "javascript:alert(1)",
      "data:text/html,x",
      "ftp://linear.app/1",
      "https://linear.app@evil.dev/1",
      "https://tracker.invalid/1",
      "https://tracker.invalid./1",
      "https://TRACKER.INVALID/1",
      "https://a.b.example/1",
      "https://example.com/1",
      "http://x.test:8080/1",
      "http://x.localhost/1",
      "https://invalid/",
      `https://linear.app/${"x".repeat(2_000)}`,
    ]
  ) assert.equal(webLink(address), null, String(address));
});

Deno.test("a name that only ends like a reserved one is a link", () => {
  for (const host of ["latest.dev", "myinvalid", "notexample.com", "invalid.dev"]) {
    assert.equal(webLink(`https://${host}/`)?.host, host);
  }
});
