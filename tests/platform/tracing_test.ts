import assert from "node:assert/strict";
import { traced } from "../../src/platform/tracing.ts";

Deno.test("without OpenTelemetry nothing stands around an answer", () => {
  const answer = () => Promise.resolve(new Response());
  assert.equal(traced(answer), answer);
});

Deno.test("with OTEL_DENO a request is a span with its status and id, and without its query", async () => {
  const exported = Promise.withResolvers<string>();
  const collector = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      const text = await request.text();
      if (new URL(request.url).pathname === "/v1/traces") exported.resolve(text);
      return new Response("{}", { headers: { "content-type": "application/json" } });
    },
  );
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", new URL("programs/traced_server.ts", import.meta.url).pathname],
    env: {
      OTEL_DENO: "true",
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collector.addr.port}`,
      OTEL_BSP_SCHEDULE_DELAY: "50",
    },
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  try {
    const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const port = (await reader.read()).value?.trim();
    await reader.cancel();
    const answer = await fetch(`http://127.0.0.1:${port}/a/path?token=secret`);
    await answer.body?.cancel();
    const text = await exported.promise;
    const [span] = JSON.parse(text).resourceSpans[0].scopeSpans[0].spans;
    const attributes = new Map<string, { stringValue?: string; doubleValue?: number }>(
      span.attributes.map((one: { key: string; value: object }) => [one.key, one.value]),
    );
    assert.equal(span.name, "GET");
    assert.equal(span.status.code, 2);
    assert.equal(attributes.get("url.path")?.stringValue, "/a/path");
    assert.equal(attributes.get("http.response.status_code")?.doubleValue, 503);
    assert.equal(attributes.get("tracker.request_id")?.stringValue, "req-1");
    assert.doesNotMatch(text, /secret/);
  } finally {
    child.kill("SIGKILL");
    await child.status;
    await collector.shutdown();
  }
});
