import assert from "node:assert/strict";
import { holdWords } from "../../src/cli/terminal/stderr_buffer.ts";
import { createOutput } from "../../src/cli/terminal/output.ts";
import { withPlatform } from "../support/platform.ts";

Deno.test("under --json what is said waits for the result, and no longer: a command may go on for days", () =>
  withPlatform({}, (platform) => {
    const held = holdWords(platform.terminal.stderr);
    const terminal = { ...platform.terminal, stderr: held.stream };
    const output = createOutput(terminal, platform.env, { color: "never", quiet: false }, held);
    output.warn("before");
    output.note("a notice");
    assert.equal(platform.stderr(), "");
    output.json({ url: "http://127.0.0.1" });
    assert.equal(platform.stderr(), "before\na notice\n");
    output.warn("after");
    assert.equal(platform.stderr(), "before\na notice\nafter\n");
    assert.deepEqual(held.take(), []);
    return Promise.resolve();
  }));
