import assert from "node:assert/strict";
import { readAddress } from "../../src/providers/address.ts";

Deno.test("an address of an API is read without the slash at its end", () => {
  assert.equal(readAddress("https://api.example/v3//"), "https://api.example/v3");
  assert.equal(readAddress("https://API.example"), "https://api.example");
});

Deno.test("an address that would send a credential in the clear to another machine is none", () => {
  assert.equal(readAddress("http://[::1]:80/x"), "http://[::1]/x");
  assert.equal(readAddress("http://localhost:81"), "http://localhost:81");
  for (const text of ["http://api.example", "ftp://localhost", "localhost", "https://a:b@c", ""]) {
    assert.equal(readAddress(text), null, text);
  }
});
