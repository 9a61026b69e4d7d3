import { type Access, ProviderError, rejected, tellRefused } from "./remote.ts";

/**
 * Returns those of the named people who can be assigned, as `find` knows them, and tells of the others by name.
 *
 * @throws {ProviderError} `rejected` when none of several or the only one cannot be, or nobody is told; whatever else
 * `find` throws.
 */
export async function assignableAmong<T>(
  access: Pick<Access, "onRefusedField">,
  names: readonly string[],
  find: (name: string) => Promise<T>,
): Promise<readonly T[]> {
  const found: T[] = [];
  const refused: ProviderError[] = [];
  for (const name of names) {
    try {
      found.push(await find(name));
    } catch (error) {
      if (!(error instanceof ProviderError) || error.fault.kind !== "rejected") throw error;
      refused.push(error);
    }
  }
  const [first] = refused;
  if (first === undefined || first.fault.kind !== "rejected") return found;
  const words = refused.map(({ message }) => message).join("; ");
  const refusal = refused.length === 1 ? first : rejected(first.fault.code, words);
  if (found.length === 0) throw refusal;
  tellRefused(access, refusal);
  return found;
}
