/**
 * A key that a person presses, or a character that they type. What a terminal pastes stands between `paste` and `pasted`,
 * where the terminal has been asked to say so.
 */
export type Key =
  | "enter"
  | "leave"
  | "interrupt"
  | "up"
  | "down"
  | "page up"
  | "page down"
  | "home"
  | "end"
  | "backspace"
  | "erase word"
  | "erase"
  | "paste"
  | "pasted"
  | "other"
  | { readonly typed: string };

/** The first key of what was typed, and what comes after it. */
export interface TakenKey {
  readonly key: Key;
  readonly rest: string;
}

const ESCAPE = "\x1b";

/** Sequences of terminals in their usual and their application mode, and the keys of Emacs and shells. */
const KEYS: Readonly<Record<string, Key>> = {
  "\r": "enter",
  "\n": "enter",
  [ESCAPE]: "leave",
  "\x04": "leave",
  "\x07": "leave",
  "\x03": "interrupt",
  "\x1b[A": "up",
  "\x1bOA": "up",
  "\x10": "up",
  "\x1b[B": "down",
  "\x1bOB": "down",
  "\x0e": "down",
  "\x1b[5~": "page up",
  "\x1b[6~": "page down",
  "\x1b[H": "home",
  "\x1bOH": "home",
  "\x1b[1~": "home",
  "\x1b[7~": "home",
  "\x1b[F": "end",
  "\x1bOF": "end",
  "\x1b[4~": "end",
  "\x1b[8~": "end",
  "\x7f": "backspace",
  "\b": "backspace",
  "\x17": "erase word",
  "\x15": "erase",
  "\x1b[200~": "paste",
  "\x1b[201~": "pasted",
};

/**
 * Takes the first key: `none` where there is none, `part` where it is the start of a sequence of which the rest may still
 * be on its way. With `isLate` what there is counts as whole.
 */
export function takeKey(typed: string, isLate = false): TakenKey | "none" | "part" {
  if (typed === "") return "none";
  const taken = (length: number, key?: Key): TakenKey => {
    const given = typed.slice(0, length);
    return { key: key ?? KEYS[given] ?? "other", rest: typed.slice(length) };
  };
  if (typed.startsWith(ESCAPE)) {
    const rest = typed.slice(1);
    const sequence = /^(?:\[[\x30-\x3f]*[\x20-\x2f]*[\x40-\x7e]|O[\x40-\x7e])/.exec(rest)?.[0];
    if (sequence !== undefined) return taken(1 + sequence.length);
    if (!isLate && /^(?:\[[\x30-\x3f]*[\x20-\x2f]*|O)?$/.test(rest)) return "part";
    return taken(1);
  }
  const [character = ""] = typed;
  if (/^\p{Cc}/u.test(character)) return taken(character.length);
  return taken(character.length, { typed: character });
}
