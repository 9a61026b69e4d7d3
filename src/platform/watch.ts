/** Ends a watch. */
export type StopWatch = () => void;

/** Tells of each change below a directory that exists, until it is stopped. What is only read is no change. */
export type WatchChanges = (directory: string, onChange: () => void) => StopWatch;

/** Returns a watch by the means of the system: it sleeps until there is a change. */
export const watchChanges: WatchChanges = (directory, onChange) => {
  const watcher = Deno.watchFs(directory, { recursive: true });
  let isStopped = false;
  const stop = () => {
    if (isStopped) return;
    isStopped = true;
    watcher.close();
  };
  const tell = async () => {
    for await (const { kind } of watcher) if (kind !== "access") onChange();
    // A directory that is removed ends its watch, and that is a change, too.
    if (!isStopped) onChange();
  };
  tell().catch(() => {
    if (!isStopped) onChange();
  });
  return stop;
};
