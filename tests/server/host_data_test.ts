import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { openTemporaryHostData } from "../../src/server/store/host_data.ts";
import { withPlatform } from "../support/platform.ts";

Deno.test("a token's hash is the same each time, however many others come in between", () =>
  withPlatform({}, async (platform) => {
    const data = await openTemporaryHostData(platform);
    const expected = createHash("sha256").update("tka_1").digest("hex");
    assert.equal(await data.tokenHash("tka_1"), expected);
    assert.equal(await data.tokenHash("tka_1"), expected);
    for (let i = 0; i < 1_100; i++) await data.tokenHash(`stranger ${i}`);
    assert.equal(await data.tokenHash("tka_1"), expected);
    data.close();
  }));
