import {
  BYTES,
  type Member,
  membersFrom,
  nextDocument,
  type Parsed,
  parsedValue,
  shallow,
  skipBlanks,
  skipValue,
  unreadable,
} from "./json_bytes.ts";
import { boundaryOf, chunkFrom } from "./json_chunks.ts";
import { missingPart } from "./missing_part.ts";

/** One element of a list in a tool's answer. */
export type Element =
  | Parsed
  /** What is around the list says that it is not the whole one. */
  | { readonly kind: "cut_off"; readonly message: string };

const { COMMA, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT, NULL } = BYTES;
const LIST_KEYS: readonly string[] = ["issues", "items", "data"];
const MAX_MARK_BYTES = 64 * 1024;

/**
 * The elements of the list in a tool's answer, parsed one or some at a time, so that a long answer is never
 * in memory as a whole. The list stands alone, or in an object under `issues`, `items` or `data`, or such an
 * object under `data`; one issue alone counts as a list of it. Prose and log lines before the answer are
 * skipped, and raw control characters inside strings are accepted. When the objects around the list say
 * that a part is missing, that comes last.
 *
 * @throws {TrackerError} `tool_answer_unreadable`.
 */
export function* answerElements(bytes: Uint8Array): Generator<Element> {
  const { start, wrappers } = findAnswer(bytes);
  if (bytes[start] === OPEN_OBJECT) {
    yield parsedValue(bytes, start, skipValue(bytes, start));
    return;
  }
  let count = 0;
  let end = start;
  if (bytes[start] === OPEN_LIST) {
    end = skipBlanks(bytes, start + 1);
    const boundary = boundaryOf(bytes, start);
    while (bytes[end] !== CLOSE_LIST) {
      const chunk = boundary === null ? null : chunkFrom(bytes, end, boundary);
      const elementEnd = chunk?.end ?? skipValue(bytes, end);
      if (chunk === null) yield parsedValue(bytes, end, elementEnd);
      else yield* chunk.values.map(shallow);
      count += chunk?.values.length ?? 1;
      end = skipBlanks(bytes, elementEnd);
      if (bytes[end] === COMMA) end = skipBlanks(bytes, end + 1);
      else if (bytes[end] !== CLOSE_LIST) throw unreadable("the list does not end");
    }
    end++;
  } else end = skipValue(bytes, start);
  const missing = missingPart(membersAround(bytes, { start, wrappers }, end), count);
  if (missing !== null) yield { kind: "cut_off", message: missing };
}

/** Where a list, or an issue alone, begins, and the objects it stands in, outermost first. */
interface Answer {
  readonly start: number;
  readonly wrappers: readonly number[];
}

/**
 * The answer in an output that may hold prose and log lines, which can be JSON, too. The first list is
 * the answer. Without any it is the last issue, `null` in the place of a list, or else the last object.
 */
function findAnswer(bytes: Uint8Array): Answer {
  let best: { readonly answer: Answer; readonly rank: number } | null = null;
  for (let at = nextDocument(bytes, 0); at !== null;) {
    let end: number;
    try {
      const answer = answerIn(bytes, at);
      if (bytes[answer.start] === OPEN_LIST) return answer;
      const rank = rankOf(bytes, answer);
      end = skipValue(bytes, at);
      if (best === null || rank >= best.rank) best = { answer, rank };
    } catch (error) {
      // A log line that came before it is not the answer that is cut off here.
      if (best !== null && best.rank > 0) break;
      throw error;
    }
    at = nextDocument(bytes, end);
  }
  if (best === null) throw unreadable("it holds no JSON");
  return best.answer;
}

function rankOf(bytes: Uint8Array, { start }: Answer): number {
  if (bytes[start] !== OPEN_OBJECT) return 1;
  return [...membersFrom(bytes, start + 1)].some(({ name }) => name === "id") ? 2 : 0;
}

/** The list in the document at `at`, or all of it. */
function answerIn(bytes: Uint8Array, at: number): Answer {
  if (bytes[at] !== OPEN_OBJECT) return { start: at, wrappers: [] };
  for (const { name, value } of membersFrom(bytes, at + 1)) {
    if (!LIST_KEYS.includes(name)) continue;
    if (bytes[value] !== OPEN_LIST && bytes[value] !== NULL && bytes[value] !== OPEN_OBJECT) {
      continue;
    }
    const { start, wrappers } = answerIn(bytes, value);
    return { start, wrappers: [at, ...wrappers] };
  }
  return { start: at, wrappers: [] };
}

/** What the objects around a list that ends at `listEnd` say beside it. */
function membersAround(
  bytes: Uint8Array,
  { start, wrappers }: Answer,
  listEnd: number,
): Map<string, unknown> {
  const found = new Map<string, unknown>();
  const take = ({ name, value }: Member): number => {
    const end = skipValue(bytes, value);
    const parsed = end - value > MAX_MARK_BYTES ? null : parsedValue(bytes, value, end);
    if (parsed?.kind === "value") found.set(name, parsed.value);
    return skipBlanks(bytes, end);
  };
  let inner = start;
  let after = skipBlanks(bytes, listEnd);
  for (const wrapper of wrappers.toReversed()) {
    for (const member of membersFrom(bytes, wrapper + 1)) {
      if (member.value === inner) break;
      take(member);
    }
    if (bytes[after] === COMMA) {
      for (const member of membersFrom(bytes, after + 1)) after = take(member);
    }
    if (bytes[after] !== CLOSE_OBJECT) throw unreadable("it breaks off");
    inner = wrapper;
    after = skipBlanks(bytes, after + 1);
  }
  return found;
}
