import assert from "node:assert/strict";
import { isLoopback } from "../../src/platform/loopback.ts";
import { hostUrlFault, normalizeHostUrl } from "../../src/user/host_url.ts";
import { TrackerError } from "../../src/platform/tracker_error.ts";

Deno.test("a host URL loses blanks, trailing slashes, default port and case of the name", () => {
  const cases: [string, string][] = [
    ["https://tracker.example", "https://tracker.example"],
    ["  https://tracker.example/  ", "https://tracker.example"],
    ["https://Tracker.Example:443///", "https://tracker.example"],
    ["https://tracker.example/base//", "https://tracker.example/base"],
    ["http://127.0.0.1:8080/", "http://127.0.0.1:8080"],
    ["http://127.9.8.7", "http://127.9.8.7"],
    ["http://LOCALHOST:3000", "http://localhost:3000"],
    ["http://[::1]:3000", "http://[::1]:3000"],
  ];
  for (const [given, canonical] of cases) assert.equal(normalizeHostUrl(given), canonical, given);
});

Deno.test("a host URL that is unsafe or no URL is refused with the reason", () => {
  const cases: [string, RegExp][] = [
    ["", /is not a URL/],
    ["tracker.example", /is not a URL/],
    ["ftp://tracker.example", /is not an https URL/],
    ["http://tracker.example", /must use https/],
    ["http://10.0.0.1", /must use https/],
    ["http://127.0.0.1.evil.example", /must use https/],
    ["http://localhost.evil.example", /must use https/],
    ["https://me:secret@tracker.example", /user name or password/],
    ["https://tracker.example/?a=1", /query or fragment/],
    ["https://tracker.example/#x", /query or fragment/],
  ];
  for (const [given, reason] of cases) assert.match(hostUrlFault(given) ?? "(fine)", reason, given);
});

Deno.test("the error for a host URL does not show a password in it", () => {
  assert.throws(
    () => normalizeHostUrl("https://me:hunter2@tracker.example"),
    (error) =>
      error instanceof TrackerError && error.code === "invalid_host_url" &&
      !error.message.includes("hunter2") && error.message.includes("tracker.example"),
  );
});

Deno.test("loopback is 127.0.0.0/8, localhost and [::1]", () => {
  for (const name of ["127.0.0.1", "127.255.255.254", "localhost", "[::1]"]) {
    assert.equal(isLoopback(name), true, name);
  }
  for (const name of ["128.0.0.1", "127.0.0.1.example", "xlocalhost", "[::2]", ""]) {
    assert.equal(isLoopback(name), false, name);
  }
});
