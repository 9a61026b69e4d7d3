/** Said after a pull, push or publish while background sync is in manual mode. */
export const MANUAL_MODE_NOTICE: readonly string[] = [
  'Background sync is in manual mode (`[sync].background_daemon = "manual"`).',
  "Run `tracker sync run` to perform a one-shot remote sync.",
];

/** Said before a full sync while background sync is in manual mode. */
export const MANUAL_MODE_RUN_NOTICE =
  "Background sync is in manual mode. Running a one-shot remote sync now.";
