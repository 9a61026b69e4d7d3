/** A user of the host. */
export interface User {
  readonly id: string;
  readonly username: string;
  readonly email: string;
  readonly name: string;
}

/** A team of a user. */
export interface Membership {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly role: string;
}

/** Who makes a tracker call, and for which team. */
export interface Caller {
  readonly user: User;
  readonly team: Membership;
}

/** What a user may do in a team. */
export const ROLES = ["admin", "member"] as const;

/** One of {@link ROLES}. */
export type Role = typeof ROLES[number];

/** Returns whether a membership lets its user look after the team. */
export function isAdmin({ role }: Pick<Membership, "role">): boolean {
  return role === "admin";
}
