/** Returns where the page of a user is. */
export function userPath(username: string): string {
  return `/people/users/${encodeURIComponent(username)}`;
}

/** Returns where a machine token is revoked. */
export function tokenPath(id: string): string {
  return `/people/tokens/${encodeURIComponent(id)}`;
}
