import assert from "node:assert/strict";
import { parseHead } from "../../src/platform/http_head.ts";
import { readyResponse, responseParts } from "../../src/platform/http_response.ts";

const JSON_TYPE = { headers: { "content-type": "application/json" } };

function bytesOf(length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(length).fill(120);
}

function requestFor(method: string, headers: string = "") {
  const parsed = parseHead(`${method} / HTTP/1.1\r\nHost: localhost${headers}`);
  assert.ok(parsed.ok);
  return parsed.head;
}

function joined(parts: readonly Uint8Array[]): string {
  return parts.map((part) => new TextDecoder().decode(part)).join("");
}

Deno.test("an answer of ready bytes is sent as any other with these bytes, and large ones are not copied", async () => {
  for (const length of [0, 10, 64 * 1024 - 1, 64 * 1024, 200_000]) {
    const bytes = bytesOf(length);
    const head = requestFor("GET");
    const ready = await responseParts(readyResponse([bytes], JSON_TYPE), head, true);
    const other = await responseParts(new Response(bytes.slice(), JSON_TYPE), head, true);
    const undated = (text: string) => text.replace(/date: [^\r]+/, "");
    assert.equal(undated(joined(ready)), undated(joined(other)));
    assert.equal(ready.includes(bytes), length >= 64 * 1024);
    assert.match(joined(ready), new RegExp(`content-length: ${length}\r\n`));
  }
});

Deno.test("an answer in several parts is sent in their order, with small ones together", async () => {
  const large = bytesOf(100_000);
  const texts = ["[1,", "2,", large, "]", ""];
  const body = texts.map((text) =>
    typeof text === "string" ? new TextEncoder().encode(text) : text
  );
  const parts = await responseParts(readyResponse(body, JSON_TYPE), requestFor("GET"), true);
  assert.deepEqual(parts.map((part) => part === large), [false, true, false]);
  assert.ok(joined(parts).endsWith(`\r\n\r\n[1,2,${joined([large])}]`));
  assert.match(joined(parts), /content-length: 100006\r\n/);
  assert.equal(await readyResponse(body, JSON_TYPE).text(), joined(body));
  const packing = requestFor("GET", "\r\nAccept-Encoding: gzip");
  const [packed] = await responseParts(readyResponse(body, JSON_TYPE), packing, true);
  assert.ok(packed !== undefined);
  const after = packed.slice(joined([packed.slice(0, 400)]).indexOf("\r\n\r\n") + 4);
  const unpacked = new Blob([after]).stream().pipeThrough(new DecompressionStream("gzip"));
  assert.equal(await new Response(unpacked).text(), joined(body));
});

Deno.test("the head of an answer in two parts stays as it is while others are answered", async () => {
  const head = requestFor("GET");
  const [first] = await responseParts(readyResponse([bytesOf(100_000)], JSON_TYPE), head, true);
  assert.ok(first !== undefined);
  const before = joined([first]);
  await responseParts(new Response(null, { status: 404 }), head, true);
  assert.equal(joined([first]), before);
});

Deno.test("ready bytes are packed once, however often they are sent", async () => {
  const head = requestFor("GET", "\r\nAccept-Encoding: gzip");
  // So much that it is sent apart from its head when it is packed, too.
  const bytes = crypto.getRandomValues(new Uint8Array(65_536));
  const all = new Uint8Array(5 * bytes.length);
  for (let part = 0; part < 5; part++) all.set(bytes, part * bytes.length);
  const body = [all];
  const sent = async () => await responseParts(readyResponse(body, JSON_TYPE), head, true);
  const [[start, first], [, second]] = [await sent(), await sent()];
  assert.ok(start !== undefined && first !== undefined);
  assert.match(joined([start]), /content-encoding: gzip\r\nvary: accept-encoding\r\n/);
  assert.ok(first === second);
  const unpacked = new Blob([first.slice()]).stream().pipeThrough(new DecompressionStream("gzip"));
  assert.ok(joined([await new Response(unpacked).bytes()]) === joined([all]));
});

Deno.test("an answer to HEAD has no body, whatever its bytes are", async () => {
  const parts = await responseParts(
    readyResponse([bytesOf(100_000)], JSON_TYPE),
    requestFor("HEAD"),
    false,
  );
  assert.match(joined(parts), /connection: close\r\n\r\n$/);
});
