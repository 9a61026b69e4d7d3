import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { temporaryHostData } from "../support/host_data.ts";
import { withPlatform } from "../support/platform.ts";

Deno.test("a token's hash is the same each time, however many others come in between", () =>
  withPlatform({}, async (platform) => {
    const context = await temporaryHostData(platform);
    const expected = createHash("sha256").update("tka_1").digest("hex");
    assert.equal(await context.tokenHash("tka_1"), expected);
    assert.equal(await context.tokenHash("tka_1"), expected);
    for (let i = 0; i < 1_100; i++) await context.tokenHash(`stranger ${i}`);
    assert.equal(await context.tokenHash("tka_1"), expected);
    await context.store.close();
  }));
