import assert from "node:assert/strict";
import {
  categoriseFailure,
  EventBatchRequestSchema,
  EventBatchResponseSchema,
  isJsonObject,
  type JsonObject,
  parseBatchFailure,
  parseWith,
  validatePayload,
} from "../../src/contract/mod.ts";

const FOLDER = new URL("../../../shared/data/event-batch/", import.meta.url);

/** Recorded uploads, where this machine has them. */
async function fixtures(): Promise<readonly { name: string; fixture: JsonObject }[]> {
  const found: { name: string; fixture: JsonObject }[] = [];
  try {
    for await (const { name } of Deno.readDir(FOLDER)) {
      const fixture: unknown = JSON.parse(await Deno.readTextFile(new URL(name, FOLDER)));
      assert.ok(isJsonObject(fixture));
      found.push({ name, fixture });
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    console.log("Recorded uploads are not on this machine; nothing to compare");
  }
  return found;
}

Deno.test("recorded uploads and their answers keep the contract", async () => {
  for (const { name, fixture } of await fixtures()) {
    const request = parseWith(EventBatchRequestSchema, fixture["request"]);
    assert.ok(request.ok, `${name}: ${JSON.stringify(request)}`);
    const answer = fixture["expected_response"];
    assert.ok(isJsonObject(answer));
    const body = "body" in answer ? answer["body"] : answer;
    if (isJsonObject(body) && "results" in body) {
      const parsed = parseWith(EventBatchResponseSchema, body);
      assert.ok(parsed.ok, `${name}: ${JSON.stringify(parsed)}`);
      const rejected = new Set(
        parsed.value.results.filter(({ status }) => status === "rejected").map(({ event_id }) =>
          event_id
        ),
      );
      for (const event of request.value.events) {
        const outcome = validatePayload(event.event_type, event.payload);
        assert.equal(outcome.ok, !rejected.has(event.event_id), `${name} ${event.event_id}`);
      }
    } else {
      const faults = parseBatchFailure(body);
      assert.deepEqual(faults.map(({ event_id }) => event_id), [request.value.events[0]?.event_id]);
      assert.equal(categoriseFailure(faults[0]?.message ?? ""), "schema_mismatch");
    }
  }
});
