/**
 * Reads the text that the bundler writes before it is minified: one file, the statements of each module below a
 * comment with the path of the module.
 */

/** A statement at the top of the file. */
export interface Statement {
  /** Path of the module it belongs to, as the bundler names it; empty for what the bundler adds itself. */
  readonly module: string;
  readonly text: string;
  /** The names it declares for the whole file. */
  readonly declares: readonly string[];
  /** Names it uses, those of {@link Statement.later} left out; some may be mere properties. */
  readonly uses: ReadonlySet<string>;
  /** What its calls of `import()` name: each a start function and the object with what the module exports. */
  readonly later: readonly (readonly [start: string, exported: string])[];
}

/** What the bundler makes of an `import()` of a module in the same file. */
export const LATER =
  /Promise\.resolve\(\)\.then\(\(\) => \((init_[\w$]+)\(\), ([\w$]+_exports[\d$]*)\)\)/g;

const MODULE = /^\/\/ ([^\s]+\.(?:[cm]?[jt]sx?|json))\n$/;

/** Cuts the text into its statements. Throws where it is not understood. */
export function statementsOf(text: string): readonly Statement[] {
  const { starts, words } = scan(text);
  const found: Statement[] = [];
  let module = "";
  let at = 0;
  for (const [index, start] of starts.entries()) {
    const end = starts[index + 1] ?? text.length;
    const part = text.slice(start, end);
    const path = MODULE.exec(part)?.[1];
    if (path !== undefined) {
      module = path;
      continue;
    }
    // Such a comment says of the function below it that a call can be left out; it must not come to stand above another.
    if (/^(?:\/\/|\/\*)(?!!)/.test(part)) continue;
    const later = [...part.matchAll(LATER)];
    const isLater = (position: number) =>
      later.some((one) =>
        position >= start + one.index && position < start + one.index + one[0].length
      );
    const used: Word[] = [];
    for (let word = words[at]; word !== undefined && word.at < end; word = words[++at]) {
      if (word.at >= start) used.push(word);
    }
    found.push({
      module,
      text: part,
      declares: declaredBy(part, used),
      uses: new Set(used.filter((word) => !isLater(word.at)).map(({ text }) => text)),
      later: later.map(([, init = "", exported = ""]) => [init, exported]),
    });
  }
  return found;
}

function declaredBy(text: string, words: readonly Word[]): readonly string[] {
  const named = /^(?:(?:async )?function\*? |class )([\w$]+)/.exec(text)?.[1];
  if (named !== undefined) return [named];
  if (text.startsWith("import ")) {
    const names = /^import (.*) from "[^"\n]*";\n$/.exec(text)?.[1];
    if (names === undefined) return [];
    return [...names.matchAll(/([\w$]+) *(?=[,}]|$)/g)].map(([, name = ""]) => name);
  }
  if (!/^(?:var|let|const) /.test(text)) return [];
  const declared = words.filter(({ isDeclared }) => isDeclared).map((word) => word.text);
  if (declared.length === 0) throw new Error(`Cannot tell what is declared by: ${text}`);
  return declared;
}

/** A name in the code: no property behind a point, no key of an object. */
interface Word {
  readonly text: string;
  readonly at: number;
  /** Whether a `var` at the top of the file declares it. */
  readonly isDeclared: boolean;
}

const BEFORE_EXPRESSION =
  /^(?:return|typeof|case|in|of|do|else|void|delete|throw|new|instanceof|await|yield)$/;

/** Finds where statements begin at the top of the file, and all names in the code. */
function scan(text: string): { readonly starts: readonly number[]; readonly words: Word[] } {
  const starts: number[] = [];
  const words: Word[] = [];
  /** Open brackets; a `$` is a part of a template. */
  const open: string[] = [];
  /** The last sign or word that was neither space nor comment. */
  let last = ";";
  let isDeclaring = false;
  const token = /[\w$]+|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\/\/[^\n]*|\/\*[^]*?\*\/|\s+|[^]/gy;
  const regularExpression = /\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y;
  for (let at = 0; at < text.length;) {
    if (open.length === 0 && (at === 0 || text[at - 1] === "\n") && !/\s/.test(text[at] ?? "")) {
      starts.push(at);
      isDeclaring = /^(?:var|let|const) /.test(text.slice(at, at + 6));
    }
    token.lastIndex = at;
    const found = token.exec(text)?.[0] ?? "";
    const isSpace = /^(?:\s|\/\/|\/\*)/.test(found);
    let end = at + found.length;
    if (found === "/" && isExpressionNext(last, text, at)) {
      regularExpression.lastIndex = at;
      end = at + (regularExpression.exec(text)?.[0].length ?? 1);
    } else if (found === "`" || (found === "}" && open.at(-1) === "$")) {
      if (found === "}") open.pop();
      end = templateEnd(text, at + 1);
      if (text[end - 1] === "{") open.push("$");
    } else if ("([{".includes(found)) open.push(found);
    else if (")]}".includes(found)) open.pop();
    else if (/^[A-Za-z_$]/.test(found) && last !== ".") {
      const isKey = /^ *:/.test(text.slice(end, end + 4)) && /^[{,]$/.test(last);
      const isDeclared = isDeclaring && open.length === 0 && /^(?:var|let|const|,)$/.test(last);
      if (!isKey) words.push({ text: found, at, isDeclared });
    }
    if (!isSpace) last = found === "." && last.endsWith(".") ? ".." : found;
    // A value stands before what follows, whatever it was.
    if (end > at + found.length) last = text[end - 1] === "{" ? "(" : "x";
    if (/^\s/.test(found) && found.includes("\n")) end = at + found.lastIndexOf("\n") + 1;
    at = end;
  }
  if (open.length > 0) throw new Error(`The bundle ends within ${open.join(" ")}`);
  return { starts, words };
}

function isExpressionNext(last: string, text: string, at: number): boolean {
  if (last === "}") return /\n\s*$/.test(text.slice(Math.max(0, at - 40), at));
  return BEFORE_EXPRESSION.test(last) || !/[\w$)\]"'`}]$/.test(last);
}

/** Where the text of a template ends: behind its last sign, or behind the `${` of an expression. */
function templateEnd(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === "`") return at + 1;
    else if (text[at] === "$" && text[at + 1] === "{") return at + 2;
  }
  throw new Error("A template has no end");
}
