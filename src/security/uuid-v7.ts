import { randomFillSync } from 'node:crypto';

const ID_BYTES = 16;
const POOL_IDS = 256;
const UUID_FORM = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/** The counter has 26 bits and starts below half of them, so a burst of 33 million ids within one millisecond fits. */
const COUNTER_END = 2 ** 26;
const COUNTER_START_END = 2 ** 25;

const pool = Buffer.alloc(ID_BYTES * POOL_IDS);
let poolAt = pool.length;
let lastMs = 0;
let counter = 0;

/** A new id; ids of one process sort by the order in which they were made, also when the wall clock steps back. */
export function uuidV7(): string {
  const random = takeRandom();
  const nowMs = Date.now();
  if (nowMs > lastMs) {
    lastMs = nowMs;
    counter = random.readUInt32BE(8) % COUNTER_START_END;
  } else if (++counter === COUNTER_END) {
    lastMs += 1;
    counter = 0;
  }
  return format(lastMs, counter, random);
}

/**
 * An id that carries the given moment, for rows that stand in business time.
 *
 * @param ms - milliseconds since the Unix epoch (UTC)
 */
export function uuidV7At(ms: number): string {
  const random = takeRandom();
  return format(ms, random.readUInt32BE(8) % COUNTER_END, random);
}

/** Whether the text has the form of a UUID, of whatever version. */
export function isUuid(text: string): boolean {
  return UUID_FORM.test(text);
}

/** Bytes 0–5 time, then version, 12 bits of counter, variant, 14 bits of counter, 48 random bits (RFC 9562 §5.7). */
function format(ms: number, count: number, random: Buffer): string {
  random.writeUIntBE(ms, 0, 6);
  random.writeUInt16BE(0x7000 | (count >>> 14), 6);
  random.writeUInt16BE(0x8000 | (count & 0x3fff), 8);
  const hex = random.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Random bytes are fetched for many ids at once: one system call an id would be most of its cost. */
function takeRandom(): Buffer {
  if (poolAt === pool.length) {
    randomFillSync(pool);
    poolAt = 0;
  }
  poolAt += ID_BYTES;
  return pool.subarray(poolAt - ID_BYTES, poolAt);
}
