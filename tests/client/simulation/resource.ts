import assert from "node:assert/strict";
import { isJsonObject } from "../../../src/contract/field.ts";
import { type NormalizedIssue, NormalizedIssueSchema } from "../../../src/contract/issue.ts";
import { parseWith } from "../../../src/contract/parse.ts";
import type { PushItem } from "../../../src/contract/push.ts";
import { type PushResult, PushResultSchema } from "../../../src/contract/results.ts";
import type { RunningHost } from "../../../src/server/mod.ts";
import { findResource, importIssues } from "../../../src/server/mod.ts";
import { systemRandom } from "../../../src/platform/random.ts";
import { anIssue } from "../../support/issues.ts";
import { PROJECT_IDENTITY } from "../../support/projects.ts";
import { PASSWORD, TEAM } from "./people.ts";

/** A resource of the host that the simulation is about, as people see it who work there. */
export interface SharedResource {
  readonly url: string;
  /** The reference of its binding. */
  readonly bindingRef: string;
  /** Returns its issues as they are now, by their ids. */
  issues(): Promise<ReadonlyMap<string, NormalizedIssue>>;
  /** Writes as a person does who looks at the issue as it is. */
  push(item: PushItem): Promise<PushResult>;
  /** Deletes an issue. */
  remove(id: string): Promise<void>;
  /** Moves an issue to another resource. */
  moveOut(id: string): Promise<void>;
  /** Ends every access token. */
  expireAccess(): Promise<void>;
  /** Waits until what was accepted has ended, and returns its result. */
  ended(operationId: string, headers: Headers): Promise<unknown>;
}

/** How a resource differs from others. */
export interface ResourceOptions {
  /** `guided` refuses some transitions. */
  readonly workflow: "open" | "guided";
  /** Writes of more issues than this are done after the answer; `null` leaves it to the host. */
  readonly acceptsAbove: number | null;
}

/** Adds a resource of this name with a few issues to the host, and binds a project to it. */
export async function shareResource(
  host: RunningHost,
  label: string,
  { workflow, acceptsAbove }: ResourceOptions,
): Promise<SharedResource> {
  const { url, context } = host;
  const workspace = `space-${label}`;
  const first = Array.from(
    { length: 2 },
    (_, n) => anIssue(`old${n}`, { ref: { ...REF, workspace, id: `old${n}` } }),
  );
  await importIssues(context, JSON.stringify(first), { label, team: TEAM });
  await importIssues(
    context,
    JSON.stringify([anIssue(`${label}-other`, { ref: { ...REF, workspace, id: "other" } })]),
    { label: `${label} elsewhere`, team: TEAM },
  );
  const resource = await findResource(context.store, "linear", label);
  assert.ok(resource !== null);
  const lever = async (path: string, body: unknown) => {
    const answer = await fetch(`${url}/dev/${path}`, {
      method: "POST",
      body: JSON.stringify(body),
    });
    assert.ok(answer.ok, path);
    return answer;
  };
  await context.store.transaction((tx) =>
    tx.run("UPDATE resources SET workflow = ? WHERE id = ?", workflow, resource.id)
  );
  await lever("levers", { accept_above: acceptsAbove, operation_delay_ms: 0 });
  const bound = await lever("mappings", {
    provider: "linear",
    resource: label,
    project_slug: PROJECT_IDENTITY.slug,
    project_uuid: PROJECT_IDENTITY.uuid,
  });
  const bindingRef = textIn(await bound.json(), "binding_ref");
  let access: string | null = null;
  const authorized = async () => {
    access ??= textIn(
      await (await fetch(`${url}/api/v1/token/`, {
        method: "POST",
        body: JSON.stringify({ username: "cy@example.com", password: PASSWORD }),
      })).json(),
      "access",
    );
    return { authorization: `Bearer ${access}`, "x-team-slug": TEAM };
  };
  const issues = async () => {
    const sql = "SELECT json FROM issues WHERE resource_id = ? ORDER BY external_id";
    const rows = await context.store.all(sql, resource.id);
    return new Map(rows.map((row) => {
      const parsed = parseWith(NormalizedIssueSchema, JSON.parse(String(row["json"])));
      assert.ok(parsed.ok);
      return [parsed.value.ref.id, parsed.value] as const;
    }));
  };
  const resultOf = async (operationId: string, headers: Headers) => {
    for (let turn = 0; turn < 2_000; turn++) {
      const answer = await fetch(`${url}/api/v1/tracker/operations/${operationId}/`, { headers });
      const state: unknown = await answer.json();
      const status = textIn(state, "status");
      const isEnded = status === "completed" || status === "failed";
      if (isEnded) return isJsonObject(state) ? state["result"] : null;
    }
    throw new Error("The operation does not end");
  };
  return {
    url,
    bindingRef,
    issues,
    async push(item) {
      for (let attempt = 0; attempt < 2; attempt++) {
        const answer = await fetch(`${url}/api/v1/tracker/push/`, {
          method: "POST",
          headers: { ...await authorized(), "idempotency-key": systemRandom().uuid() },
          body: JSON.stringify({ provider: "linear", binding_ref: bindingRef, items: [item] }),
        });
        const body: unknown = await answer.json();
        const result = answer.status === 202
          ? await resultOf(textIn(body, "operation_id"), new Headers(await authorized()))
          : body;
        const parsed = parseWith(PushResultSchema, result);
        if (answer.ok && parsed.ok) return parsed.value;
        access = null;
      }
      throw new Error("The host refuses a person who signs in");
    },
    async remove(id) {
      await lever("issues/remove", { provider: "linear", resource: label, keys: [id] });
    },
    async moveOut(id) {
      const to = `${label} elsewhere`;
      await lever("issues/move", { provider: "linear", resource: label, key: id, to });
    },
    async expireAccess() {
      await lever("expire-access", {});
    },
    ended: resultOf,
  };
}

const REF = { system: "linear" };

/** Returns a text of a JSON object. */
export function textIn(json: unknown, name: string): string {
  const value = isJsonObject(json) ? json[name] : undefined;
  assert.ok(typeof value === "string", `${name} in ${JSON.stringify(json)}`);
  return value;
}
