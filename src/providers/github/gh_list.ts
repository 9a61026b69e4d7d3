import * as v from "valibot";
import { isJsonObject } from "../../contract/field.ts";
import type { NormalizedIssue } from "../../contract/issue.ts";
import { type ParseOutcome, parseWith } from "../../contract/parse.ts";
import { issueFrom } from "./issues.ts";

/** Fields that `gh issue list --json` has to be asked for; others are read where they are there. */
const ADD_IT = "is missing: name it after `--json`";

const needed = v.pipe(
  v.optional(v.string(), ""),
  v.check((text) => text !== "", ADD_IT),
);

const NameSchema = v.looseObject({ name: v.string() });
const LoginSchema = v.looseObject({ login: v.string() });

/** An issue as `gh issue list --json` prints it: upper case for states, and no numbers of GitHub's own. */
const ListedSchema = v.looseObject({
  number: v.pipe(v.number(), v.integer()),
  url: needed,
  title: needed,
  state: needed,
  updatedAt: needed,
  createdAt: v.nullish(v.string()),
  closedAt: v.nullish(v.string()),
  stateReason: v.nullish(v.string()),
  body: v.nullish(v.string()),
  labels: v.nullish(v.array(NameSchema)),
  assignees: v.nullish(v.array(LoginSchema)),
  author: v.nullish(LoginSchema),
  milestone: v.nullish(v.looseObject({ title: v.string() })),
  issueType: v.nullish(NameSchema),
});

/** `https://github.com/OWNER/NAME/issues/12`, at whatever host. */
const ISSUE_PATH = /^\/([^/]+\/[^/]+)\/issues\/\d+\/?$/;

/** Returns whether a record looks as `gh issue list --json` prints issues. */
export function isListedByGh(value: unknown): boolean {
  return isJsonObject(value) && typeof value["number"] === "number" && !("ref" in value) &&
    !("id" in value && "issue_type" in value);
}

/** Reads an issue that `gh issue list --json` has printed; its workspace is the repository's `owner/name`. */
export function readListedByGh(value: unknown): ParseOutcome<NormalizedIssue> {
  const parsed = parseWith(ListedSchema, value);
  if (!parsed.ok) return parsed;
  const listed = parsed.value;
  const page = URL.parse(listed.url);
  const repository = page === null ? undefined : ISSUE_PATH.exec(page.pathname)?.[1];
  if (page === null || repository === undefined) {
    return { ok: false, path: "url", message: "must be the address of an issue" };
  }
  const place = {
    externalId: repository,
    workspace: repository,
    key: repository,
    url: `${page.origin}/${repository}`,
    workflow: "open",
  } as const;
  const issue = issueFrom(
    place,
    {
      id: 0,
      number: listed.number,
      html_url: listed.url,
      state: listed.state.toLowerCase(),
      state_reason: listed.stateReason?.toLowerCase() || null,
      title: listed.title,
      body: listed.body,
      user: null,
      labels: (listed.labels ?? []).map(({ name }) => name),
      assignees: listed.assignees,
      milestone: listed.milestone,
      created_at: listed.createdAt ?? listed.updatedAt,
      updated_at: listed.updatedAt,
      closed_at: listed.closedAt,
      type: listed.issueType,
    },
    {},
    { parent: null, links: [] },
  );
  const { id: _unknown, ...metadata } = issue.provider_metadata;
  const author = listed.author?.login ?? null;
  return { ok: true, value: { ...issue, provider_metadata: { ...metadata, author } } };
}
