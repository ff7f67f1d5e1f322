// The till's own numbers: UUIDs of version 7 (RFC 9562), in the order in which they were made.

/** A new key. It is stored before anything is sent under it. */
export function newKey(now = Date.now(), chance = (bytes) => crypto.getRandomValues(bytes)) {
  const bytes = chance(new Uint8Array(16));
  let rest = now;
  for (let at = 5; at >= 0; at -= 1) {
    bytes[at] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [0, 8, 12, 16, 20, 32].slice(1).map((end, at) => hex.slice([0, 8, 12, 16, 20][at], end)).join("-");
}
