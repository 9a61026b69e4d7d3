import assert from "node:assert/strict";
import { LineTransport } from "../../src/cli/commands/mcp/line_transport.ts";
import { TrackerError } from "../../src/platform/tracker_error.ts";

/** A transport with lines to read, and what came of them. */
function scene(lines: readonly string[], fails?: TrackerError) {
  const left = [...lines];
  const written: string[] = [];
  const faults: string[] = [];
  const seen: unknown[] = [];
  const transport = new LineTransport({
    terminal: {
      stdin: {
        isTerminal: false,
        readLine: () => {
          const line = left.shift();
          if (line === undefined && fails !== undefined) return Promise.reject(fails);
          return Promise.resolve(line ?? null);
        },
        readAll: () => Promise.resolve(""),
        readBytes: () => Promise.resolve(new Uint8Array()),
        readSecret: () => Promise.resolve(null),
        withKeys: (work) => work(() => Promise.resolve(null)),
      },
      stdout: {
        isTerminal: false,
        columns: () => 80,
        rows: () => 24,
        write: (text) => void written.push(text),
        writeBytes: () => {},
      },
    },
    onFault: (fault) => faults.push(fault),
  });
  transport.onmessage = (message) => void seen.push(message);
  return { transport, written, faults, seen };
}

const REQUEST = { jsonrpc: "2.0", id: 7, method: "ping" } as const;

Deno.test("Each line is a message, and each message a line", async () => {
  const { transport, written, seen } = scene([
    JSON.stringify({ jsonrpc: "2.0", method: "notifications/initialized" }),
    "",
  ]);
  await transport.start();
  await transport.closed;
  assert.deepEqual(seen, [{ jsonrpc: "2.0", method: "notifications/initialized" }]);
  await transport.send({ jsonrpc: "2.0", method: "late" });
  assert.deepEqual(written, [], "nothing is written any more");
});

Deno.test("The end of the input waits for the answers that are owed", async () => {
  const { transport, written } = scene([JSON.stringify(REQUEST)]);
  let isClosed = false;
  transport.onclose = () => {
    isClosed = true;
  };
  const asked = Promise.withResolvers<void>();
  transport.onmessage = () => asked.resolve();
  await transport.start();
  await asked.promise;
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  assert.equal(isClosed, false);
  await transport.send({ jsonrpc: "2.0", id: 7, result: {} });
  await transport.closed;
  assert.equal(isClosed, true);
  assert.deepEqual(written, ['{"jsonrpc":"2.0","id":7,"result":{}}\n']);
});

Deno.test("What was cancelled is not waited for", async () => {
  const cancel = { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 7 } };
  const { transport, seen } = scene([JSON.stringify(REQUEST), JSON.stringify(cancel)]);
  await transport.start();
  await transport.closed;
  assert.equal(seen.length, 2);
});

Deno.test("A line that is no message is named, and the next one is read", async () => {
  const { transport, faults, seen } = scene([
    "garbage",
    "[]",
    '{"id": 1}',
    JSON.stringify({ jsonrpc: "2.0", method: "notifications/initialized" }),
  ]);
  await transport.start();
  await transport.closed;
  assert.equal(seen.length, 1);
  assert.equal(faults.length, 3);
});

Deno.test("A line that is too long ends the service", async () => {
  const { transport, faults } = scene(
    [],
    new TrackerError({ code: "input_line_too_long", message: "Too long" }),
  );
  await transport.start();
  await transport.closed;
  assert.deepEqual(faults, ["Too long"]);
});
