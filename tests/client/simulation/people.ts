import { addUserUnchecked } from "../../../src/server/accounts/users.ts";
import { DEMO, type HostContext } from "../../../src/server/mod.ts";

/** The password of everybody in the simulation. */
export const PASSWORD = "simulated";

/** The team that everybody in the simulation is in. */
export const TEAM = DEMO.team;

/** People who work at a clone each. */
export const AT_CLONES = ["ada", "bob"] as const;

/** The name of one of them. */
export type CloneName = typeof AT_CLONES[number];

/** The person who works at the host. */
export const AT_HOST = "cy";

/** Returns the name by which somebody signs in. */
export function usernameOf(name: string): string {
  return `${name}@example.com`;
}

/** Adds everybody to a host. */
export async function addPeople(context: HostContext): Promise<void> {
  for (const name of [...AT_CLONES, AT_HOST]) {
    await addUserUnchecked(context, {
      username: usernameOf(name),
      password: PASSWORD,
      team: TEAM,
    });
  }
}
