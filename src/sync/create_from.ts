import { blankIssue, type NormalizedIssue } from "../contract/issue.ts";
import {
  createDraft,
  type EditContext,
  type EditResult,
  type IssueEdit,
  patchOf,
} from "./edits.ts";
import { differingFields, fieldsOf, type FieldValues, pickFields } from "./fields.ts";
import { isKeptElsewhere } from "./link_direction.ts";
import { memberChange } from "./member_edits.ts";
import type { SkippedField } from "./sync_report.ts";

/**
 * Makes an issue on our side of what is known of another one, edits included, such as one that is gone at the
 * tracker; the next push makes it there. It has no link to the other issue. Links that the tracker keeps at the
 * issues they point to are not taken over, and are listed as what cannot be written.
 *
 * @throws {TrackerError} `issue_not_found`, `invalid_edit`, `link_kept_elsewhere` for a link of `edit`.
 */
export function createIssueFrom(
  context: EditContext,
  idOrKey: string,
  edit: IssueEdit = {},
): EditResult {
  const { store } = context;
  return store.transaction(() => {
    const { issue: source } = store.issues.find(idOrKey) ?? store.issues.require(idOrKey);
    const values = withoutItself(source);
    const links = values.links.filter((link) => !isKeptElsewhere(context.side, link, values));
    const known = { ...values, links };
    const blank = fieldsOf(blankIssue(source.ref, source.created_at));
    const made = createDraft(context, {
      ...pickFields(known, differingFields(known, blank)),
      title: source.title,
      ...patchOf(context, edit),
      ...memberChange(values, edit).patch,
    });
    const isLeft = links.length < values.links.length && edit.links === undefined;
    return isLeft ? { ...made, unwritable: [...made.unwritable, leftLinks(made)] } : made;
  });
}

function withoutItself(issue: NormalizedIssue): FieldValues {
  const { id } = issue.ref;
  const values = fieldsOf(issue);
  return {
    ...values,
    parent: values.parent?.id === id ? null : values.parent,
    links: values.links.filter(({ ref }) => ref.id !== id),
  };
}

function leftLinks({ issue }: EditResult): SkippedField {
  const { ref: { id }, title } = issue;
  return { id, title, field: "links", reason: 'links "blocks" are kept at the issues blocked' };
}
