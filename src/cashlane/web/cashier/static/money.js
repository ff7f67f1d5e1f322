// Money as whole minor units: written, typed, and counted out in notes and coins. No fractions.

const TYPED = /^(\d{1,7})(?:\.(\d{0,2}))?$/;

/** 12650 -> "126.50"; with thousands apart, as people read a large sum aloud. */
export function written(amount, cash) {
  const sign = amount < 0 ? "−" : "";
  const digits = String(Math.abs(amount)).padStart(cash.exponent + 1, "0");
  const whole = digits.slice(0, digits.length - cash.exponent).replace(/\B(?=(\d{3})+$)/g, ",");
  return cash.exponent === 0 ? sign + whole : `${sign}${whole}.${digits.slice(-cash.exponent)}`;
}

/** "126.5" -> 12650; null for anything that is not an amount, or that no coin can pay exactly. */
export function typed(text, cash) {
  const found = TYPED.exec(text);
  if (found === null) return null;
  const part = found[2] ?? "";
  return part.length > cash.exponent ? null : Number(found[1] + part.padEnd(cash.exponent, "0"));
}

/** The fewest notes and coins of a change: [[piece, count], ...], largest first. */
export function pieces(change, cash) {
  let rest = change;
  const found = [];
  for (const piece of cash.pieces) {
    const count = Math.floor(rest / piece);
    if (count > 0) found.push([piece, count]);
    rest -= count * piece;
  }
  return found;
}
