/** The ten fields that are synced. */
export const SYNC_FIELDS = [
  "title",
  "body",
  "status",
  "issue_type",
  "priority",
  "assignees",
  "labels",
  "parent",
  "links",
  "custom_fields",
] as const;

/** One of {@link SYNC_FIELDS}. */
export type SyncField = typeof SYNC_FIELDS[number];
