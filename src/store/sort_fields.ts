/** What a list of issues can be sorted by. */
export type SortField = "key" | "title" | "status" | "priority" | "updated" | "created";

/** All of them. */
export const SORT_FIELDS: readonly SortField[] = [
  "key",
  "title",
  "status",
  "priority",
  "updated",
  "created",
];
