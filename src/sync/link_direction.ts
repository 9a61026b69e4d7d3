import type { ExternalRef, LinkType } from "../contract/issue.ts";
import { TrackerError } from "../platform/tracker_error.ts";
import type { SyncStore } from "./store.ts";
import type { Side } from "./side.ts";
import { fieldsOf, type FieldValues } from "./fields.ts";

/** A link as an edit gives it. */
interface WantedLink {
  readonly type: LinkType;
  readonly ref: ExternalRef;
}

/**
 * Refuses a link that the tool keeps at the issue it points to, and names the command that makes it from
 * there. `from` is the issue that is edited, `null` for one that is only being created.
 *
 * @throws {TrackerError} `link_kept_elsewhere`.
 */
export function refuseLinksKeptElsewhere(
  { store, side }: { readonly store: SyncStore; readonly side: Side },
  from: ExternalRef | null,
  wanted: FieldValues,
  current: FieldValues | null,
): void {
  const known = current?.links ?? [];
  for (const link of wanted.links) {
    const isNew = !known.some(({ type, ref }) => type === link.type && ref.id === link.ref.id);
    if (!isNew || !isKeptElsewhere(side, link, wanted)) continue;
    const other = link.ref.key ?? link.ref.id;
    throw new TrackerError({
      code: "link_kept_elsewhere",
      message: `A link "blocks" is kept by ${side.provider} at the issue that is blocked`,
      nextAction: from === null
        ? `Create it without the link, then run \`${command(store, other, link.ref.id, "KEY")}\` ` +
          "with its key."
        : `Run \`${command(store, other, link.ref.id, from.key ?? from.id)}\`.`,
      details: { link: link.type, issue: link.ref.id },
    });
  }
}

/** Whether the tool keeps a link at the issue that it points to. */
export function isKeptElsewhere(side: Side, link: WantedLink, values: FieldValues): boolean {
  if (link.type !== "blocks") return false;
  const refusalOf = (type: LinkType) =>
    side.refusal("links", { ...values, links: [{ type, ref: link.ref }] }, {
      ...values,
      links: [],
    });
  return refusalOf("blocks") !== null && refusalOf("blocked_by") === null;
}

/** The links of an edit take the place of all there are, so that those are named, too. */
function command(store: SyncStore, other: string, id: string, blocker: string): string {
  const stored = store.issues.load(id);
  const links = (stored === null ? [] : fieldsOf(stored.issue).links)
    .map(({ type, ref }) => `--link ${type}=${ref.key ?? ref.id}`);
  return ["tracker issue edit", other, ...links, `--link blocked_by=${blocker}`].join(" ");
}
