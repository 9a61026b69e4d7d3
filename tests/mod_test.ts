import assert from "node:assert/strict";
import * as api from "../mod.ts";

Deno.test("the library offers the services, discovery, readiness and the gate", () => {
  const { evaluateReadiness, findCandidateByPosition, isHostedSyncEnabled } = api;
  for (const name of [evaluateReadiness, findCandidateByPosition, isHostedSyncEnabled]) {
    assert.equal(typeof name, "function");
  }
  const { HostedTrackerService, openHostedService, openBackend, bindProject, unbindProject } = api;
  for (const open of [openHostedService, openBackend, bindProject, unbindProject]) {
    assert.equal(typeof open, "function");
  }
  for (const method of ["discover", "resolveAndBind", "validateAndBind", "status", "pull"]) {
    assert.ok(method in HostedTrackerService.prototype, method);
  }
});

Deno.test("a candidate is found by its number, wherever it stands", () => {
  const candidate: api.BindCandidate = {
    candidate_token: "ct",
    display_label: "Website (SITE)",
    confidence: "high",
    match_reason: "same slug",
    sort_position: 1,
  };
  assert.equal(api.findCandidateByPosition([candidate], 2), candidate);
  assert.equal(api.findCandidateByPosition([candidate], 1), null);
});
