import { withoutEscapes } from "../platform/invisible.ts";
import { kebabCase } from "../project/identity.ts";
import { MissionCreationError } from "./mission_error.ts";

/** The longest slug, in characters: with its number it is a directory's name everywhere. */
export const MAX_SLUG_LENGTH = 80;

/** The slug of a mission whose ticket gives no word to name it by. */
export const UNTITLED = "untitled";

const TITLE_WORDS = 5;

/** Latin letters that do not come apart into a base letter and an accent. */
const PLAIN_LETTERS: Readonly<Record<string, string>> = {
  æ: "ae",
  œ: "oe",
  ø: "o",
  ł: "l",
  đ: "d",
  ð: "d",
  þ: "th",
  ħ: "h",
  ı: "i",
  ß: "ss",
};

/** Whether a text can name a mission: kebab-case of at most {@link MAX_SLUG_LENGTH} characters. */
export function isSlug(text: string): boolean {
  return /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(text) && text.length <= MAX_SLUG_LENGTH;
}

/**
 * Refuses a slug that cannot name a mission, with the nearest one.
 *
 * @throws {MissionCreationError} `invalid_slug`.
 */
export function requireSlug(slug: string): void {
  if (isSlug(slug)) return;
  const near = nearestSlug(slug);
  throw new MissionCreationError({
    fault: "invalid_slug",
    message: `"${slug}" cannot name a mission: a slug is kebab-case (small letters, digits, ` +
      `single dashes) of at most ${MAX_SLUG_LENGTH} characters`,
    nextAction: near === "" ? "Choose a name such as `fix-search`." : `Try \`${near}\`.`,
    details: { slug, suggestion: near === "" ? null : near },
    exitCode: 2,
  });
}

/**
 * The slug of a mission that starts from a ticket: a key that has letters, else the first five words of the title, else
 * `ticket-` and the key, else `untitled`.
 *
 * @example
 * ```ts
 * import { slugFromTicket } from "./slug.ts";
 *
 * slugFromTicket("WEB-12", "Login times out"); // "web-12"
 * slugFromTicket("#12", "Login times out"); // "login-times-out"
 * slugFromTicket("", "Fix: the login's time-out (again)"); // "fix-the-logins-time-out"
 * slugFromTicket("", "🔥"); // "untitled"
 * ```
 */
export function slugFromTicket(key: string, title: string): string {
  const named = plainKebab(key);
  if (/[a-z]/.test(named)) return shortened(named);
  // A bare number would read as the number of a mission.
  return kebabWords(title) ||
    (named === "" ? UNTITLED : shortened(`ticket-${named}`));
}

/** The nearest slug to a text; empty when it has no letter or digit of the Latin script. */
export function nearestSlug(text: string): string {
  return shortened(plainKebab(text));
}

/** The first words of a title in kebab-case; empty when it has no letter or digit of the Latin script. */
export function kebabWords(title: string): string {
  return shortened(firstWords(title));
}

function firstWords(title: string): string {
  return withoutEscapes(title).split(/\s+/u).map(plainKebab).filter((word) => word !== "")
    .slice(0, TITLE_WORDS).join("-");
}

function plainKebab(text: string): string {
  const letters = withoutEscapes(text).toLowerCase().replace(/['’]/g, "")
    .replace(/[æœøłđðþħıß]/g, (letter) => PLAIN_LETTERS[letter] ?? letter);
  return kebabCase(letters);
}

/** Cut at the end of a word where there is one. */
function shortened(slug: string): string {
  if (slug.length <= MAX_SLUG_LENGTH) return slug;
  const cut = slug.slice(0, MAX_SLUG_LENGTH + 1);
  const end = cut.lastIndexOf("-");
  return end > 0 ? cut.slice(0, end) : slug.slice(0, MAX_SLUG_LENGTH);
}
