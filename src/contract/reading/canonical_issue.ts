import * as v from "valibot";
import { ISSUE_TYPES, LINK_TYPES, type NormalizedIssue, PRIORITIES, STATUSES } from "../issue.ts";
import { JsonObjectSchema } from "../field.ts";
import { plainText } from "./reading.ts";
import { readTime } from "./time.ts";

/** Text that is read as it is. */
const PlainTextSchema = v.pipe(v.string(), v.check((text) => plainText(text) === text));

/** A time that is read as it is. */
const TimeSchema = v.pipe(v.string(), v.check((text) => readTime(text) === text));

const RefSchema = v.pipe(
  v.looseObject({
    system: PlainTextSchema,
    workspace: PlainTextSchema,
    id: PlainTextSchema,
    key: v.nullish(PlainTextSchema),
    url: v.nullish(PlainTextSchema),
  }),
  v.check((ref) => namesEndInOrder(ref)),
);

/**
 * Schema of an issue in which nothing has to be read as something else, down to the order of its members: the reading of
 * such an issue is the issue itself.
 */
export const CanonicalIssueSchema: v.GenericSchema<unknown, NormalizedIssue> = v.looseObject({
  ref: RefSchema,
  title: v.string(),
  body: v.nullable(v.string()),
  status: v.picklist(STATUSES),
  issue_type: v.picklist(ISSUE_TYPES),
  priority: v.picklist(PRIORITIES),
  assignees: v.array(PlainTextSchema),
  labels: v.array(PlainTextSchema),
  parent_ref: v.nullable(RefSchema),
  links: v.array(v.looseObject({ type: v.picklist(LINK_TYPES), ref: RefSchema })),
  custom_fields: JsonObjectSchema,
  created_at: TimeSchema,
  updated_at: TimeSchema,
  provider_metadata: JsonObjectSchema,
  version: v.nullish(PlainTextSchema),
});

/** Whether `key` and then `url` come last, where a reading puts them. */
function namesEndInOrder(ref: object): boolean {
  let last = 0;
  for (const name in ref) {
    const place = name === "key" ? 1 : name === "url" ? 2 : 0;
    if (place < last) return false;
    last = place;
  }
  return true;
}
