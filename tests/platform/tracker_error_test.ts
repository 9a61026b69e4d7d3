import assert from "node:assert/strict";
import { errorText, TrackerError, usageError } from "../../src/platform/tracker_error.ts";

Deno.test("A failure has a code, words, and defaults for the rest", () => {
  const error = new TrackerError({ code: "locked", message: "It is locked" });
  assert.ok(error instanceof Error);
  assert.equal(error.name, "TrackerError");
  assert.equal(error.nextAction, null);
  assert.deepEqual(error.details, {});
  assert.equal(error.exitCode, 1);
  assert.equal("cause" in error, false);
});

Deno.test("A failure keeps its cause, its facts and its exit code", () => {
  const cause = new TypeError("Broken");
  const error = new TrackerError({
    code: "x",
    message: "X",
    nextAction: "Do y.",
    details: { path: "p" },
    exitCode: 130,
    cause,
  });
  assert.equal(error.cause, cause);
  assert.equal(error.nextAction, "Do y.");
  assert.deepEqual(error.details, { path: "p" });
  assert.equal(error.exitCode, 130);
});

Deno.test("Wrong usage exits with 2", () => {
  assert.equal(usageError("No").exitCode, 2);
  assert.equal(usageError("No").nextAction, null);
  assert.equal(usageError("No", "Run it otherwise.").nextAction, "Run it otherwise.");
});

Deno.test("Anything thrown has a text", () => {
  assert.equal(errorText(new Error("Broken")), "Broken");
  assert.equal(errorText("plain"), "plain");
  assert.equal(errorText(null), "null");
});
