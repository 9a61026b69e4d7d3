/** Calls of `bare_store.ts`, by its URL. */
import type { Done } from "./bare_store.ts";

/** Returns the milliseconds of one search. */
export async function searchBare(store: string, words: string): Promise<number> {
  const query = new URLSearchParams({ words });
  return (await done(`${store}/search?${query}`)).ms;
}

/** Returns the milliseconds of one transaction. */
export async function writeBare(
  store: string,
  what: "push" | "events",
  forMs: number,
): Promise<number> {
  const { times, ms } = await done(`${store}/${what}?ms=${forMs}`);
  return ms / times;
}

async function done(url: string): Promise<Done> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url} was answered with ${answer.status}`);
  return await answer.json();
}
