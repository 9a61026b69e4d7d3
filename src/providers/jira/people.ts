import { assignableAmong } from "../assignees.ts";
import { rejected } from "./faults.ts";
import type { JiraPerson } from "./schemas.ts";
import type { Work } from "./work.ts";

/**
 * Returns how the one person is written whom an issue is to be assigned to; `null` for nobody.
 *
 * @throws {ProviderError} `rejected`, with the name of who cannot be.
 */
export async function assigneeFor(
  work: Work,
  key: string | null,
  names: readonly string[],
): Promise<Readonly<Record<string, string>> | null> {
  if (names.length === 0) return null;
  const people = await assignableAmong(work.access, names, (name) => personFor(work, key, name));
  const [person] = people;
  if (person !== undefined && people.length === 1) return person;
  const words = `Jira assigns an issue to one person, not to ${people.length}`;
  throw rejected("too_many_assignees", words);
}

async function personFor(
  { calls, place, edition }: Work,
  key: string | null,
  name: string,
): Promise<Readonly<Record<string, string>>> {
  const to = key === null ? { project: place.key } : { issueKey: key };
  const found = bestOf(await calls.site.assignable(name, to), name);
  const [person] = found;
  if (person === undefined) {
    throw rejected("assignee_unknown", `Jira knows nobody called "${name}" to assign it to`);
  }
  if (found.length > 1) {
    const better = edition.name === "cloud"
      ? "the mail address or the account id"
      : "the user name";
    const words = `${found.length} people at Jira are called "${name}": give ${better}`;
    throw rejected("assignee_unknown", words);
  }
  return edition.name === "cloud"
    ? { accountId: person.accountId ?? "" }
    : { name: person.name ?? "" };
}

const FIELDS = ["accountId", "name", "key", "emailAddress", "displayName"] as const;

/** Those whose id or name it is; else those whose mail it is; else those who are called so. */
function bestOf(people: readonly JiraPerson[], name: string): readonly JiraPerson[] {
  const folded = name.toLowerCase();
  const active = people.filter(({ active }) => active);
  for (const field of FIELDS) {
    const found = active.filter((person) => person[field]?.toLowerCase() === folded);
    if (found.length > 0) return found;
  }
  return [];
}
