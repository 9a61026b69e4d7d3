import assert from "node:assert/strict";
import { atGitLab, codeOf, faultOf, ORIGIN } from "./support.ts";

const NEXT = { link: `<${ORIGIN}/api/v4/x?page=2>; rel="next"` };

Deno.test("an empty page is the last one of a list, whatever page it names", () =>
  atGitLab(async ({ gitlab, remote, access, place, project }) => {
    gitlab.stepIn = ({ call, phase }) => {
      const isList = call.endsWith("/issues") && phase === "before";
      return isList ? { status: 200, body: [], headers: NEXT } : undefined;
    };
    const { cursor } = await remote.listAll(access, place, null);
    assert.equal(cursor, null);
    project.hasIssues = false;
    assert.equal(await codeOf(remote.listAll(access, place, null)), "issues_off");
  }));

Deno.test("a list that is read as a whole and has no end is given up", () =>
  atGitLab(async ({ gitlab, remote, access, place }) => {
    const note = { id: 1, body: "Again", created_at: "2026-01-01T00:00:00Z" };
    gitlab.stepIn = ({ call, phase }) => {
      const isList = call.endsWith("/notes") && phase === "before";
      return isList ? { status: 200, body: [note], headers: NEXT } : undefined;
    };
    const { message } = await faultOf(remote.comments?.list(access, place, "1") ?? fail());
    assert.equal(message, "GitLab lists more than 1000 pages of comments");
    assert.equal(gitlab.calls.length, 1_000);
  }));

function fail(): never {
  throw new Error("GitLab has comments");
}
