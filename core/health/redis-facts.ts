/** What Redis told of itself and of the copy of the state that it holds. */
export interface RedisFacts {
  /** Milliseconds that a PING took. */
  readonly ping: number;
  /** Servers that hold keys. */
  readonly servers: number;
  /** Of all servers together; null where Redis does not say. */
  readonly usedBytes: number | null;
  /** Null where Redis does not say, or there is no limit. */
  readonly maximumBytes: number | null;
  /** What is deleted when memory is full, such as `volatile-lru`; null where Redis does not say. */
  readonly evictionPolicy: string | null;
  /** Keys deleted for want of memory since the servers started; null where Redis does not say. */
  readonly evictedKeys: number | null;
  /** Connections of all clients. */
  readonly clients: number | null;
  /** Keys, and how many of them expire by themselves. */
  readonly keys: { readonly all: number; readonly expiring: number } | null;
  /** The copy of the state; null where there is none. */
  readonly mirror: { readonly version: number; readonly keptAt: number | null } | null;
}
