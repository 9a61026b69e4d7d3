import assert from "node:assert/strict";
import type { ProviderFault } from "../../../src/providers/mod.ts";
import { faultIn, LINEAR_BUDGETS } from "../../../src/providers/linear/faults.ts";
import { ADMIN_KEY } from "../../standins/linear/fake_linear.ts";
import { ENG, faultOf, linearTest } from "./rig.ts";

const NOW = Date.UTC(2026, 0, 1);

const LATER = NOW + 1_800_000;

function judged(extensions: object, message = "", headers: Record<string, string> = {}) {
  const body = { errors: [{ message, extensions }], data: null };
  const answer = { headers: new Headers(headers), body };
  return faultIn(answer, "list issues", { now: NOW, secrets: ["lin_api_x"] });
}

const KINDS: readonly (readonly [object, ProviderFault["kind"]])[] = [
  [{ type: "authentication error", code: "AUTHENTICATION_ERROR" }, "refused"],
  [{ type: "forbidden", code: "FORBIDDEN" }, "rejected"],
  [{ type: "feature not accessible" }, "rejected"],
  [{ type: "invalid input", code: "INPUT_ERROR" }, "rejected"],
  [{ type: "user error" }, "rejected"],
  [{ type: "graphql error", code: "GRAPHQL_VALIDATION_FAILED" }, "rejected"],
  [{ type: "usage limit exceeded", code: "USAGE_LIMIT_EXCEEDED" }, "rejected"],
  [{ type: "ratelimited", code: "RATELIMITED" }, "limited"],
  [{ type: "internal error", code: "INTERNAL_SERVER_ERROR" }, "failing"],
  [{ type: "lock timeout" }, "failing"],
  [{}, "failing"],
];

for (const [extensions, kind] of KINDS) {
  Deno.test(`an error ${JSON.stringify(extensions)} is ${kind}`, () => {
    assert.equal(judged(extensions)?.fault.kind, kind);
  });
}

Deno.test("an error is told in the words for people, without a secret", () => {
  const words = "No: lin_api_x\u0007 has no access";
  const fault = judged({ code: "FORBIDDEN", userPresentableMessage: words }, "internal words");
  assert.equal(fault?.message, 'Linear refused "list issues": No: [secret] has no access');
});

Deno.test("a missing scope is a missing permission, whatever its type", () => {
  const fault = judged({}, "Invalid scope: `write` required");
  assert.deepEqual(fault?.fault, { kind: "rejected", code: "permission_missing" });
});

Deno.test("an answer without errors tells of no failure", () => {
  for (const body of [{ data: {} }, { errors: [] }, null, "text", [1]]) {
    const answer = { headers: new Headers(), body };
    assert.equal(faultIn(answer, "list issues", { now: NOW, secrets: [] }), null);
  }
});

Deno.test("requests and complexity are counted as Linear says, and nothing is guessed", () => {
  const headers = new Headers({
    "X-RateLimit-Requests-Limit": "2500",
    "X-RateLimit-Requests-Remaining": "2499",
    "X-RateLimit-Requests-Reset": String(LATER),
    "X-RateLimit-Complexity-Limit": "3000000",
    "X-RateLimit-Complexity-Remaining": "many",
    "X-RateLimit-Complexity-Reset": String(LATER),
  });
  assert.deepEqual(LINEAR_BUDGETS.read(headers, NOW), [
    { name: "requests", left: 2_499, limit: 2_500, resetsAt: LATER },
  ]);
});

Deno.test("a limit ends when the count ends that is used up, else after a minute", () => {
  const limited = (headers: Record<string, string>) => {
    const fault = judged({ code: "RATELIMITED" }, "", headers)?.fault;
    return fault?.kind === "limited" ? fault.until - NOW : null;
  };
  assert.equal(limited({}), 60_000);
  assert.equal(
    limited({
      "X-RateLimit-Requests-Limit": "2500",
      "X-RateLimit-Requests-Remaining": "12",
      "X-RateLimit-Requests-Reset": String(NOW + 3_000),
      "X-RateLimit-Complexity-Limit": "3000000",
      "X-RateLimit-Complexity-Remaining": "0",
      "X-RateLimit-Complexity-Reset": String(LATER),
    }),
    1_800_000,
  );
  assert.equal(
    limited({
      "X-RateLimit-Endpoint-Requests-Limit": "10",
      "X-RateLimit-Endpoint-Requests-Remaining": "0",
      "X-RateLimit-Endpoint-Requests-Reset": String(NOW + 90_000),
    }),
    90_000,
  );
});

linearTest("nothing more is asked when the budget is nearly used up", async (rig) => {
  const { id } = rig.linear.people.add({ teamId: ENG, title: "A" });
  rig.linear.left.requests = 40;
  await rig.issue(id);
  const fault = await faultOf(rig.remote.get(rig.access, rig.place, id));
  assert.deepEqual(fault.kind === "limited" && fault.until, rig.clock.now() + 3_600_000);
  assert.equal(rig.linear.asked.length, 1);
});

linearTest("a limit that Linear tells of closes the connection until it ends", async (rig) => {
  for (const status of [200, 400]) {
    const { linear, remote, access, place, clock } = rig;
    const asked = linear.asked.length;
    const until = String(clock.now() + 120_000);
    linear.stepIn = () =>
      Response.json({ errors: [{ message: "", extensions: { code: "RATELIMITED" } }] }, {
        status,
        headers: {
          "X-RateLimit-Requests-Limit": "2500",
          "X-RateLimit-Requests-Remaining": "0",
          "X-RateLimit-Requests-Reset": until,
        },
      });
    assert.equal((await faultOf(remote.get(access, place, "a"))).kind, "limited");
    assert.equal((await faultOf(remote.get(access, place, "a"))).kind, "limited");
    assert.equal(linear.asked.length, asked + 1);
    clock.advance(120_000);
    linear.stepIn = () => {};
    assert.equal(await remote.get(access, place, "a"), null);
  }
});

linearTest("a query is tried again when Linear fails, a change is not", async (rig) => {
  const { linear, remote, access, place } = rig;
  const { id } = linear.people.add({ teamId: ENG, title: "A" });
  const before = await rig.issue(id);
  let failures = 0;
  linear.stepIn = ({ isWrite, phase }) => {
    if (phase === "before" && (isWrite || ++failures <= 2)) {
      return new Response("down", { status: 502 });
    }
  };
  assert.deepEqual(await rig.issue(id), before);
  const fault = await faultOf(remote.change(access, place, before, { title: "B" }));
  assert.equal(fault.kind, "failing");
  assert.equal(linear.asked.filter((name) => name === "UpdateIssue").length, 1);
  assert.deepEqual(linear.writes, []);
});

linearTest("an answer that is not as expected is a failure of Linear's", async (rig) => {
  rig.linear.stepIn = () => Response.json({ data: { issues: { nodes: [{ id: 7 }] } } });
  const fault = await faultOf(rig.remote.get(rig.access, rig.place, "a"));
  assert.equal(fault.kind, "failing");
  assert.match(fault.words, /answer to "read an issue" is not as expected/);
});

linearTest("the log names what was asked, and holds no secret and no text", async (rig) => {
  await rig.remote.get(rig.access, rig.place, "a");
  const log = JSON.stringify(rig.log);
  assert.match(log, /"name":"read an issue","method":"POST","path":"\/graphql","status":200/);
  assert.ok(!log.includes(ADMIN_KEY));
});

linearTest("a key that Linear does not take is refused", async (rig) => {
  const fault = await faultOf(rig.remote.get(rig.access, rig.place, "a"));
  assert.equal(fault.kind, "refused");
  assert.ok(!fault.words.includes("lin_api_wrong"));
}, { credential: { kind: "key", secret: "lin_api_wrong" } });
