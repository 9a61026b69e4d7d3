import type { Status } from "../../contract/issue.ts";
import { blue, dim, type Fragment, green, red, yellow } from "./text.ts";

/** Colours words by a status, as the dashboard does. */
export function statusColor(status: Status, words: Fragment): Fragment {
  return COLORS[status](words);
}

const COLORS: Readonly<Record<Status, (words: Fragment) => Fragment>> = {
  todo: (words) => words,
  in_progress: blue,
  in_review: yellow,
  blocked: red,
  done: green,
  canceled: dim,
};
