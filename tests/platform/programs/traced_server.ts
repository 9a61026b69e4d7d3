/** A guarded server on a free port, whose port it prints; for tests of what Deno exports of it. */
import { systemPlatform } from "../../../src/platform/system.ts";

const { serve, terminal } = systemPlatform();
const answer = () => new Response("ok", { status: 503, headers: { "x-request-id": "req-1" } });
const refuse = (status: number, message: string) => new Response(message, { status });
const listener = await serve({ hostname: "127.0.0.1", port: 0 }, answer, { refuse });
terminal.stdout.write(`${listener.port}\n`);
await listener.finished;
