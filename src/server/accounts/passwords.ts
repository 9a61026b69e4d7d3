import type { HostContext } from "../context/host_context.ts";
import { equalInConstantTime, hex } from "../../platform/random.ts";
import { TrackerError } from "../../platform/tracker_error.ts";

/** Fewest characters of a password. */
export const MIN_PASSWORD_LENGTH = 12;

/** Most characters of a new password. */
export const MAX_PASSWORD_LENGTH = 1_000;

/** Memory and time one guess costs: N·r·128 bytes, p times. */
const COSTS = {
  strong: { N: 32_768, r: 8, p: 3 },
  quick: { N: 1_024, r: 8, p: 1 },
} as const;

/**
 * Refuses a password that is too short, too long, or the user's own name. Unicode that looks the same is the same: what
 * is checked and what is hashed is the NFKC form, as it always was.
 *
 * @throws {TrackerError} `weak_password`.
 */
export function requireGoodPassword(password: string, names: readonly string[]): void {
  const length = Array.from(password.normalize("NFKC").trim()).length;
  if (length < MIN_PASSWORD_LENGTH) {
    throw weakPassword(`The password has fewer than ${MIN_PASSWORD_LENGTH} characters`);
  }
  if (length > MAX_PASSWORD_LENGTH) {
    throw weakPassword(`The password has more than ${MAX_PASSWORD_LENGTH} characters`);
  }
  const isName = names.some((name) => folded(name) === folded(password));
  if (isName) throw weakPassword("The password is the user's name");
}

function weakPassword(message: string): TrackerError {
  return new TrackerError({
    code: "weak_password",
    message,
    nextAction:
      `Choose a password of ${MIN_PASSWORD_LENGTH} to ${MAX_PASSWORD_LENGTH} characters that is not the name.`,
  });
}

function folded(text: string): string {
  return text.normalize("NFKC").trim().toLowerCase();
}

/** Hashes a password for storage: `scrypt$N$r$p$salt$hash`, salt and hash in hexadecimal. */
export async function hashPassword(context: HostContext, password: string): Promise<string> {
  const cost = COSTS[context.passwordCost];
  const salt = hex(context.platform.random.bytes(16));
  const hash = await scrypt(password, salt, cost);
  return `scrypt$${cost.N}$${cost.r}$${cost.p}$${salt}$${hash}`;
}

/** Returns whether `password` is the one that was stored; a stored value of another form never matches. */
export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  const [scheme, n, r, p, salt, hash] = stored.split("$");
  if (scheme !== "scrypt" || salt === undefined || hash === undefined) return false;
  const made = await scrypt(password, salt, { N: Number(n), r: Number(r), p: Number(p) });
  return equalInConstantTime(made, hash);
}

/** Returns a stored value that nothing matches, as costly to check as a real one. */
export function decoyPassword(context: HostContext): string {
  const cost = COSTS[context.passwordCost];
  return `scrypt$${cost.N}$${cost.r}$${cost.p}$00$none`;
}

async function scrypt(
  password: string,
  salt: string,
  cost: { readonly N: number; readonly r: number; readonly p: number },
): Promise<string> {
  const { scrypt: derive } = await import("node:crypto");
  const options = { ...cost, maxmem: 256 * cost.N * cost.r };
  const key = await new Promise<Uint8Array>((resolve, reject) => {
    derive(password.normalize("NFKC"), salt, 32, options, (error, derived) => {
      if (error === null) resolve(derived);
      else reject(error);
    });
  });
  return hex(key);
}
