/** A scripted agent: the official client of the Model Context Protocol, with `tracker mcp` as a process. */
import assert from "node:assert/strict";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { programUnderTest, type World } from "./world.ts";

/** What a tool has answered. */
export interface AgentAnswer {
  readonly document: ReturnType<typeof JSON.parse>;
  readonly isError: boolean;
  /** Bytes of the line that it came in. */
  readonly bytes: number;
}

/** An agent that is connected. */
export interface Agent {
  readonly client: Client;
  /** Calls a tool, whatever it answers. */
  call(name: string, given?: Record<string, unknown>): Promise<AgentAnswer>;
  /** Calls a tool that must succeed; answers the document. */
  ok(name: string, given?: Record<string, unknown>): Promise<AgentAnswer["document"]>;
  /** Calls a tool that must fail; answers the error. */
  error(name: string, given?: Record<string, unknown>): Promise<AgentAnswer["document"]>;
  /** Every line that the program has written. */
  readonly lines: readonly string[];
  /** What it has written to standard error. */
  errors(): string;
}

/** Runs a test with an agent that works in the project of a world. */
export async function withAgent(
  world: World,
  args: readonly string[],
  test: (agent: Agent) => Promise<void>,
): Promise<void> {
  const [command, ...rest] = programUnderTest();
  const transport = new StdioClientTransport({
    command,
    args: [...rest, "mcp", ...args],
    env: { ...world.env },
    cwd: world.project,
    stderr: "pipe",
  });
  let errors = "";
  transport.stderr?.on("data", (chunk) => {
    errors += String(chunk);
  });
  const client = new Client({ name: "scripted agent", version: "1.0.0" });
  const lines: string[] = [];
  await client.connect(transport);
  const { onmessage } = transport;
  transport.onmessage = (message) => {
    lines.push(JSON.stringify(message));
    onmessage?.(message);
  };
  const call: Agent["call"] = async (name, given = {}) => {
    const before = lines.length;
    const { content, isError } = await client.callTool({ name, arguments: given });
    assert.equal(content.length, 1);
    const [first] = content;
    assert.ok(first?.type === "text");
    const bytes = new TextEncoder().encode(lines[before] ?? "").length;
    assert.ok(bytes < 10_000, `${name} answers ${bytes} bytes`);
    return { document: JSON.parse(first.text), isError: isError === true, bytes };
  };
  try {
    await test({
      client,
      call,
      lines,
      errors: () => errors,
      async ok(name, given) {
        const { document, isError } = await call(name, given);
        assert.equal(isError, false, `${name}: ${JSON.stringify(document)}`);
        return document;
      },
      async error(name, given) {
        const { document, isError } = await call(name, given);
        assert.equal(isError, true, `${name}: ${JSON.stringify(document)}`);
        assert.deepEqual(Object.keys(document), ["error"]);
        assert.deepEqual(Object.keys(document.error), [
          "code",
          "message",
          "next_action",
          "details",
        ]);
        return document.error;
      },
    });
  } finally {
    await client.close();
  }
}
