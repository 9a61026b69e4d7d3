/** How a line begins that names a body. */
const BEGINNING = "<!-- tracker:";

const MARKER = /\n*<!-- tracker:([0-9a-f-]{36}) -->\s*$/;

/** Returns a body whose last line names it, so that a creation whose answer was lost is found. */
export function markedBody(body: string | null, clientId: string): string {
  const marker = `${BEGINNING}${clientId} -->`;
  return body === null || body === "" ? marker : `${body}\n\n${marker}`;
}

/** Returns the name in the last line of a body, or `null`. */
export function markerIn(body: string | null | undefined): string | null {
  return body?.includes(BEGINNING) ? MARKER.exec(body)?.[1] ?? null : null;
}

/** Returns a body as people wrote it. */
export function withoutMarker(body: string | null | undefined): string {
  const written = (body ?? "").replaceAll("\r\n", "\n");
  return written.includes(BEGINNING) ? written.replace(MARKER, "") : written;
}

/** Returns a body with the line that names it, as long as there is room for that in so many characters. */
export function markedWhereRoom(
  body: string | null,
  marker: string | null,
  room: number,
): string {
  const marked = marker === null ? body ?? "" : markedBody(body, marker);
  return isLongerThan(room, marked) ? body ?? "" : marked;
}

/** Whether a text has more characters than that. */
export function isLongerThan(room: number, text: string): boolean {
  // Most texts have fewer code units already.
  return text.length > room && [...text].length > room;
}
