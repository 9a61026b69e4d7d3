import assert from "node:assert/strict";
import type { GlobalOptions } from "../../src/cli/command/context.ts";
import { requestLog } from "../../src/cli/services/request_log.ts";
import { testContext } from "../support/context.ts";
import { withPlatform } from "../support/platform.ts";

const ENDED = { method: "POST", path: "/x/", status: 429, ms: 12 } as const;

/** What is written to standard error of a request that ended, and of the wait after it. */
async function written(
  globals: Partial<GlobalOptions>,
  options: { readonly terminal?: boolean } = {},
): Promise<string> {
  let text = "";
  await withPlatform(options, (platform) => {
    const log = requestLog(testContext(platform, globals));
    log?.(ENDED);
    log?.({ ...ENDED, ms: 0, waitMs: 41_200 });
    text = platform.stderr();
  });
  return text;
}

const WAIT =
  /^The tracker host has had too many requests: trying again in 42 seconds \(Ctrl-C stops\)\n$/;

Deno.test("a wait that the host asks for is told with its reason and the time left", async () => {
  assert.match(await written({}), WAIT);
});

Deno.test("on a terminal a wait is told in a line of its own, whatever stood there", async () => {
  const text = await written({}, { terminal: true });
  assert.ok(text.startsWith("\r\u001b[2K"));
  assert.match(text.slice("\r\u001b[2K".length), WAIT);
});

Deno.test("a wait is not told to a program, nor to those who want quiet", async () => {
  assert.equal(await written({ quiet: true }), "");
  assert.equal(await written({ json: true }), "");
});

Deno.test("verbosely, each request has a line, and a wait its own", async () => {
  const [request, wait] = (await written({ verbose: true })).split(/(?<=\n)/);
  assert.match(request ?? "", /POST \/x\/ → 429 \(12 ms\)/);
  assert.match(wait ?? "", WAIT);
});
