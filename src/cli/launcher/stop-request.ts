const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** npm and a terminal both hand on one Ctrl-C: within this time it counts as one. */
const SAME_REQUEST_MS = 2_000;

/**
 * Listens for the request to stop: a signal, or the end of the program that started this one.
 * A second request, later than two seconds, ends this program at once; the guard then ends its children.
 * @returns a promise of the first request
 */
export function stopRequest(): Promise<void> {
  return new Promise((resolve) => {
    let firstMs: number | undefined;
    const request = (): void => {
      firstMs ??= Date.now();
      if (Date.now() - firstMs > SAME_REQUEST_MS) process.exit(1);
      resolve();
    };
    for (const signal of SIGNALS) process.on(signal, request);
    process.on('disconnect', request);
  });
}
