import assert from "node:assert/strict";
import { bufferStderr } from "../../src/cli/terminal/stderr_buffer.ts";
import { createOutput } from "../../src/cli/terminal/output.ts";
import { withPlatform } from "../support/platform.ts";

Deno.test("under --json what is said waits for the result, and no longer: a command may run for days", () =>
  withPlatform({}, (platform) => {
    const buffer = bufferStderr(platform.terminal.stderr);
    const options = { color: "never", quiet: false } as const;
    const output = createOutput(platform.terminal, platform.env, options, buffer);
    output.warning("before");
    output.notice("a notice");
    assert.equal(platform.stderr(), "");
    output.json({ url: "http://127.0.0.1" });
    assert.equal(platform.stderr(), "before\na notice\n");
    output.warning("after");
    assert.equal(platform.stderr(), "before\na notice\nafter\n");
    assert.deepEqual(buffer.take(), []);
    return Promise.resolve();
  }));
