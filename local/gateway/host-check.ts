const LOCAL_NAMES = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Whether a Host field names this machine and this port. Anything else is a page in a browser that reached
 * the local cloud under a name of its own (DNS rebinding), or a mistake.
 */
export function isLocalHost(host: string | undefined, port: number): boolean {
  const wanted = host?.toLowerCase();
  return LOCAL_NAMES.some((name) => wanted === `${name}:${port}` || (port === 80 && wanted === name));
}

/**
 * Whether an Origin field names a page that this machine serves.
 *
 * @param port the one that it must be served at; default any
 */
export function isLocalOrigin(origin: string, port?: number): boolean {
  const url = URL.parse(origin);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) return false;
  if (!LOCAL_NAMES.includes(url.hostname)) return false;
  return (
    port === undefined ||
    (url.port === '' ? url.protocol === 'http:' && port === 80 : url.port === String(port))
  );
}
