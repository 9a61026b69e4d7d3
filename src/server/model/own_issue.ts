/** Begins the ids of issues that the host has made itself; no provider has such ids. */
export const OWN_ISSUE = "iss";

/** Whether the host has made an issue itself, which then is at no provider. */
export function isOwnIssue(id: string): boolean {
  return id.startsWith(`${OWN_ISSUE}_`);
}
